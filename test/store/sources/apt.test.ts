/**
The apt source with the machine's real apt and mirror; skipped, aloud, where there is none. One home is shared so that
lists are fetched once; the tests run one after another.
*/
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { BootyError } from '../../../source/core/error.ts';
import { createHost } from '../../../source/edge/host.ts';
import type { Host } from '../../../source/ports.ts';
import { createStore } from '../../../source/store/create-store.ts';
import { createAptSource } from '../../../source/store/sources/apt.ts';
import type { Installed } from '../../../source/store/store.ts';
import { carriers, clock, codeOf, files, hostWith, installAll, newHome, shippedRegistry } from '../world.ts';

const registry = await shippedRegistry();
const real = createHost();
const path = real.environment['PATH'] ?? '';
const hasApt = (await real.findExecutable('apt-get', '/', path)) !== null;
if (!hasApt) console.warn('SKIPPED: the apt source is not tested, this machine has no apt-get');
const aptTest = hasApt ? test.serial : test.serial.skip;

const shared = await mkdtemp(join(tmpdir(), 'booty-apt-'));
test.after.always(() => files.remove(shared));

const storeIn = (home: string, host: Host = real) =>
  createStore({
    ...carriers,
    files,
    host,
    clock,
    registry,
    home,
    sources: [createAptSource({ files, host, clock }, home)],
  });

/** Processes whose command line names the folder. */
const processesOf = async (folder: string): Promise<readonly string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(folder));
};

const hiddenIn = async (home: string): Promise<readonly string[]> =>
  (await files.list(join(home, 'store'))).filter((name) => name.startsWith('.'));

/** A folder whose `apt-get` runs the script instead; `$REAL` is the machine's. */
const withApt = async (home: string, script: string): Promise<Host> => {
  const folder = join(home, 'stub');
  await mkdir(folder, { recursive: true });
  const found = await real.findExecutable('apt-get', '/', path);
  await writeFile(join(folder, 'apt-get'), `#!/bin/sh\nREAL=${found}\n${script}\n`);
  await chmod(join(folder, 'apt-get'), 0o755);
  return hostWith({ PATH: `${folder}:${path}` });
};

aptTest('installs nats-server and caddy that run, one of two unknown to the mirror or not', async (t) => {
  const outcome = await installAll(storeIn(shared), ['nats', 'caddy', 'prometheus@^99']);
  const nats = outcome.results.get('nats') as Installed;
  const caddy = outcome.results.get('caddy') as Installed;
  t.is(codeOf(outcome, 'prometheus'), 'STORE_RANGE_UNSATISFIABLE');
  t.like(outcome.results.get('prometheus'), { exitCode: 2, kind: 'user' });

  const version = execFileSync(nats.executables['nats-server'] ?? '', ['--version'], { encoding: 'utf8' });
  t.regex(version, new RegExp(`v${nats.version.replaceAll('.', '\\.')}`));
  t.regex(execFileSync(caddy.executables['caddy'] ?? '', ['version'], { encoding: 'utf8' }), /\d/);

  const receipt = JSON.parse((await files.readText(join(caddy.folder, 'receipt.json'))) ?? '') as Record<
    string,
    unknown
  >;
  t.is(receipt['source'], 'apt');
  t.regex(String(receipt['sha256']), /^[0-9a-f]{64}$/);
  t.true(String(receipt['sourceVersion']).startsWith(caddy.version));
  const downloads = outcome.progress.filter((one) => one.component === 'caddy' && one.phase === 'downloading');
  t.true(downloads.length > 0 && downloads.every((one) => one.doneBytes <= (one.totalBytes ?? 0)));
  t.deepEqual(await hiddenIn(shared), []);
});

aptTest('what is installed needs no network and no apt', async (t) => {
  const host = await withApt(shared, 'echo "asked for: $*" >&2; exit 9');
  const { results, progress } = await installAll(storeIn(shared, host), ['nats', 'caddy']);
  t.like(results.get('nats'), { source: 'apt' });
  t.like(results.get('caddy'), { source: 'apt' });
  t.deepEqual(progress, []);
});

aptTest('young lists are not fetched again', async (t) => {
  const host = await withApt(shared, 'case "$*" in *" update") echo updated >&2; exit 9;; esac; exec "$REAL" "$@"');
  const { results } = await installAll(storeIn(shared, host), ['node_exporter']);
  t.like(results.get('node_exporter'), { component: 'node_exporter', source: 'apt' });
});

