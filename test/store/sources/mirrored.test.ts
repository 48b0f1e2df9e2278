/** Mirrors of Debian's archive and of Go modules, made from the real ones and used with nothing else to ask. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createHost } from '../../../source/edge/host.ts';
import type { Host } from '../../../source/ports.ts';
import { parseRegistry } from '../../../source/registry/load.ts';
import type { Registry } from '../../../source/registry/schema.ts';
import { createStore } from '../../../source/store/create-store.ts';
import type { Cloned, CloneWant } from '../../../source/store/mirror/clone.ts';
import { findGo } from '../../../source/store/sources/go/command.ts';
import { carriers, clock, files, installAll, newHome, shippedRegistry } from '../world.ts';

const host = createHost();
const never = new AbortController().signal;
const hasApt = (await host.findExecutable('apt-get', '/', host.environment['PATH'] ?? '')) !== null;
const go = await findGo(host);
const module = 'github.com/google/addlicense';
const answered =
  go === null
    ? null
    : await host.run([go, 'list', '-m', '-versions', `${module}@v1.1.1`], {
        timeoutMs: 10_000,
        environment: { GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' },
        workingDir: host.temporaryFolder,
      });
const goLack = go === null ? 'this machine has no go' : answered?.code === 0 ? null : 'no module proxy answers';
if (!hasApt) console.warn('SKIPPED: no mirror of Debian is made, this machine has no apt-get');
if (goLack !== null) console.warn(`SKIPPED: no mirror of Go modules is made: ${goLack}`);

/** The machine with other variables, for what it runs as well. */
const hostWith = (environment: Readonly<Record<string, string>>): Host => ({
  ...host,
  environment: { ...host.environment, ...environment },
  run: (command, options) => host.run(command, { ...options, environment: { ...environment, ...options.environment } }),
});

const storeOf = (home: string, registry: Registry, environment: Readonly<Record<string, string>>) =>
  createStore({ ...carriers, files, clock, registry, home, host: hostWith(environment) });

const cloned = async (
  t: ExecutionContext,
  registry: Registry,
  source: string,
  wanted: readonly CloneWant[],
): Promise<{ readonly folder: string; readonly results: readonly (Cloned | Error)[] }> => {
  const folder = await newHome(t);
  const results: (Cloned | Error)[] = [];
  const store = storeOf(await newHome(t), registry, { BOOTY_SOURCES: source });
  const on = {
    progress: () => undefined,
    settled: (_: CloneWant, result: Cloned | Error) => void results.push(result),
  };
  await store.clone(folder, wanted, [], on, never);
  t.like(await store.checkMirror(folder, () => undefined, never), { problems: [], strays: [] });
  return { folder, results };
};

(hasApt ? test : test.skip)('a package of Debian is had from a mirror by the signature of Debian alone', async (t) => {
  const registry = await shippedRegistry();
  const { folder, results } = await cloned(t, registry, 'apt', [{ component: 'node-exporter', range: null }]);
  const [result] = results;
  if (result === undefined || result instanceof Error) return t.fail(String(result));

  // An apt that knows no archive at all: whatever comes, comes from the mirror.
  const nothing = join(await newHome(t), 'apt.conf');
  writeFileSync(nothing, 'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "/dev/null";\n');
  const away = { BOOTY_SOURCES: 'apt', BOOTY_MIRROR: folder, APT_CONFIG: nothing };
  const home = await newHome(t);
  const installed = (await installAll(storeOf(home, registry, away), ['node-exporter'])).results.get('node-exporter');
  t.like(installed, { version: result.version, source: 'apt', sourceVersion: result.sourceVersion });
  t.deepEqual(
    (await storeOf(home, registry, away).audit()).flatMap(({ problems }) => problems),
    [],
  );
  const other = (await installAll(storeOf(home, registry, away), ['nats'])).results.get('nats');
  t.true(other instanceof Error, 'its lists name all of a release; only what lies there is offered');

  // A byte of the package, of the list, of what is signed: each is seen by apt.
  const lists = join(folder, 'apt/debian/dists');
  const [suite = ''] = await files.list(lists);
  const deb = Object.keys(
    (JSON.parse(readFileSync(join(folder, 'booty-mirror.json'), 'utf8')) as { files: Record<string, unknown> }).files,
  ).find((path) => path.endsWith('.deb'));
  for (const [path, code] of [
    [deb ?? '', 'STORE_HASH_MISMATCH'],
    [`apt/debian/dists/${suite}/main/binary-${process.arch === 'x64' ? 'amd64' : process.arch}/Packages.xz`, null],
    [`apt/debian/dists/${suite}/InRelease`, null],
  ] as const) {
    const file = join(folder, path);
    const before = readFileSync(file);
    const changed = Buffer.from(before);
    const at = path.endsWith('InRelease') ? before.indexOf('SHA256:') + 12 : before.length >> 1;
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(file, changed);
    const fresh = storeOf(await newHome(t), registry, away);
    const refused = (await installAll(fresh, ['node-exporter'])).results.get('node-exporter');
    t.true(refused instanceof Error, path);
    if (code !== null) t.is((refused as unknown as { code: string }).code, code, path);
    writeFileSync(file, before);
  }
});

(goLack === null ? test : test.skip)(
  'a Go module is built from a mirror, proved by the checksum database',
  async (t) => {
    const entry = {
      title: 'Addlicense',
      homepage: 'https://github.com/google/addlicense',
      licence: 'Apache-2.0',
      executables: ['licenser'],
      components: { licenser: { executable: 'licenser', aliases: [] } },
      versions: {},
      go: { module, executables: { licenser: module } },
    };
    const registry = parseRegistry(JSON.stringify({ schemaVersion: 1, packages: { licenser: entry } }), 'test');
    const { folder, results } = await cloned(t, registry, 'go', [{ component: 'licenser', range: '1.1.1' }]);
    t.like(results[0], { version: '1.1.1', source: 'go', platforms: [] });

    // A proxy nobody is at: what is asked beside the mirror cannot be had.
    const nobody = 'http://127.0.0.1:9';
    const away = { BOOTY_SOURCES: 'go', BOOTY_MIRROR: folder, GOPROXY: nobody, HTTPS_PROXY: nobody };
    const home = await newHome(t);
    const installed = (await installAll(storeOf(home, registry, away), ['licenser'])).results.get('licenser');
    if (installed instanceof Error || installed === undefined) return t.fail(String(installed));
    t.like(installed, { version: '1.1.1', source: 'go' });
    const { stderr } = await host.run([installed.executables['licenser'] ?? ''], { timeoutMs: 10_000 });
    t.regex(stderr, /Usage: addlicense/);

    if (!(await files.list(join(folder, 'go'))).includes('sumdb')) {
      t.log('SKIPPED: this machine asks no checksum database, so nothing proves a module');
      return;
    }
    const zip = join(folder, 'go/github.com/google/addlicense/@v/v1.1.1.mod');
    writeFileSync(zip, `${readFileSync(zip, 'utf8')}\n// another byte\n`);
    const fresh = storeOf(await newHome(t), registry, away);
    const refused = (await installAll(fresh, ['licenser'])).results.get('licenser');
    t.is((refused as unknown as { code?: string }).code, 'STORE_SIGNATURE');
  },
);
