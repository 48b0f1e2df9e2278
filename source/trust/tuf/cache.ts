import { join } from 'node:path';
import type { Files } from '../../ports.ts';
import { Disbelief, type RoleName, targetName } from './roles.ts';
import type { Evidence } from './verify.ts';

/**
What was fetched of remote registries, below BOOTY_HOME:

```
registries/<name>/current        names the folder that counts; changed with one rename, so a copy is there whole or not at all
registries/<name>/<folder>/      N.root.json from the pinned root on, root.json (the newest), timestamp.json, snapshot.json,
                                 targets.json, registry.json, and fetched.json: when
registries/<name>/lock           held while it is updated
```
*/
export const cacheFolder = (home: string, name: string): string => join(home, 'registries', name);

/** Changes whenever another copy counts. */
export const pointerFile = (home: string, name: string): string => join(cacheFolder(home, name), 'current');

export type Cached = { readonly folder: string; readonly evidence: Evidence; readonly fetchedAtMs: number };

type Reader = Pick<Files, 'readText' | 'list'>;

/** The copy that counts, unchecked; null when there is none. Throws Disbelief when parts of it are missing. */
export const readCache = async (files: Reader, home: string, name: string): Promise<Cached | null> => {
  const pointer = await files.readText(pointerFile(home, name));
  if (pointer === null) return null;
  const folder = join(cacheFolder(home, name), pointer.trim());
  try {
    return { folder, ...(await readEvidence(files, folder)) };
  } catch (error) {
    // Another booty may have put a newer copy in its place meanwhile.
    const again = await files.readText(pointerFile(home, name));
    if (again === null || again === pointer) throw error;
    return readCache(files, home, name);
  }
};

/** Throws Disbelief when something is missing. */
export const readEvidence = async (files: Reader, folder: string): Promise<Omit<Cached, 'folder'>> => {
  const read = async (file: string): Promise<string> => {
    const text = await files.readText(join(folder, file));
    if (text === null) throw new Disbelief(`${file} is missing`);
    return text;
  };
  const roots = await Promise.all((await rootVersions(files, folder)).map((version) => read(`${version}.root.json`)));
  const document = (role: RoleName): Promise<string> => read(`${role}.json`);
  return {
    evidence: {
      roots,
      timestamp: await document('timestamp'),
      snapshot: await document('snapshot'),
      targets: await document('targets'),
      registry: await read(targetName),
    },
    fetchedAtMs: fetchedAt(await read('fetched.json')),
  };
};

/** Of the roots in a folder, oldest first. */
const rootVersions = async (files: Pick<Files, 'list'>, folder: string): Promise<readonly number[]> =>
  (await files.list(folder))
    .flatMap((file) => {
      const [, version] = /^(\d+)\.root\.json$/.exec(file) ?? [];
      return version === undefined ? [] : [Number(version)];
    })
    .toSorted((one, other) => one - other);

const fetchedAt = (text: string): number => {
  try {
    const { atMs } = JSON.parse(text) as { readonly atMs?: unknown };
    if (typeof atMs === 'number') return atMs;
  } catch {
    // As below.
  }
  throw new Disbelief('fetched.json does not say when it was fetched');
};