aptTest('a tampered package of the right size is refused, and what was meant is told', async (t) => {
  await files.remove(join(shared, 'store/node_exporter'));
  // A file of the same name and size that is there beforehand is kept by apt-get download, with exit code 0.
  const host = await withApt(
    shared,
    `case "$*" in *--print-uris*) exec "$REAL" "$@";; *" download "*)
      "$REAL" "$@" --print-uris | while read -r _ file size _; do head -c "$size" /dev/zero >"$file"; done;;
    esac; exec "$REAL" "$@"`,
  );
  const outcome = await installAll(storeIn(shared, host), ['node_exporter']);
  t.is(codeOf(outcome, 'node_exporter'), 'STORE_HASH_MISMATCH');
  const { expectedSha256, actualSha256, expectedBytes, actualBytes } = (
    outcome.results.get('node_exporter') as BootyError<'STORE_HASH_MISMATCH'>
  ).facts;
  t.not(expectedSha256, actualSha256);
  t.is(expectedBytes, actualBytes);
  t.is(await storeIn(shared).find('node_exporter', null), null);
  t.deepEqual(await hiddenIn(shared), []);
});

aptTest('a package that went from the mirror is looked for once more, and fails alone', async (t) => {
  const host = await withApt(
    shared,
    `case "$*" in *--print-uris*) "$REAL" "$@" && exit 0; exit 100;; *" download "*) echo "$*" >>"${shared}/calls"
      echo "E: Failed to fetch http://mirror/pool/prometheus-node-exporter_1_amd64.deb  404  Not Found" >&2; exit 100;;
    *" update") echo update >>"${shared}/calls";; esac; exec "$REAL" "$@"`,
  );
  const outcome = await installAll(storeIn(shared, host), ['node_exporter']);
  t.is(codeOf(outcome, 'node_exporter'), 'STORE_SOURCE_FAILED');
  const calls = ((await files.readText(join(shared, 'calls'))) ?? '').trim().split('\n');
  t.deepEqual(
    calls.map((call) => (call === 'update' ? call : 'download')),
    ['download', 'update', 'download'],
  );
});

aptTest('two processes that want the same at once both get it, fetched once', async (t) => {
  const host = await withApt(
    shared,
    `case "$*" in *--print-uris*) ;; *" download "*) echo "$*" >>"${shared}/downloads";; esac; exec "$REAL" "$@"`,
  );
  const script = `
    const { createWorld } = await import('${new URL('../../../source/edge/world.ts', import.meta.url).href}');
    const { readRegistry } = await import('${new URL('../../../source/registry/load.ts', import.meta.url).href}');
    const { createStore } = await import('${new URL('../../../source/store/create-store.ts', import.meta.url).href}');
    const world = createWorld();
    const registry = await readRegistry(world.files, '${new URL('../../../registry.json', import.meta.url).pathname}');
    const store = createStore({ ...world, registry, home: '${shared}' });
    const settled = (name, result) => console.log(result instanceof Error ? result.message : result.version);
    await store.install([{ component: 'node_exporter', range: null }], { progress: () => {}, settled }, new AbortController().signal);
  `;
  const command = [process.execPath, '--input-type=module', '--eval', script];
  const environment = { PATH: host.environment['PATH'] ?? '', BOOTY_SOURCES: 'apt' };
  const results = await Promise.all([1, 2].map(() => real.run(command, { timeoutMs: 60_000, environment })));
  t.deepEqual(
    results.map(({ code }) => code),
    [0, 0],
    results.map(({ stderr }) => stderr).join(),
  );
  t.regex(results[0]?.stdout ?? '', /^\d+\.\d+\.\d+\n$/);
  t.is(results[0]?.stdout, results[1]?.stdout);
  t.is(((await files.readText(join(shared, 'downloads'))) ?? '').trim().split('\n').length, 1);
  t.deepEqual(await hiddenIn(shared), []);
});

aptTest('cut short at any moment: nothing kept, no process left', async (t) => {
  for (const phase of ['looking', 'downloading', 'unpacking'] as const) {
    const controller = new AbortController();
    const outcome = await installAll(storeIn(shared), ['etcd'], controller.signal, (progress) => {
      if (progress.phase === phase) controller.abort();
    });
    t.is(codeOf(outcome, 'etcd'), 'STORE_CANCELLED', phase);
    t.is(await storeIn(shared).find('etcd', null), null, phase);
    t.deepEqual(await hiddenIn(shared), [], phase);
    t.deepEqual(await processesOf(shared), [], phase);
  }
});

