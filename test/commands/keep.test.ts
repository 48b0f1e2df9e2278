/** What `gc`, `uninstall` and `verify` leave alone: a stack runs, another one is down and only its lock tells. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stackPaths } from '../../source/core/paths.ts';
import { createHost } from '../../source/edge/host.ts';
import { type LockDocument, lockText } from '../../source/lock/document.ts';
import { createStore } from '../../source/store/create-store.ts';
import { makeTemporary } from '../../source/store/temporary.ts';
import { startFakeDaemon } from '../fake-daemon.ts';
import { fakeSource } from '../store/fake-source.ts';
import { carriers, clock, files, installAll, newHome, shippedRegistry } from '../store/world.ts';
import { makeFrame, makeRow, makeStack } from '../tui/fake-stack.ts';
import { makeEntry, makePlan } from '../tui/fake-upgrades.ts';
import { atDesk, type Desk } from './call.ts';

const versions = ['2.5.0', '2.6.2', '2.7.0', '2.8.0', '2.9.1', '2.10.0', '2.11.0'];

const lockOf = (version: string): string => {
  const bytes = {
    sourceVersion: `${version}-1`,
    suite: null,
    files: [{ url: 'a', sha256: 'a'.repeat(64), sizeBytes: 40 }],
  };
  const service = { component: 'caddy', package: 'caddy', version, sources: { fake: { 'linux-amd64': bytes } } };
  return lockText({ lockVersion: 1, services: { web: service } } satisfies LockDocument);
};

/** Stack `shop` runs 2.9.1, came from 2.6.2 and before that from 2.5.0; stack `late` is down and locked to 2.7.0. */
const withStacks = async (t: ExecutionContext, run: (desk: Desk, home: string, late: string) => Promise<void>) => {
  const [home, late] = [await newHome(t), await newHome(t)];
  const variables = { BOOTY_HOME: home, XDG_RUNTIME_DIR: home };
  const host = createHost();
  const registry = await shippedRegistry();
  const source = fakeSource(files, { caddy: versions });
  const store = createStore({ ...carriers, files, host, clock, registry, home, sources: [source] });
  for (const version of versions) await installAll(store, [`caddy@=${version}`]);
  await atDesk(
    { 'booty.lock.json': lockOf('2.9.1') },
    async (desk) => {
      const { socket, historyFile } = stackPaths({ ...host, environment: variables }, 'shop');
      const row = makeStack([makeRow('web', { component: 'caddy', version: '2.9.1' })]);
      await startFakeDaemon(t, { home, socket, folder: desk.folder }, makeFrame(row), makePlan());
      const entries = [
        makeEntry('1', { service: 'web', from: '2.5.0', to: '2.6.2', result: 'done' }),
        makeEntry('1', { service: 'web', from: '2.6.2', to: '2.9.1', result: 'done' }),
        makeEntry('1', { service: 'web', from: '2.8.0', to: '2.11.0', result: 'returned' }),
        makeEntry('1', { service: 'gone', from: '2.8.0', to: '2.11.0', result: 'done' }),
      ];
      await writeFile(historyFile, `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n{"id":`);
      await mkdir(join(home, 'stacks/late'), { recursive: true });
      const origin = { name: 'late', folder: late, file: join(late, 'booty.yaml') };
      await writeFile(join(home, 'stacks/late/origin.json'), JSON.stringify(origin));
      await writeFile(join(late, 'booty.lock.json'), lockOf('2.7.0'));
      await run(desk, home, late);
    },
    variables,
  );
};

type Collected = { readonly kept: readonly { readonly version: string; readonly kept: string }[] };

test('gc keeps what runs, what a lock names and what the last upgrade came from', async (t) => {
  await withStacks(t, async ({ call }, home, late) => {
    const { code, out } = await call(['gc', '-y', '--json']);
    t.is(code, 0);
    const { kept } = JSON.parse(out) as Collected;
    t.deepEqual(Object.fromEntries(kept.map((row) => [row.version, row.kept])), {
      '2.6.2': 'way back of service web of stack shop',
      '2.7.0': `locked by service web in ${late}/booty.lock.json`,
      '2.9.1': 'service web of stack shop',
      '2.10.0': 'the one before the newest',
      '2.11.0': 'newest',
    });
    const left = await files.list(join(home, 'store/caddy'));
    t.deepEqual(left.toSorted(), ['2.10.0', '2.11.0', '2.6.2', '2.7.0', '2.9.1']);
  });
});

test('gc takes what a killed installation left, and leaves one that is under way', async (t) => {
  const home = await newHome(t);
  await mkdir(join(home, 'store'));
  const living = await makeTemporary({ files, host: createHost() }, home);
  const dead = join(home, 'store/.new-1999999999-0123456789ab-XXXXXX');
  await mkdir(join(dead, 'apt'), { recursive: true });
  await writeFile(join(dead, 'apt/half'), 'x'.repeat(5_000));
  await atDesk(
    {},
    async ({ call }) => {
      const { code, out } = await call(['gc', '-y', '--json']);
      t.is(code, 0);
      t.is((JSON.parse(out) as { bytes: number }).bytes, 5_000);
    },
    { BOOTY_HOME: home, XDG_RUNTIME_DIR: home },
  );
  t.deepEqual(
    (await files.list(join(home, 'store'))).map((name) => join(home, 'store', name)),
    [living],
  );
});

test('gc removes nothing while a lock cannot be read', async (t) => {
  await withStacks(t, async ({ call }, home, late) => {
    await writeFile(join(late, 'booty.lock.json'), '{');
    const { code, err } = await call(['gc', '-y']);
    t.is(code, 2);
    t.true(err.includes(`${late}/booty.lock.json cannot be used`), err);
    t.is((await files.list(join(home, 'store/caddy'))).length, versions.length);
  });
});

test('uninstall refuses what runs or is locked, and removes it with --force', async (t) => {
  await withStacks(t, async ({ call }, home) => {
    const used = await call(['uninstall', 'caddy@2.9.1', '-y']);
    t.is(used.code, 1);
    t.regex(used.err, /in use by service web of stack shop/);
    const locked = await call(['uninstall', 'caddy@2.7.0', '-y']);
    t.is(locked.code, 1);
    t.regex(locked.err, /caddy 2\.7\.0 is locked by service web in /);
    t.regex(locked.err, /booty uninstall caddy@2\.7\.0 --force/);
    t.is((await files.list(join(home, 'store/caddy'))).length, versions.length);
    t.is((await call(['uninstall', 'caddy@2.8.0', '-y'])).code, 0);
    t.is((await call(['uninstall', 'caddy@2.7.0', '-y', '--force'])).code, 0);
    t.is((await call(['uninstall', 'caddy', '-y', '--force'])).code, 0);
    t.deepEqual(await files.list(join(home, 'store')), []);
  });
});

test('verify leaves alone what a service runs from, and says what to do', async (t) => {
  await withStacks(t, async ({ call }, home) => {
    const program = join(home, 'store/caddy/2.9.1/bin/caddy');
    await chmod(program, 0o755);
    await writeFile(program, 'evil');
    const { code, out } = await call(['verify', '-y']);
    t.is(code, 1);
    t.regex(out, /caddy 2\.9\.1: not repaired, left as it is: service web of stack shop runs from it; stop it, then: /);
    t.is(await files.readText(program), 'evil');
  });
});
