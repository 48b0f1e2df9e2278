/** Looking through the store and removing from it; the files are real. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../source/edge/host.ts';
import { createStore } from '../../source/store/create-store.ts';
import { collect } from '../../source/store/collect.ts';
import { fakeSource } from './fake-source.ts';
import { breakOff, carriers, clock, files, installAll, newHome, shippedRegistry } from './world.ts';

const registry = await shippedRegistry();
const host = createHost();
const never = new AbortController().signal;

test('the audit notices a changed, a missing and a forged file', async (t) => {
  const home = await newHome(t);
  const source = fakeSource(files, {
    caddy: ['2.6.2'],
    etcd: ['3.4.23'],
    prometheus: ['2.42.0'],
    'nats-server': ['2.9.10'],
  });
  const store = createStore({ ...carriers, files, host, clock, registry, home, sources: [source] });
  await installAll(store, ['caddy', 'etcd', 'prometheus', 'nats']);
  const at = (...path: readonly string[]): string => join(home, 'store', ...path);
  await chmod(at('caddy/2.6.2/bin/caddy'), 0o755);
  await writeFile(at('caddy/2.6.2/bin/caddy'), 'evil');
  await breakOff(at('etcd/3.4.23/bin/etcd'));
  await breakOff(at('prometheus/2.42.0/receipt.json'));
  const problems = Object.fromEntries((await store.audit()).map((row) => [row.component, row.problems]));
  t.deepEqual(problems, {
    caddy: ['bin/caddy has other bytes than its receipt says'],
    etcd: ['bin/etcd is missing'],
    'nats-server': [],
    prometheus: ['its receipt is missing or cannot be read'],
  });
});

test('the audit names what lies in a version folder and is not in its receipt, and repair takes it away', async (t) => {
  const home = await newHome(t);
  const sources = [fakeSource(files, { caddy: ['2.6.2'] })];
  const store = createStore({ ...carriers, files, host, clock, registry, home, sources });
  await installAll(store, ['caddy']);
  const folder = join(home, 'store/caddy/2.6.2');
  await Promise.all([chmod(folder, 0o755), chmod(join(folder, 'bin'), 0o755)]);
  await writeFile(join(folder, 'bin/libevil.so'), 'x');
  const found = async () => (await store.audit())[0];
  t.like(await found(), { problems: [], strangers: ['bin/libevil.so is not in its receipt'] });
  for (let index = 0; index < 7; index += 1) await writeFile(join(folder, `more${index}`), 'x');
  t.deepEqual((await found())?.strangers.slice(-2), ['more3 is not in its receipt', 'nor are 3 more']);
  await store.repair('caddy', '2.6.2', () => undefined, never);
  t.like(await found(), { problems: [], strangers: [] });
});

test('what is removed is gone whole, with its bytes counted; a name cannot lead elsewhere', async (t) => {
  const home = await newHome(t);
  const store = createStore({
    ...carriers,
    files,
    host,
    clock,
    registry,
    home,
    sources: [fakeSource(files, { caddy: ['2.6.2'] })],
  });
  await installAll(store, ['caddy']);
  await writeFile(join(home, 'precious'), 'x');
  t.is(await store.remove('..', 'precious', never), 0);
  t.is(await store.remove('caddy', '..', never), 0);
  t.true((await store.remove('caddy', '2.6.2', never)) > 100);
  t.is(await store.remove('caddy', '2.6.2', never), 0);
  t.deepEqual(await files.list(join(home, 'store')), []);
  t.is(await files.readText(join(home, 'precious')), 'x');
});

test('what cannot be removed is told with the home, as what cannot be installed', async (t) => {
  const home = await newHome(t);
  const refused = Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS', syscall: 'open' });
  const closed = { ...files, lock: () => Promise.reject(refused) };
  const store = (of: typeof files) =>
    createStore({
      ...carriers,
      files: of,
      host,
      clock,
      registry,
      home,
      sources: [fakeSource(of, { caddy: ['2.6.2'] })],
    });
  await installAll(store(files), ['caddy']);
  const error = await t.throwsAsync(store(closed).remove('caddy', '2.6.2', never), { code: 'STORE_NOT_WRITABLE' });
  t.true(error?.message.includes(home));
});

test('the overview says what this machine can have, what it has, and what is missing', async (t) => {
  const home = await newHome(t);
  const source = fakeSource(files, { caddy: ['2.6.2'] });
  const mac = { ...host, platform: 'darwin', arch: 'arm64' };
  const store = createStore({ ...carriers, files, host: mac, clock, registry, home, sources: [source] });
  await installAll(store, ['caddy']);
  const rows = new Map((await store.overview()).map((row) => [row.package, row]));
  t.like(rows.get('caddy'), { gap: null, apt: 'caddy', installed: [{ version: '2.6.2' }] });
  const nats = fakeSource(files, { 'nats-server': ['2.9.10', '2.10.27'] });
  const both = createStore({ ...carriers, files, host: mac, clock, registry, home, sources: [nats] });
  await installAll(both, ['nats@~2.10']);
  await installAll(both, ['nats@~2.9']);
  const versions = (await both.overview()).find((row) => row.package === 'nats-server')?.installed;
  t.deepEqual(
    versions?.map(({ version }) => version),
    ['2.9.10', '2.10.27'],
    'by version, not by name',
  );
  t.like(rows.get('node_exporter'), { archives: [], gap: 'no verified macOS arm64 build' });
  t.regex(rows.get('nomad')?.notice ?? '', /BUSL/);
});

test('kept are the newest two that are sound, and whatever is in use', (t) => {
  const rows = ['1.0.0', '1.1.0', '1.2.0', '1.10.0'].map((version) => ({ component: 'a', version, problems: [] }));
  const broken = { component: 'a', version: '2.0.0', problems: ['bin/a is missing'] };
  const verdicts = collect([...rows, broken], new Map([['a 1.0.0', 'service a of stack s']]));
  t.deepEqual(
    verdicts.map(({ kept }) => kept),
    ['service a of stack s', null, 'the one before the newest', 'newest', null],
  );
});
