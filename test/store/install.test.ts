/** What the store does with any source; the sources here are scripts, the files and locks are real. */
import { mkdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { BootyError } from '../../source/core/error.ts';
import { createHost } from '../../source/edge/host.ts';
import type { Files, Host } from '../../source/ports.ts';
import { createStore } from '../../source/store/create-store.ts';
import { lockFile } from '../../source/store/layout.ts';
import type { Source } from '../../source/store/sources/source.ts';
import { fakeSource } from './fake-source.ts';
import { breakOff, carriers, clock, codeOf, files, installAll, newHome, shippedRegistry } from './world.ts';

const registry = await shippedRegistry();
const host = createHost();
const storeOf = (home: string, ...sources: readonly Source[]) =>
  createStore({ ...carriers, files, host, clock, registry, home, sources });

const hiddenIn = async (home: string): Promise<readonly string[]> =>
  (await files.list(join(home, 'store'))).filter((name) => name.startsWith('.'));

test('installs the newest in range, read-only, without setuid, with a receipt, and finds it again', async (t) => {
  const home = await newHome(t);
  const store = storeOf(home, fakeSource(files, { 'nats-server': ['2.9.10', '2.10.27', '3.0.0'] }));
  t.is(await store.find('nats', null), null);
  const { results, progress } = await installAll(store, ['nats@^2']);

  const folder = join(home, 'store/nats-server/2.10.27');
  const executable = join(folder, 'bin/nats-server');
  t.like(results.get('nats'), { component: 'nats-server', version: '2.10.27', sourceVersion: '2.10.27-1', folder });
  t.deepEqual(await store.find('nats-server', '^2'), results.get('nats') as never);
  t.is((await host.run([executable], { timeoutMs: 5_000 })).stdout, 'nats-server 2.10.27\n');
  t.is((await files.stat(executable))?.mode, 0o555);
  t.is((await files.stat(join(folder, 'receipt.json')))?.mode, 0o444);
  const receipt = JSON.parse((await files.readText(join(folder, 'receipt.json'))) ?? '') as Record<string, unknown>;
  t.like(receipt, { schemaVersion: 2, source: 'fake', licence: 'Apache-2.0', sha256: 'a'.repeat(64) });
  const { mark } = (await files.stat(executable)) ?? {};
  t.deepEqual(receipt['executables'], {
    'nats-server': { path: 'bin/nats-server', sha256: await files.sha256(executable), mark },
  });
  t.is(progress.at(-1)?.phase, 'done');
  t.deepEqual(await hiddenIn(home), []);
});

test('what is installed is not fetched again, and needs no source', async (t) => {
  const home = await newHome(t);
  await installAll(storeOf(home, fakeSource(files, { caddy: ['2.6.2'] })), ['caddy']);
  const { results, progress } = await installAll(storeOf(home), ['caddy@2', 'caddy']);
  t.like(results.get('caddy@2') ?? results.get('caddy'), { version: '2.6.2' });
  t.deepEqual(progress, []);
});

test('components of one package share one installation', async (t) => {
  const home = await newHome(t);
  const source = fakeSource(files, { 'victoria-metrics': ['1.79.5', '1.112.0'] });
  const { results } = await installAll(storeOf(home, source), ['victoria-metrics', 'vmagent@~1.79', 'vmalert']);
  t.deepEqual(source.fetched, ['victoria-metrics 1.79.5']);
  t.deepEqual(results.get('vmagent'), results.get('victoria-metrics'));
  t.like(results.get('vmalert'), { version: '1.79.5' });
});

test('ranges that exclude each other install both versions', async (t) => {
  const home = await newHome(t);
  const source = fakeSource(files, { 'victoria-metrics': ['1.79.5', '1.112.0'] });
  const { results } = await installAll(storeOf(home, source), ['victoria-metrics@>=1.100', 'vmagent@~1.79']);
  t.like(results.get('victoria-metrics'), { version: '1.112.0' });
  t.like(results.get('vmagent'), { version: '1.79.5' });
});

test('one that fails does not stop the others', async (t) => {
  const home = await newHome(t);
  const source = fakeSource(
    files,
    { caddy: ['2.6.2'], etcd: ['3.4.23'], prometheus: ['2.42.0'] },
    { failing: ['etcd'] },
  );
  const outcome = await installAll(storeOf(home, source), ['etcd', 'nope', 'prometheus@^9', 'caddy']);
  t.is(codeOf(outcome, 'etcd'), 'STORE_PACKAGE_BROKEN');
  t.is(codeOf(outcome, 'nope'), 'STORE_UNKNOWN_COMPONENT');
  t.is(codeOf(outcome, 'prometheus'), 'STORE_RANGE_UNSATISFIABLE');
  t.like(outcome.results.get('caddy'), { version: '2.6.2' });
  t.deepEqual(await hiddenIn(home), []);
});

test('a bad range is an error of its own', async (t) => {
  const home = await newHome(t);
  const outcome = await installAll(storeOf(home, fakeSource(files, {})), ['caddy@newest']);
  t.is(codeOf(outcome, 'caddy'), 'STORE_BAD_RANGE');
  await t.throwsAsync(storeOf(home).find('caddy', 'newest'), { code: 'STORE_BAD_RANGE' });
  await t.throwsAsync(storeOf(home).find('../etc', null), { code: 'STORE_UNKNOWN_COMPONENT' });
});

test('an unsatisfiable range is the user’s, and lists what each source has', async (t) => {
  const home = await newHome(t);
  const here = fakeSource(files, { caddy: ['2.6.2', '2.11.4'] }, { name: 'here' });
  const away = fakeSource(files, {}, { name: 'away', unusable: 'no apt-get' });
  const { results } = await installAll(storeOf(home, here, away), ['caddy@^3']);
  const error = results.get('caddy') as BootyError;
  t.like(error, { code: 'STORE_RANGE_UNSATISFIABLE', kind: 'user', exitCode: 2 });
  t.is(error.message, 'no source has caddy@^3: here has 2.6.2, 2.11.4; away: not usable here: no apt-get');
});

test('a source in trouble is the world’s, and an answer from the next one is as good', async (t) => {
  const home = await newHome(t);
  const facts = { source: 'dark', address: 'http://127.0.0.1:1', found: 'refused' };
  const trouble = new BootyError('STORE_MIRROR_UNREACHABLE', facts);
  const dark = fakeSource(files, { caddy: ['2.6.2'] }, { name: 'dark', trouble });
  const { results } = await installAll(storeOf(home, dark), ['caddy@^3', 'etcd']);
  t.is(results.get('caddy'), trouble);
  t.is(results.get('etcd'), trouble);
  const light = fakeSource(files, { caddy: ['3.0.1'] });
  t.like((await installAll(storeOf(home, dark, light), ['caddy@^3'])).results.get('caddy'), { source: 'fake' });
});

test('a source that fails to fetch is told with those before it; a full disk is told as that', async (t) => {
  const first = fakeSource(files, { caddy: ['1.0.0'] }, { name: 'first' });
  const facts = { source: 'second', doing: 'fetching' };
  const second = (found: string) =>
    fakeSource(
      files,
      { caddy: ['2.6.2'] },
      { name: 'second', error: new BootyError('STORE_SOURCE_FAILED', { ...facts, found }) },
    );
  const third = fakeSource(files, { caddy: ['2.6.2'] }, { name: 'third' });
  const home = await newHome(t);
  const failed = await installAll(
    storeOf(home, first, second('it hung up'), fakeSource(files, {}, { name: 'fourth' })),
    ['caddy@2'],
  );
  t.regex(
    (failed.results.get('caddy') as Error).message,
    /first: has 1\.0\.0; second: .*it hung up; fourth: has no caddy/,
  );
  for (const found of [
    'E: Write error - write (28: No space left on device)',
    'tar: ./x: Wrote only 3072 of 10240 bytes',
  ]) {
    const full = await installAll(storeOf(home, first, second(found), third), ['caddy@2']);
    t.is(codeOf(full, 'caddy'), 'STORE_NO_SPACE', found);
  }
  t.deepEqual(third.fetched, [], 'no other source is tried on a full disk');
  const { results } = await installAll(storeOf(home, first, second('it hung up'), third), ['caddy@2']);
  const { folder = '' } = results.get('caddy') as { folder?: string };
  const receipt = JSON.parse((await files.readText(join(folder, 'receipt.json'))) ?? '') as { skipped: unknown };
  t.deepEqual(receipt.skipped, [
    { source: 'first', reason: 'has 1.0.0' },
    { source: 'second', reason: 'source second failed while fetching: it hung up' },
  ]);
});

test('no source at all names why each was left out', async (t) => {
  const home = await newHome(t);
  const none = fakeSource(files, {}, { name: 'apt', unusable: 'no apt-get' });
  const { results } = await installAll(storeOf(home, none), ['caddy']);
  t.like(results.get('caddy'), { code: 'STORE_NO_SOURCE', kind: 'world', exitCode: 1 });
  t.is((results.get('caddy') as Error).message, 'no source has caddy@any: apt: not usable here: no apt-get');
});

test('a folder that lost its executable is installed anew', async (t) => {
  const home = await newHome(t);
  const store = storeOf(home, fakeSource(files, { caddy: ['2.6.2'] }));
  await installAll(store, ['caddy']);
  await breakOff(join(home, 'store/caddy/2.6.2/bin/caddy'));
  t.is(await store.find('caddy', null), null);
  t.like((await installAll(store, ['caddy'])).results.get('caddy'), { version: '2.6.2' });
  t.deepEqual(await hiddenIn(home), []);
});

test('two stores that want the same at once fetch it once', async (t) => {
  const home = await newHome(t);
  const sources = [fakeSource(files, { caddy: ['2.6.2'] }), fakeSource(files, { caddy: ['2.6.2'] })];
  const outcomes = await Promise.all(sources.map((source) => installAll(storeOf(home, source), ['caddy', 'caddy@2'])));
  for (const { results } of outcomes) t.like(results.get('caddy'), { version: '2.6.2' });
  t.deepEqual(
    sources.flatMap((source) => source.fetched),
    ['caddy 2.6.2'],
  );
  t.deepEqual(await hiddenIn(home), []);
});

test('cut short while another holds the lock, or while fetching: told so, nothing kept', async (t) => {
  const home = await newHome(t);
  const held = new AbortController();
  const untilAborted = (signal: AbortSignal): Promise<void> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }));
  const slow = fakeSource(files, { caddy: ['2.6.2'] }, { hold: untilAborted });
  let hasStarted: (value: unknown) => void = () => undefined;
  const started = new Promise((resolve) => (hasStarted = resolve));
  const fetching = fakeSource(
    files,
    { caddy: ['2.6.2'] },
    { hold: (signal) => (hasStarted(null), untilAborted(signal)) },
  );

  const first = installAll(storeOf(home, fetching), ['caddy'], held.signal);
  await started;
  const waiter = new AbortController();
  const second = await installAll(storeOf(home, slow), ['caddy'], waiter.signal, ({ message }) => {
    if (message?.startsWith('waiting for ')) waiter.abort();
  });
  t.is(codeOf(second, 'caddy'), 'STORE_CANCELLED');
  held.abort();
  t.is(codeOf(await first, 'caddy'), 'STORE_CANCELLED');
  t.deepEqual(await hiddenIn(home), []);
  t.is(await storeOf(home).find('caddy', null), null);
});

