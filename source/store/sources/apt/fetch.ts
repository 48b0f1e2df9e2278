import { join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import { createGate } from '../../gate.ts';
import type { FetchListener, Pick as Picked } from '../source.ts';
import { download, type Wait, waitFor } from './download.ts';
import { refreshLists } from './lists.ts';
import { readUris } from './locate.ts';
import { type PackageUri, withoutCredentials } from './parse.ts';
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
  /** Whose sources are the machine's is made anew from the machine's configuration; a suite's stays as it was opened. */
  kind: 'machine' | 'suite',
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
    const waits = [...uris].flatMap(([pick, found]) => found.map((uri) => waitFor(pick, uri, downloads)));
    const whole = new Set<Wait>();
    const verified = (wait: Wait): void => {
      whole.add(wait);
      const all = waits.filter(({ pick }) => pick === wait.pick);
      if (!all.every((each) => whole.has(each))) return;
      unpacking.push(gate(() => deliver(world.files, tree, all, folder, on, signal)));
    };
    const errors = waits.length
      ? await download(world, tree, waits, downloads, { progress: on.progress, verified }, signal)
      : new Map<Wait, BootyError>();
    const again = [...lost.keys()];
    for (const [pick, error] of new Map([...errors].map(([wait, one]) => [wait.pick, one]))) {
      if (error.code === 'STORE_SOURCE_FAILED' && !isLast) again.push(pick);
      else on.settled(pick, error);
    }
    if (isLast) for (const [pick, error] of lost) on.settled(pick, error);
    return isLast ? [] : again;
  };

  try {
    const again = await attempt(picks, false);
    if (again.length > 0) {
      if (kind === 'machine') await refreshLists(world, tree, true, () => undefined, signal);
      else await tree.run(['apt-get', 'update'], { signal });
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
  waits: readonly Wait[],
  folder: string,
  on: FetchListener,
  signal: AbortSignal,
): Promise<void> => {
  const [first, ...rest] = waits;
  if (first === undefined) return;
  const { pick } = first;
  const sizeBytes = waits.reduce((sum, { uri }) => sum + uri.sizeBytes, 0);
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
    const debs = waits.map(({ file }) => file);
    const executables = await unpack(files, tree, pick, debs, target, signal);
    const others = rest.map(({ uri }) => bytesOf(uri));
    on.settled(pick, { files: executables, ...bytesOf(first.uri), ...(others.length > 0 && { others }) });
  } catch (error) {
    on.settled(pick, error instanceof Error ? error : new Error(String(error)));
  }
};

const bytesOf = ({ url, sha256, sizeBytes }: PackageUri) => ({ url: withoutCredentials(url), sha256, sizeBytes });
