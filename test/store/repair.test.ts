/** Fetching a broken version again: what lies there goes only when its successor is whole. The files are real. */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createHost } from '../../source/edge/host.ts';
import type { Files } from '../../source/ports.ts';
import { createStore } from '../../source/store/create-store.ts';
import type { Source } from '../../source/store/sources/source.ts';
import type { Store } from '../../source/store/store.ts';
import { fakeSource } from './fake-source.ts';
import { breakOff, carriers, clock, files, installAll, newHome, shippedRegistry } from './world.ts';

const registry = await shippedRegistry();
const host = createHost();
const never = new AbortController().signal;

/** A store with two versions of caddy, the older one spoilt. */
const spoilt = async (t: ExecutionContext) => {
  const home = await newHome(t);
  const open = (sources: readonly Source[], own: Files = files): Store =>
    createStore({ ...carriers, files: own, host, clock, registry, home, sources });
  const source = fakeSource(files, { caddy: ['2.6.2', '2.7.0'] });
  await installAll(open([source]), ['caddy@=2.6.2']);
  await installAll(open([source]), ['caddy@=2.7.0']);
  const program = join(home, 'store/caddy/2.6.2/bin/caddy');
  await chmod(program, 0o755);
  await writeFile(program, 'evil');
  return { home, open, source, program };
};

const repair = (store: Store, signal = never) => store.repair('caddy', '2.6.2', () => undefined, signal);

test('the very version is fetched again and exchanged whole, and the newer one is left alone', async (t) => {
  const { home, open, source, program } = await spoilt(t);
  source.fetched.length = 0;
  const store = open([source]);
  t.like(await repair(store), { component: 'caddy', version: '2.6.2', source: 'fake' });
  t.deepEqual(source.fetched, ['caddy 2.6.2']);
  t.regex(await readFile(program, 'utf8'), /echo caddy 2\.6\.2/);
  t.deepEqual(
    (await store.audit()).map(({ version, problems }) => [version, problems]),
    [
      ['2.6.2', []],
      ['2.7.0', []],
    ],
  );
  t.deepEqual(await files.list(join(home, 'store')), ['caddy']);
});

test('where it cannot be had, in any way, what lies there still does', async (t) => {
  const { open, program } = await spoilt(t);
  const versions = { caddy: ['2.6.2', '2.7.0'] };
  const cancelled = new AbortController();
  const cut = fakeSource(files, versions, {
    hold: async () => cancelled.abort(),
  });
  const ways: readonly (readonly [string, Source, AbortSignal?])[] = [
    ['LOCK_NOT_HERE', fakeSource(files, versions, { unusable: 'no network' })],
    ['LOCK_NOT_HERE', fakeSource(files, { caddy: ['2.7.0'] })],
    ['LOCK_NOT_HERE', fakeSource(files, versions, { name: 'other' })],
    ['STORE_PACKAGE_BROKEN', fakeSource(files, versions, { failing: ['caddy'] })],
    ['LOCK_OTHER_BYTES', fakeSource(files, versions, { sha256: 'b'.repeat(64) })],
    ['STORE_CANCELLED', cut, cancelled.signal],
  ];
  for (const [code, source, signal] of ways) {
    await t.throwsAsync(repair(open([source]), signal), { code }, code);
    t.is(await readFile(program, 'utf8'), 'evil', code);
  }
});

test('an exchange that fails half way is taken back', async (t) => {
  const { open, source, program } = await spoilt(t);
  const full: Files = {
    ...files,
    rename: (from, to) => {
      const isExchange = to.endsWith('/caddy/2.6.2') && !from.endsWith('/old');
      return isExchange
        ? Promise.reject(Object.assign(new Error('no space left'), { syscall: 'rename' }))
        : files.rename(from, to);
    },
  };
  await t.throwsAsync(repair(open([source], full)), { code: 'STORE_NOT_WRITABLE' });
  t.is(await readFile(program, 'utf8'), 'evil');
});

test('without a receipt the version alone binds', async (t) => {
  const { home, open, program } = await spoilt(t);
  await breakOff(join(home, 'store/caddy/2.6.2/receipt.json'));
  const other = fakeSource(files, { caddy: ['2.6.2', '2.7.0'] }, { name: 'other', sha256: 'b'.repeat(64) });
  t.like(await repair(open([other])), { version: '2.6.2', source: 'other' });
  t.regex(await readFile(program, 'utf8'), /echo caddy 2\.6\.2/);
});
