import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { victoriaMetrics } from '../../../source/catalog/victoria-metrics.ts';
import type { JournalSubject } from '../../../source/core/upgrade/journal.ts';
import { createOwnSnapshots } from '../../../source/daemon/upgrade/own-snapshot.ts';
import { createSnapshots } from '../../../source/daemon/upgrade/snapshots.ts';
import { createWorld } from '../../../source/edge/world.ts';
import type { Http } from '../../../source/ports.ts';

const key = 'the key & more';

/** A service with data, and a server that answers as VictoriaMetrics does. */
const scene = (t: ExecutionContext, faults: Partial<Record<'create' | 'delete', string>> = {}) => {
  const root = mkdtempSync(join(tmpdir(), 'booty-own-snapshot-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const data = join(root, 'data/vm');
  mkdirSync(join(data, 'data/small'), { recursive: true });
  writeFileSync(join(data, 'data/small/part'), 'samples');
  const asked: string[] = [];
  const http: Http = {
    get: async (url) => {
      const { pathname, searchParams } = new URL(url);
      t.is(searchParams.get('authKey'), key);
      asked.push(pathname);
      const fault = faults[pathname === '/snapshot/create' ? 'create' : 'delete'];
      if (fault !== undefined) return { status: 500, body: fault };
      const name = '20261130072500-17C3A0B1';
      const held = join(data, 'snapshots', name);
      if (pathname === '/snapshot/create') {
        mkdirSync(held, { recursive: true });
        execFileSync('cp', ['-al', join(data, 'data'), held]);
      } else rmSync(held, { recursive: true });
      return { status: 200, body: JSON.stringify({ status: 'ok', snapshot: name }) };
    },
  };
  const world = createWorld();
  const snapshots = createSnapshots(world, { data: join(root, 'data'), snapshots: join(root, 'snapshots') });
  const own = victoriaMetrics.ownSnapshot?.({
    ...{ stack: 'shop', service: 'vm', version: '1.79.5', platform: 'linux', bind: '127.0.0.1' },
    ...{ dirs: { data, config: '', logs: '' }, listen: () => '', port: () => 0, providers: () => [] },
    url: () => 'http://127.0.0.1:1',
    secret: () => key,
  });
  const supervisor = {
    held: () => ({ assembled: { ownSnapshot: () => own }, mask: (text: string) => text }),
  };
  const ownSnapshots = createOwnSnapshots({ ...world, http }, { supervisor, snapshots } as never);
  const folder = snapshots.folderFor('vm', '1-a');
  const subject = { service: 'vm', package: 'victoria-metrics', from: '1.79.5', snapshot: folder, copiesAhead: true };
  return { data, folder, asked, snapshots, ownSnapshots, subject: subject as JournalSubject };
};
const never = new AbortController().signal;
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('its snapshot is made, copied and let go of, and the copy is a start for the whole', async (t) => {
  const { data, folder, asked, snapshots, ownSnapshots, subject } = scene(t);
  t.is(await ownSnapshots.copy(subject, never), '1 KiB');
  t.deepEqual(asked, ['/snapshot/create', '/snapshot/delete']);
  t.deepEqual(readdirSync(join(data, 'snapshots')), []);
  t.deepEqual(await snapshots.take('vm', folder, '1.79.5'), { bytes: 7, sinceBytes: 0 });
  t.is(readFileSync(join(folder, 'data/data/small/part'), 'utf8'), 'samples');
});

onLinux('a server that makes none, or cannot be asked, is copied while it stands still', async (t) => {
  const { folder, snapshots, ownSnapshots, subject } = scene(t, { create: 'disk is full' });
  t.is(
    await ownSnapshots.copy(subject, never),
    'its own snapshot failed (it answers 500 disk is full): its data is copied while it stands still',
  );
  t.false(existsSync(folder));
  t.deepEqual(await snapshots.take('vm', folder, '1.79.5'), { bytes: 7, sinceBytes: null });
});

onLinux('a snapshot the server does not let go of is named', async (t) => {
  const { ownSnapshots, subject } = scene(t, { delete: 'busy' });
  t.is(await ownSnapshots.copy(subject, never), '1 KiB; the server still holds its snapshot 20261130072500-17C3A0B1');
});

onLinux('what a daemon that died over the copy has left is removed, here and at the server', async (t) => {
  const faults: Partial<Record<'create' | 'delete', string>> = { delete: 'not now' };
  const { data, folder, ownSnapshots, subject } = scene(t, faults);
  await ownSnapshots.copy(subject, never);
  t.true(existsSync(folder));
  delete faults.delete;
  await ownSnapshots.forget(subject);
  t.false(existsSync(folder));
  t.deepEqual(readdirSync(join(data, 'snapshots')), []);
  await ownSnapshots.forget(subject);
});

onLinux('a cancel ends the copy, and the server holds nothing', async (t) => {
  const { data, ownSnapshots, subject } = scene(t);
  await t.throwsAsync(ownSnapshots.copy(subject, AbortSignal.abort()));
  t.deepEqual(readdirSync(join(data, 'snapshots')), []);
});
