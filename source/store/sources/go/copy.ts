import { dirname, join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import { filesBelow } from '../../files-below.ts';
import type { MirroredFile } from '../../mirror/document.ts';
import type { Copied, MirrorFolder, Pick as Picked } from '../source.ts';
import { build } from './build.ts';
import { completeChecksums } from './checksums.ts';
import { findGo, goCache, goEnvironment } from './command.ts';

const askMsMax = 10_000;

/**
Puts a module and all it is built from into a mirror, as Go's module proxy serves them, with what its checksum database
says of each. It is built once on the way: that is how Go tells what it needs. Throws as `build` does.
*/
export const copy = async (
  world: Pick<World, 'files' | 'host' | 'downloads'>,
  pick: Picked,
  into: MirrorFolder,
  onStep: (phase: 'downloading' | 'unpacking', message: string) => void,
  signal: AbortSignal,
): Promise<Copied> => {
  const { files } = world;
  const work = await files.makeTemporary(into.work, 'go-');
  // A cache of its own, empty: what is in it afterwards is what a client needs, no less and no more.
  const cache = join(work, 'path');
  const built = join(work, 'built');
  for (const folder of [cache, built]) await files.makeFolder(folder, 0o755);
  await build(world, pick, built, onStep, signal, goCache(cache));
  onStep('unpacking', 'keeping its modules');

  const kept = join(cache, 'pkg', 'mod', 'cache', 'download');
  const own = new Set<string>();
  for (const name of await filesBelow(files, kept)) {
    const file = join(kept, name);
    const path = join('go', name);
    if (/\.(lock|partial)$/.test(path) || path.startsWith('go/cache/')) continue;
    const target = join(into.folder, path);
    await files.makeFolder(dirname(target), 0o755);
    own.add(path);
    if (path.endsWith('/@v/list')) await mergeList(files, file, target);
    // A tile or a module never changes; a record may stand in a newer tree by now, which is as good.
    else if ((await files.stat(target)) === null) {
      await files.chmod(file, 0o644);
      await files.rename(file, target);
    }
  }
  for (const name of await files.list(join(into.folder, 'go', 'sumdb'))) {
    onStep('downloading', `proofs of ${name}`);
    const folder = join(into.folder, 'go', 'sumdb', name);
    await completeChecksums(world, folder, await originsOf(world, name, signal), work, signal);
    for (const file of await filesBelow(files, folder)) own.add(join('go', 'sumdb', name, file));
  }
  const found: Record<string, MirroredFile> = {};
  for (const path of own) {
    const file = join(into.folder, path);
    found[path] = { sha256: await files.sha256(file), sizeBytes: (await files.stat(file))?.sizeBytes ?? 0 };
  }
  return { platforms: [], files: found };
};

/** Go lists the versions its cache holds; a mirror may hold others from before. */
const mergeList = async (files: World['files'], from: string, into: string): Promise<void> => {
  const texts = [await files.readText(from), await files.readText(into)];
  const lines = new Set(texts.flatMap((text) => (text ?? '').split('\n')).filter((line) => line !== ''));
  await files.writeAtomic(into, `${[...lines].toSorted().join('\n')}\n`, 0o644);
};

/** Where a checksum database can be read: through the module proxies Go is set to, and at its own address. */
const originsOf = async (
  { host }: Pick<World, 'host'>,
  name: string,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const go = await findGo(host);
  if (go === null) throw new BootyError('ASSERTION', { claim: 'what was built was built by a go' });
  const options = { timeoutMs: askMsMax, environment: goEnvironment, signal };
  const { stdout } = await host.run([go, 'env', 'GOPROXY'], options);
  const proxies = stdout.trim().split(/[,|]/);
  return [
    ...proxies
      .filter((proxy) => /^https?:|^file:/.test(proxy))
      .map((proxy) => `${proxy.replace(/\/$/, '')}/sumdb/${name}`),
    `https://${name}`,
  ];
};