aptTest('a mirror that cannot be reached is told in a moment, and apart from a range nobody has', async (t) => {
  const home = await newHome(t);
  await writeFile(join(home, 'dead.list'), 'deb http://127.0.0.1:1/debian bookworm main\n');
  await writeFile(
    join(home, 'apt.conf'),
    `Dir::Etc::sourcelist "${home}/dead.list";\nDir::Etc::sourceparts "/dev/null";\nDir::State::lists "${home}/none";\n`,
  );
  const host = hostWith({ APT_CONFIG: join(home, 'apt.conf') });
  const outcome = await installAll(storeIn(home, host), ['nats', 'caddy@^99']);
  for (const name of ['nats', 'caddy']) {
    t.like(outcome.results.get(name), { code: 'STORE_MIRROR_UNREACHABLE', kind: 'world', exitCode: 1 });
  }
  t.regex((outcome.results.get('nats') as Error).message, /127\.0\.0\.1:1.*refused/);
  t.deepEqual(await hiddenIn(home), []);
});

aptTest(
  'a mirror that takes connections and says nothing is given up, and waiting for it can be cut short',
  async (t) => {
    const home = await newHome(t);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    await writeFile(
      join(home, 'silent.list'),
      `deb http://127.0.0.1:${port}/debian bookworm main\ndeb http://127.0.0.1:${port}/debian bookworm-updates main\n`,
    );
    await writeFile(
      join(home, 'apt.conf'),
      `Dir::Etc::sourcelist "${home}/silent.list";\nDir::Etc::sourceparts "/dev/null";\nDir::State::lists "${home}/none";\n`,
    );
    const host = hostWith({ APT_CONFIG: join(home, 'apt.conf') });
    const controller = new AbortController();
    server.once('connection', () => controller.abort());
    const cut = await installAll(storeIn(home, host), ['nats'], controller.signal);
    t.is(codeOf(cut, 'nats'), 'STORE_CANCELLED');
    t.deepEqual(await processesOf(home), []);

    let connections = 0;
    server.on('connection', () => (connections += 1));
    const outcome = await installAll(storeIn(home, host), ['nats']);
    t.is(codeOf(outcome, 'nats'), 'STORE_MIRROR_UNREACHABLE');
    t.true(connections < 4, 'apt was not let to try each of two lists twice');
  },
);

aptTest('a mirror signed by nobody the machine trusts is refused', async (t) => {
  const home = await newHome(t);
  await writeFile(join(home, 'empty.gpg'), '');
  const list = execFileSync('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI) $(RELEASE) $(COMPONENT)',
    'Created-By: Packages',
  ]);
  const [repository = '', release = '', component = ''] = list.toString().split('\n')[0]?.split(' ') ?? [];
  t.truthy(component, 'the machine has no archive to try it with');
  await writeFile(join(home, 'list'), `deb [signed-by=${home}/empty.gpg] ${repository} ${release} ${component}\n`);
  await writeFile(
    join(home, 'apt.conf'),
    `Dir::Etc::sourcelist "${home}/list";\nDir::Etc::sourceparts "/dev/null";\nDir::State::lists "${home}/none";\n`,
  );
  const outcome = await installAll(storeIn(home, hostWith({ APT_CONFIG: join(home, 'apt.conf') })), ['nats']);
  t.is(codeOf(outcome, 'nats'), 'STORE_SIGNATURE');
});

aptTest('no apt-get, or no archive among its sources: told as such', async (t) => {
  const home = await newHome(t);
  const without = await installAll(storeIn(home, hostWith({ PATH: home })), ['nats']);
  t.is((without.results.get('nats') as Error).message, 'no source has nats@any: apt: not usable here: no apt-get');

  await writeFile(join(home, 'vendor.list'), 'deb https://apt.vendor.invalid/ stable main\n');
  await writeFile(
    join(home, 'apt.conf'),
    `Dir::Etc::sourcelist "${home}/vendor.list";\nDir::Etc::sourceparts "/dev/null";\nDir::State::lists "${home}/none";\n`,
  );
  const outcome = await installAll(storeIn(home, hostWith({ APT_CONFIG: join(home, 'apt.conf') })), ['nats']);
  t.is(codeOf(outcome, 'nats'), 'STORE_SOURCE_FAILED');
  t.regex((outcome.results.get('nats') as Error).message, /configured with none \(not asked: https:\/\/apt\.vendor/);
});
