import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createSnapshots } from '../../../source/daemon/upgrade/snapshots.ts';
import { createWorld } from '../../../source/edge/world.ts';

const scene = (t: ExecutionContext) => {
  const root = mkdtempSync(join(tmpdir(), 'booty-snapshots-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const of = { data: join(root, 'data'), snapshots: join(root, 'snapshots') };
  const write = (path: string, bytes: number): void => {
    mkdirSync(join(of.data, 'db', path, '..'), { recursive: true });
    writeFileSync(join(of.data, 'db', path), '.'.repeat(bytes));
  };
  return { of, write, snapshots: createSnapshots(createWorld(), of) };
};

test('what failed and what was moved aside takes no place from what was taken before upgrades', async (t) => {
  const { of, write, snapshots } = scene(t);
  write('file', 1);
  for (const name of ['1-a', '2-b', '3-c', '3-c-failed', '4-d-after', '5-e-failed', '6-f-failed', '7-g-after'])
    await snapshots.take('db', snapshots.folderFor('db', name), '1.0.0');
  await snapshots.prune('db');
  t.deepEqual(readdirSync(join(of.snapshots, 'db')).toSorted(), [
    '2-b',
    '3-c',
    '4-d-after',
    '5-e-failed',
    '6-f-failed',
    '7-g-after',
  ]);
});

test('a loss is told by bytes, and of a queue by folders: that it was used up is no loss', async (t) => {
  const { of, write, snapshots } = scene(t);
  write('streams/orders/1.blk', 90_000);
  write('streams/bills/1.blk', 90_000);
  const folder = snapshots.folderFor('db', '1-a');
  await snapshots.take('db', folder, '1.0.0');
  for (const by of ['bytes', 'folders'] as const) t.is(await snapshots.lossSince('db', folder, by), null);
  write('streams/orders/1.blk', 9_000);
  write('streams/bills/1.blk', 0);
  t.regex((await snapshots.lossSince('db', folder, 'bytes')) ?? '', /^its data shrank from 176 KiB to 9 KiB$/);
  t.is(await snapshots.lossSince('db', folder, 'folders'), null);
  rmSync(join(of.data, 'db/streams'), { recursive: true });
  t.is(await snapshots.lossSince('db', folder, 'folders'), '3 of 3 folders of its data are gone');
});

test('little data is nothing to go by', async (t) => {
  const { of, write, snapshots } = scene(t);
  write('pid', 100);
  const folder = snapshots.folderFor('db', '1-a');
  await snapshots.take('db', folder, '1.0.0');
  rmSync(join(of.data, 'db/pid'));
  t.is(await snapshots.lossSince('db', folder, 'bytes'), null);
});