test('who waited for one that was killed takes away what it left', async (t) => {
  const home = await newHome(t);
  await mkdir(join(home, 'store'));
  const held = await files.lock(lockFile(home, 'caddy'), 0);
  if ('heldBy' in held) throw new Error('nobody else is there');
  const store = storeOf(home, fakeSource(files, { caddy: ['2.6.2'] }));
  let isKilled = false;
  const installed = await installAll(store, ['caddy'], undefined, ({ message }) => {
    if (isKilled || !message?.startsWith('waiting for ')) return;
    isKilled = true;
    mkdirSync(join(home, 'store/.new-1999999999-0123456789ab-XXXXXX'));
    void held.release();
  });
  t.true(isKilled);
  t.like(installed.results.get('caddy'), { version: '2.6.2' });
  t.deepEqual(await hiddenIn(home), []);
});

test('a home that cannot be written is named', async (t) => {
  const home = await newHome(t);
  await writeFile(join(home, 'file'), '');
  const store = storeOf(join(home, 'file', 'home'), fakeSource(files, { caddy: ['2.6.2'] }));
  const { results } = await installAll(store, ['caddy']);
  t.like(results.get('caddy'), { code: 'STORE_NOT_WRITABLE', kind: 'world' });
});

test('killed at any step it leaves the old state or the new one, and the next run tidies up', async (t) => {
  const home = await newHome(t);
  // Locks of the dead are files.lock's own matter and tested there; here the "dead" process is this very one.
  const unlocked: Files['lock'] = async () => ({ release: async () => undefined });
  let hasFinished = false;
  let step = 0;
  for (; !hasFinished; step += 1) {
    const dying = createStore({
      ...carriers,
      files: { ...dyingAfter(files, step), lock: unlocked },
      host: deadHost,
      clock,
      registry,
      home,
      sources: [fakeSource(files, { prometheus: ['2.42.0'] })],
    });
    hasFinished = !((await installAll(dying, ['prometheus'])).results.get('prometheus') instanceof Error);

    const next = storeOf(home, fakeSource(files, { prometheus: ['2.42.0'] }));
    const found = await next.find('prometheus', null);
    const versions = await files.list(join(home, 'store/prometheus'));
    t.deepEqual(versions, found ? ['2.42.0'] : [], `after ${step} steps`);
    const { results } = await installAll(next, ['prometheus', 'etcd']);
    t.like(results.get('prometheus'), { version: '2.42.0' }, `after ${step} steps`);
    t.deepEqual(await hiddenIn(home), [], `after ${step} steps`);
    await files.remove(join(home, 'store'));
  }
  t.true(step > 10, 'the installation has more steps than that');
});

/** A process of another life with this pid: what it leaves is found stale. */
const deadHost: Host = {
  ...host,
  identityOf: async (pid) => ({ pid, startTicks: '1', bootId: 'before' }),
};

/** Files whose changes all fail after some, as seen by a process that is killed then. */
const dyingAfter = (real: Files, steps: number): Files => {
  let left = steps;
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (left <= 0) throw new Error('killed');
    left -= 1;
    return work();
  };
  return {
    ...real,
    makeFolder: (path, mode) => guarded(() => real.makeFolder(path, mode)),
    makeTemporary: (parent, prefix) => guarded(() => real.makeTemporary(parent, prefix)),
    remove: (path) => guarded(() => real.remove(path)),
    rename: (from, to) => guarded(() => real.rename(from, to)),
    chmod: (path, mode) => guarded(() => real.chmod(path, mode)),
    writeAtomic: (path, text, mode) => guarded(() => real.writeAtomic(path, text, mode)),
  };
};
