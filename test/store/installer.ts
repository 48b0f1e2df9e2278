/**
Installs `demo` in a process of its own: `installer.ts HOME ORIGIN SHA256 [STEP]`. With a step it kills itself with SIGKILL
right before that change of the disk, whichever that is; without one it ends well and prints the version.
*/
import type { Files } from '../../source/ports.ts';
import { createStore } from '../../source/store/create-store.ts';
import { carriers, clock, files, hostWith, installAll } from './world.ts';
import { registryOf } from './sources/archive-scene.ts';

const [home = '', origin = '', sha256 = '', killAt = 'none'] = process.argv.slice(2);
let left = killAt === 'none' ? Number.POSITIVE_INFINITY : Number(killAt);

const step = async (): Promise<void> => {
  if (left <= 0) {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }
  left -= 1;
};

const mortal: Files = {
  ...files,
  makeFolder: (path, mode) => step().then(() => files.makeFolder(path, mode)),
  makeTemporary: (parent, prefix) => step().then(() => files.makeTemporary(parent, prefix)),
  remove: (path) => step().then(() => files.remove(path)),
  rename: (from, to) => step().then(() => files.rename(from, to)),
  chmod: (path, mode) => step().then(() => files.chmod(path, mode)),
  writeAtomic: (path, text, mode) => step().then(() => files.writeAtomic(path, text, mode)),
  lock: (path, waitMs) => step().then(() => files.lock(path, waitMs)),
};
const { downloads, archives } = carriers;
const store = createStore({
  ...carriers,
  downloads: {
    ...downloads,
    // A dozen on a busy machine: slow is not away.
    probe: (url, timeoutMs, signal) => downloads.probe(url, timeoutMs * 20, signal),
    fetch: (download) =>
      step().then(() => downloads.fetch({ ...download, connectTimeoutMs: 60_000, stallTimeoutMs: 60_000 })),
  },
  archives: { unpack: (...words) => step().then(() => archives.unpack(...words)) },
  files: mortal,
  clock,
  registry: registryOf(Buffer.alloc(0), { sha256 }),
  home,
  host: hostWith({ BOOTY_MIRROR: `up.example=${origin}`, BOOTY_SOURCES: 'archive' }),
});
const result = (await installAll(store, ['demo'])).results.get('demo');
if (result === undefined || result instanceof Error) throw result ?? new Error('it was not settled');
process.stdout.write(`${result.version} ${left}\n`);
