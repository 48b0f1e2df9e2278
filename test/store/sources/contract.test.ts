/** One contract for all sources: a mirror and a PATH of this machine's own, its real apt, and its real Go. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../../source/edge/host.ts';
import type { RegistryPackage } from '../../../source/registry/schema.ts';
import { createAptSource } from '../../../source/store/sources/apt.ts';
import { createArchiveSource } from '../../../source/store/sources/archive.ts';
import { parseMirror } from '../../../source/store/sources/archive/mirror.ts';
import { createGoSource } from '../../../source/store/sources/go.ts';
import { findGo } from '../../../source/store/sources/go/command.ts';
import { createPathSource } from '../../../source/store/sources/path.ts';
import { shareLists } from '../../real-downloads.ts';
import { sourceContract } from '../../contract/source.ts';
import { carriers, clock, files, hostWith, newHome, shippedRegistry } from '../world.ts';
import { good, registryOf, script } from './archive-scene.ts';
import { serve, whole } from './mirror.ts';

const host = createHost();
const entryOf = (packages: Readonly<Record<string, RegistryPackage>>, name: string): RegistryPackage => {
  const entry = packages[name];
  if (entry === undefined) throw new Error(`there is no package ${name}`);
  return entry;
};
const demo = entryOf(registryOf(good).packages, 'demo');
const says =
  (...words: readonly string[]) =>
  async (file: string): Promise<string> => {
    const { stdout, stderr } = await host.run([file, ...words], { timeoutMs: 20_000 });
    return stdout + stderr;
  };

const hasApt = (await host.findExecutable('apt-get', '/', host.environment['PATH'] ?? '')) !== null;
// One tree for all: its lists are large.
const shared = hasApt ? await files.makeTemporary(host.temporaryFolder, 'booty-apt-') : '';
if (hasApt) shareLists(shared);
const nats = entryOf((await shippedRegistry()).packages, 'nats-server');

const module = 'github.com/google/addlicense';
const go = await findGo(host);
const listing = { timeoutMs: 10_000, environment: { GOFLAGS: '-mod=mod' }, workingDir: host.temporaryFolder };
const answered = go === null ? null : await host.run([go, 'list', '-m', '-versions', `${module}@v1.1.1`], listing);

test.after.always(() => (hasApt ? files.remove(shared) : undefined));

sourceContract({
  name: 'archive',
  lack: null,
  open: async (t) => {
    const { origin } = await serve(t, { '/demo.tar.gz': whole(good) });
    const mirror = parseMirror(`up.example=${origin}`);
    const source = createArchiveSource({ ...carriers, files, host, clock }, await newHome(t), mirror);
    return { source, wanted: { package: 'demo', entry: demo, range: null }, folder: await newHome(t) };
  },
  run: null,
});

sourceContract({
  name: 'path',
  lack: null,
  open: async (t) => {
    const bin = await newHome(t);
    writeFileSync(join(bin, 'demo'), script, { mode: 0o755 });
    const source = createPathSource({ files, host: hostWith({ PATH: `${bin}:/usr/bin:/bin` }) });
    const entry = { ...demo, versionCommand: { executable: 'demo', arguments: ['--version'] } };
    return { source, wanted: { package: 'demo', entry, range: null }, folder: await newHome(t) };
  },
  run: says('--version'),
});

sourceContract({
  name: 'apt',
  lack: hasApt ? null : 'this machine has no apt-get',
  open: async (t) => ({
    source: createAptSource({ files, host, clock }, shared),
    wanted: { package: 'nats-server', entry: nats, range: null },
    folder: await newHome(t),
  }),
  run: says('--version'),
});

sourceContract({
  name: 'go',
  lack: go === null ? 'this machine has no go' : answered?.code === 0 ? null : 'no module proxy answers',
  open: async (t) => ({
    source: createGoSource({ files, host, ...carriers }, '/nonexistent'),
    wanted: {
      package: 'licenser',
      entry: { ...demo, versions: {}, executables: ['licenser'], go: { module, executables: { licenser: module } } },
      range: null,
    },
    folder: await newHome(t),
  }),
  run: null,
});
