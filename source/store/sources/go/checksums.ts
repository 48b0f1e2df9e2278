import { dirname, join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import { filesBelow } from '../../files-below.ts';
import { lookupText, parseLookup, tilePaths } from './tiles.ts';

const connectMsMax = 4_000;
const stallMsMax = 10_000;

/**
Makes what Go's cache kept of a checksum database one that can be served as files: all records in the newest of the signed
trees, and every tile that proves them there. Answers of several days name trees of several sizes, and a client that
saw one of them asks for tiles which prove the others in it. Idempotent. Throws STORE_SOURCE_FAILED.

@param folder of one database: `…/sumdb/sum.golang.org`
@param origins URLs below which the database is served, tried in this order
*/
export const completeChecksums = async (
  { files, downloads }: Pick<World, 'files' | 'downloads'>,
  folder: string,
  origins: readonly string[],
  work: string,
  signal: AbortSignal,
): Promise<void> => {
  const lookups = [];
  for (const name of await filesBelow(files, join(folder, 'lookup'))) {
    const path = join(folder, 'lookup', name);
    const lookup = parseLookup((await files.readText(path)) ?? '');
    if (lookup !== null) lookups.push({ path, lookup });
  }
  const newest = lookups.toSorted((one, other) => other.lookup.size - one.lookup.size)[0]?.lookup;
  if (newest === undefined) return;
  for (const { path, lookup } of lookups) {
    if (lookup.size < newest.size) await files.writeAtomic(path, lookupText(lookup, newest), 0o644);
  }
  const fetchTile = async (path: string): Promise<boolean> => {
    const target = join(folder, path);
    if ((await files.stat(target))?.kind === 'file') return true;
    for (const origin of origins) {
      const file = join(await files.makeTemporary(work, 'tile-'), 'tile');
      const result = await downloads
        .fetch({
          url: `${origin}/${path}`,
          file,
          validator: null,
          connectTimeoutMs: connectMsMax,
          stallTimeoutMs: stallMsMax,
          signal,
          check: ({ status }) => {
            if (status !== 200) throw new Missing();
          },
          onBytes: () => undefined,
        })
        .catch((error: unknown) => {
          if (error instanceof Missing) return null;
          throw error;
        });
      if (result?.kind !== 'done') continue;
      await files.makeFolder(dirname(target), 0o755);
      await files.chmod(file, 0o644);
      await files.rename(file, target);
      return true;
    }
    return false;
  };
  const numbers = lookups.map(({ lookup }) => lookup.number);
  for (const path of tilePaths(newest.size, numbers)) {
    const isThere =
      (await fetchTile(path)) || (path.includes('.p/') && (await fetchTile(path.replace(/\.p\/.*$/, ''))));
    if (isThere) continue;
    const doing = `fetching ${path} of the checksum database`;
    throw new BootyError('STORE_SOURCE_FAILED', { source: 'go', doing, found: `none of ${origins.join(', ')} has it` });
  }
  // By this a client knows that it may ask here, and need not reach the database itself.
  await files.writeAtomic(join(folder, 'supported'), '', 0o644);
};

class Missing extends Error {}
