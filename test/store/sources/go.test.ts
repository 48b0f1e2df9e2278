/** Real modules through the module proxy this machine is configured with, built by its own Go. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../../source/edge/host.ts';
import type { Host } from '../../../source/ports.ts';
import { parseRegistry } from '../../../source/registry/load.ts';
import { commitVersion } from '../../../source/registry/release-version.ts';
import { createStore } from '../../../source/store/create-store.ts';
import { createGoSource } from '../../../source/store/sources/go.ts';
import { findGo } from '../../../source/store/sources/go/command.ts';
import { parseVersions } from '../../../source/store/sources/go/offer.ts';
import type { Installed } from '../../../source/store/store.ts';
import { carriers, clock, files, installAll, newHome } from '../world.ts';

const host = createHost();
const module = 'github.com/google/addlicense';
const nobody = 'http://127.0.0.1:9';

const registryOf = (go: unknown) => {
  const entry = {
    title: 'Addlicense',
    homepage: 'https://github.com/google/addlicense',
    licence: 'Apache-2.0',
    executables: ['licenser'],
    components: { licenser: { executable: 'licenser', aliases: [] } },
    versions: {},
    go,
  };
  return parseRegistry(JSON.stringify({ schemaVersion: 1, packages: { licenser: entry } }), 'test');
};
const registry = registryOf({ module, executables: { licenser: module } });

/** The machine, with something else in the environment of what it runs. */
const hostThat = (environment: Readonly<Record<string, string>>): Host => ({
  ...host,
  run: (command, options) => host.run(command, { ...options, environment: { ...options.environment, ...environment } }),
});

