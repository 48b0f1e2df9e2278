import { join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import { createGate } from '../../gate.ts';
import type { FetchListener, Pick as Picked } from '../source.ts';
import { download, type Wait, waitFor } from './download.ts';
import { errorOf, failuresOf } from './failure.ts';
import { refreshLists } from './lists.ts';
import { nameInFile, type PackageUri, parseUris, withoutCredentials } from './parse.ts';
import { goneError } from './offer.ts';
import type { Tree } from './tree.ts';
import { unpack } from './unpack.ts';

/**
Fetches picks with one call of apt, unpacking each while others still come. Files that a mirror no longer has (its lists
moved on since ours were read) are tried once more with new lists. The tree's lock must be held.
*/
export const fetch = async (
  world: Pick<World, 'files' | 'host' | 'clock'>,
  tree: Tree,
  picks: readonly Picked[],
  folder: string,
  on: FetchListener,
  signal: AbortSignal,
): Promise<void> => {
  const unpacking: Promise<void>[] = [];
  // Each takes a core and tens of MB: more at once would only delay the first to be ready.
  const gate = createGate(2);
  const attempt = async (wanted: readonly Picked[], isLast: boolean): Promise<readonly Picked[]> => {
    const downloads = await world.files.makeTemporary(folder, 'download-');
    const { uris, lost } = await readUris(tree, wanted, signal);
    const waits = [...uris].map(([pick, uri]) => waitFor(pick, uri, downloads));
    const verified = (wait: Wait): void => {
      unpacking.push(gate(() => deliver(world.files, tree, wait, folder, on, signal)));
    };
    const errors = waits.length
      ? await download(world, tree, waits, downloads, { progress: on.progress, verified }, signal)
      : new Map<Wait, BootyError>();
    const again = [...lost.keys()];
    for (const [{ pick }, error] of errors) {
      if (error.code === 'STORE_SOURCE_FAILED' && !isLast) again.push(pick);
      else on.settled(pick, error);
    }
    if (isLast) for (const [pick, error] of lost) on.settled(pick, error);
    return isLast ? [] : again;
  };

  try {
    const again = await attempt(picks, false);
    if (again.length > 0) {
      await refreshLists(world, tree, true, () => undefined, signal);
      await attempt(again, true);
    }
  } finally {
    // Also when cut short: nothing may still be writing below `folder` when this returns.
    await Promise.all(unpacking);
  }
};

const deliver = async (
  files: World['files'],
  tree: Tree,
  { pick, uri, file }: Wait,
  folder: string,
  on: FetchListener,
  signal: AbortSignal,
): Promise<void> => {
  const { sizeBytes, sha256 } = uri;
  on.progress(pick, {
    phase: 'unpacking',
    source: 'apt',
    version: pick.candidate.version,
    doneBytes: sizeBytes,
    totalBytes: sizeBytes,
    bytesPerSecond: null,
    etaMs: null,
    message: null,
  });
  try {
    const target = join(await files.makeTemporary(folder, 'unpack-'), 'files');
    const executables = await unpack(files, tree, pick, file, target, signal);
    on.settled(pick, { files: executables, url: withoutCredentials(uri.url), sha256, sizeBytes });
  } catch (error) {
    on.settled(pick, error instanceof Error ? error : new Error(String(error)));
  }
};

type Located = {
  readonly uris: ReadonlyMap<Picked, PackageUri>;
  /** Those the lists know no more. */
  readonly lost: ReadonlyMap<Picked, BootyError>;
};

/** One unknown version fails apt's whole call; only then each is asked for alone. */
const readUris = async (tree: Tree, picks: readonly Picked[], signal: AbortSignal): Promise<Located> => {
  const together = await printUris(tree, picks, signal);
  const uris = new Map<Picked, PackageUri>();
  const lost = new Map<Picked, BootyError>();
  for (const pick of picks) {
    const answer =
      together instanceof BootyError && picks.length > 1 ? await printUris(tree, [pick], signal) : together;
    const uri = answer instanceof BootyError ? undefined : answer.find((one) => isOf(one, pick));
    if (uri) uris.set(pick, uri);
    else lost.set(pick, answer instanceof BootyError ? answer : goneError(pick.package, pick.candidate.sourceVersion));
  }
  return { uris, lost };
};

const printUris = async (
  tree: Tree,
  picks: readonly Picked[],
  signal: AbortSignal,
): Promise<readonly PackageUri[] | BootyError> => {
  const names = picks.map(({ entry, candidate }) => `${entry.apt?.package}=${candidate.sourceVersion}`);
  const result = await tree.run(['apt-get', 'download', '--print-uris', ...names], { signal });
  return result.code === 0 ? parseUris(result.stdout) : errorOf(failuresOf(result), 'locating packages', result);
};

const isOf = ({ file }: PackageUri, { entry, candidate }: Picked): boolean => {
  const named = nameInFile(file);
  return named?.package === entry.apt?.package && named?.version === candidate.sourceVersion;
};
