import { basename, dirname, join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import type { MirroredFile, MirroredSuite } from '../../mirror/document.ts';
import type { Copied, CopyListener, MirrorFolder, Pick as Picked } from '../source.ts';
import { download, type Wait, waitFor } from './download.ts';
import { readUris } from './locate.ts';
import type { PackageUri } from './parse.ts';
import { copySuite, type List, readLists } from './suite-copy.ts';
import type { Tree } from './tree.ts';

/**
Puts the packages of all picks of one tree into a mirror, as they lie in Debian's archive, with the signed lists that name
them. The tree's lock must be held.
*/
export const copy = async (
  world: Pick<World, 'files' | 'host' | 'clock'>,
  tree: Tree,
  picks: readonly Picked[],
  platform: string,
  into: MirrorFolder,
  on: CopyListener,
  signal: AbortSignal,
): Promise<void> => {
  const { files } = world;
  const lists = await readLists(tree, signal);
  const { uris, lost } = await readUris(tree, picks, signal);
  for (const [pick, error] of lost) on.settled(pick, error);

  const downloads = await files.makeTemporary(into.work, 'debs-');
  const placed = new Map<PackageUri, { readonly list: List; readonly path: string }>();
  const waits: Wait[] = [];
  const unplaced = new Map<Picked, BootyError>();
  for (const [pick, found] of uris) {
    for (const uri of found) {
      const place = placeOf(lists, uri, pick.candidate.suite);
      if (place === null) {
        const facts = { source: 'apt', doing: `looking where ${uri.file} lies`, found: 'no list of apt names it' };
        unplaced.set(pick, new BootyError('STORE_SOURCE_FAILED', facts));
        continue;
      }
      placed.set(uri, place);
      const target = join(into.folder, place.path);
      if ((await files.stat(target))?.kind === 'file' && (await files.sha256(target)) === uri.sha256) continue;
      waits.push(waitFor(pick, uri, downloads));
    }
  }
  const errors =
    waits.length === 0
      ? new Map<Wait, BootyError>()
      : await download(world, tree, waits, downloads, { progress: on.progress, verified: () => undefined }, signal);
  for (const wait of waits) {
    const place = placed.get(wait.uri);
    if (errors.has(wait) || place === undefined) continue;
    const target = join(into.folder, place.path);
    await files.makeFolder(dirname(target), 0o755);
    await files.chmod(wait.file, 0o644);
    await files.rename(wait.file, target);
  }
  const suites = new Map<List, Promise<Awaited<ReturnType<typeof copySuite>>>>();
  for (const [pick, found] of uris) {
    const error = unplaced.get(pick) ?? [...errors].find(([wait]) => wait.pick === pick)?.[1];
    if (error !== undefined) {
      on.settled(pick, error);
      continue;
    }
    try {
      const own: Record<string, MirroredFile> = {};
      const named: MirroredSuite[] = [];
      for (const uri of found) {
        const place = placed.get(uri);
        if (place === undefined) continue;
        own[place.path] = { sha256: uri.sha256, sizeBytes: uri.sizeBytes };
        const suite = suites.get(place.list) ?? copySuite(world, tree, place.list, into, signal);
        suites.set(place.list, suite);
        const copied = await suite;
        Object.assign(own, copied.files);
        named.push(copied.suite);
      }
      const result: Copied = { platforms: [platform], files: own, suites: named };
      on.settled(pick, result);
    } catch (thrown) {
      signal.throwIfAborted();
      on.settled(pick, thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }
};

/** By which list a package is named, and its path in the mirror: `apt/debian/pool/main/n/…`. */
const placeOf = (
  lists: readonly List[],
  { url, file }: PackageUri,
  suite: string | null,
): { readonly list: List; readonly path: string } | null => {
  const fitting = lists.filter(({ uri }) => url.startsWith(`${uri.replace(/\/$/, '')}/`));
  const list = fitting.find(({ release }) => release === suite) ?? fitting[0];
  if (list === undefined) return null;
  const tail = decodeURIComponent(url.slice(list.uri.replace(/\/$/, '').length + 1));
  // apt's name of a file differs from the archive's where a version has an epoch; the archive's is what its lists say.
  return { list, path: join('apt', list.archive, dirname(tail), basename(tail) || file) };
};