const go = await findGo(host);
const listing = ['list', '-m', '-versions', `${module}@v1.1.1`];
const offline = { GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' };
const answered =
  go === null
    ? null
    : await host.run([go, ...listing], { timeoutMs: 10_000, environment: offline, workingDir: host.temporaryFolder });
const lack = go === null ? 'this machine has no go' : answered?.code === 0 ? null : 'no module proxy answers';
const real = lack === null ? test : test.skip;
const because = lack === null ? '' : ` (SKIPPED: ${lack})`;

real(`a program is built from its module under the name the registry gives it, and runs${because}`, async (t) => {
  const home = await newHome(t);
  const store = createStore({
    ...carriers,
    files,
    host,
    clock,
    registry,
    home,
    sources: [createGoSource({ files, host, ...carriers }, '/nonexistent')],
  });
  const { results, progress } = await installAll(store, ['licenser@^1.1']);
  const installed = results.get('licenser') as Installed;
  t.like(installed, { source: 'go', version: '1.1.1', sourceVersion: 'v1.1.1' });
  const file = installed.executables['licenser'] ?? '';
  const about = await host.run([go ?? '', 'version', '-m', file], { timeoutMs: 10_000 });
  t.regex(about.stdout, /mod\tgithub\.com\/google\/addlicense\tv1\.1\.1\th1:/);
  t.regex(about.stdout, /CGO_ENABLED=0/);
  t.regex((await host.run([file], { timeoutMs: 10_000 })).stderr, /Usage: addlicense/);
  t.true(progress.some(({ message }) => message === `building ${module}@v1.1.1`));
  const [problems] = await store.audit();
  t.deepEqual(problems?.problems, []);
  t.deepEqual(await store.find('licenser', null), installed);
});

real(`a build that is cancelled while it compiles leaves nothing behind${because}`, async (t) => {
  const home = await newHome(t);
  // With a cache of its own there is something to compile, however often this was run.
  const cold = hostThat({ GOCACHE: join(home, 'cold') });
  const own = createGoSource({ files, host: cold, ...carriers }, '/nonexistent');
  const store = createStore({ ...carriers, files, host: cold, clock, registry, home, sources: [own] });
  const cancel = new AbortController();
  const { results } = await installAll(store, ['licenser'], cancel.signal, ({ message }) => {
    if (message?.startsWith('compiling ')) cancel.abort();
  });
  t.true(cancel.signal.aborted);
  t.like(results.get('licenser'), { code: 'STORE_CANCELLED' });
  t.deepEqual(
    readdirSync(join(home, 'store')).filter((name) => name.startsWith('.new-')),
    [],
  );
});

real(`a module nobody has, a package that is no program: each says so${because}`, async (t) => {
  const gone = hostThat({ GOPROXY: nobody });
  const home = await newHome(t);
  const silent = createStore({
    ...carriers,
    files,
    host: gone,
    clock,
    registry,
    home,
    sources: [createGoSource({ files, host: gone, ...carriers }, '/nonexistent')],
  });
  const refused = (await installAll(silent, ['licenser'])).results.get('licenser') as Error;
  t.like(refused, { code: 'STORE_SOURCE_FAILED' });
  t.regex(refused.message, /asking for the versions of .*connection refused/);

  const library = registryOf({ module, executables: { licenser: `${module}/nothing-here` } });
  const store = createStore({
    ...carriers,
    files,
    host,
    clock,
    registry: library,
    home,
    sources: [createGoSource({ files, host, ...carriers }, '/nonexistent')],
  });
  const broken = (await installAll(store, ['licenser'])).results.get('licenser') as Error;
  t.regex(broken.message, /does not contain package/);
});

const unnamed = 'golang.org/x/exp';

real(`a module that upstream gives no versions offers its newest commit, by its date${because}`, async (t) => {
  const dated = registryOf({ module: unnamed, executables: { licenser: `${unnamed}/x` }, versions: 'date' });
  const entry = dated.packages['licenser'];
  if (!entry) return t.fail();
  const wanted = [{ package: 'licenser', entry, range: null }];
  const source = createGoSource({ files, host, downloads: carriers.downloads }, await newHome(t));
  const offered = await source.offer(wanted, () => {}, new AbortController().signal);
  const [commit, ...others] = offered.candidates.get('licenser') ?? [];
  t.deepEqual(others, []);
  const [, date = ''] = /^v0\.0\.0-(\d{14})-[0-9a-f]{12}$/.exec(commit?.sourceVersion ?? '') ?? [];
  t.is(commit?.version.split('.')[0], date.slice(0, 4));
  t.is(commit?.version ?? null, commitVersion(commit?.sourceVersion ?? ''));
});

test('without go the source is not used, and nothing is asked', async (t) => {
  const bare = { ...host, findExecutable: async () => null };
  const source = createGoSource({ files, host: bare, ...carriers }, '/nonexistent');
  t.regex((await source.unusable()) ?? '', /no go on PATH/);
  const entry = registry.packages['licenser'];
  if (!entry) return t.fail();
  const offered = await source.offer(
    [{ package: 'licenser', entry, range: null }],
    () => {},
    new AbortController().signal,
  );
  t.is(offered.candidates.size, 0);
});

test('of the versions of a module only releases count, and what upstream calls them is kept', (t) => {
  const versions = ['v0.9.0', 'v1.0.0-RC.1', 'v2.0.0+incompatible', 'v2.12.8-fips', '1.0.0', 7];
  const found = parseVersions(JSON.stringify({ Path: 'example.com/x', Versions: versions }));
  t.deepEqual(
    found?.map(({ version, sourceVersion }) => [version, sourceVersion]),
    [
      ['0.9.0', 'v0.9.0'],
      ['2.0.0', 'v2.0.0+incompatible'],
    ],
  );
  t.deepEqual(parseVersions('{"Path":"example.com/x"}'), []);
  t.is(parseVersions('go: warning'), null);
  t.is(parseVersions('{"Versions":"v1.0.0"}'), null);
});

test('a program outside its module, and words that Go would take for something else, are no registry', (t) => {
  t.throws(() => registryOf({ module, executables: { licenser: 'github.com/google/other' } }), {
    message: /is not in module/,
  });
  t.throws(() => registryOf({ module, executables: {} }), { message: /licenser is provided nowhere/ });
  for (const path of ['-toolexec=x', './here', 'github.com/a@v1', 'github.com/../a']) {
    t.throws(() => registryOf({ module: path, executables: { licenser: path } }), { code: 'REGISTRY_INVALID' }, path);
  }
});
