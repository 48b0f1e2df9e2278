import { BootyError } from '../core/error.ts';
import type { World } from '../ports.ts';
import { readRegistry } from '../registry/load.ts';
import { believe, type Believed, type Layer } from './believe.ts';
import { listFile, readList, type RegistryEntry } from './registry-list.ts';

/** Where registries are looked for; all paths absolute. */
export type RegistryPlaces = {
  /** registry.json that came with booty. */
  readonly builtIn: string;
  /** BOOTY_HOME, where the user's list is. */
  readonly home: string;
  /** Folder whose booty.registry.json counts; null: none does. */
  readonly project: string | null;
};

/** Of a project, beside its booty.yaml. */
const projectFile = (folder: string): string => `${folder}/booty.registry.json`;

type Parts = Pick<World, 'files' | 'host'>;

/**
Reads all registries there are: the one that came with booty, then those of the user's list or, where BOOTY_REGISTRY is set,
those it names (absolute paths, or names of the list, divided by commas), then the project's. Only what came with booty, the
list and the variable must be in order: throws REGISTRY_INVALID, REGISTRY_LIST_INVALID and STORE_BAD_SETTING for these. What
is wrong with another one is told by its layer.
*/
export const openRegistries = async (parts: Parts, places: RegistryPlaces): Promise<Believed> => {
  const { files } = parts;
  const builtIn = await readRegistry(files, places.builtIn);
  const layers: Layer[] = [{ name: 'booty', kind: 'built-in', place: places.builtIn, registry: builtIn, error: null }];
  for (const entry of await entriesOf(parts, places.home)) layers.push(await readLayer(parts, 'file', entry));
  const own = places.project === null ? null : projectFile(places.project);
  if (own !== null && (await files.stat(own)) !== null) {
    layers.push(await readLayer(parts, 'project', { name: 'project', file: own }));
  }
  return believe(layers);
};

/** What would come of one more registry, added to the user's list. */
export const tryLayer = async (parts: Parts, places: RegistryPlaces, entry: RegistryEntry): Promise<Layer> => {
  const { layers } = await openRegistries(parts, { ...places, project: null });
  const added = await readLayer(parts, 'file', entry);
  return believe([...layers, added]).layers.at(-1) ?? added;
};

/**
What `openRegistries` depends on, as a text that changes when one of these files does; so that whoever lives long knows
when to read them anew.
*/
export const registriesMark = async (parts: Parts, places: RegistryPlaces): Promise<string> => {
  const { files } = parts;
  const entries = await entriesOf(parts, places.home).catch(() => []);
  const own = places.project === null ? [] : [projectFile(places.project)];
  const watched = [places.builtIn, listFile(places.home), ...entries.map(({ file }) => file), ...own];
  const marks = await Promise.all(
    watched.map(async (path) => {
      const found = await files.stat(path).catch(() => null);
      return [path, found?.sizeBytes ?? null, found?.modifiedAtMs ?? null];
    }),
  );
  return JSON.stringify(marks);
};

const readLayer = async (
  { files }: Parts,
  kind: Layer['kind'],
  { name, file }: { readonly name: string; readonly file: string },
): Promise<Layer> => {
  try {
    return { name, kind, place: file, registry: await readRegistry(files, file), error: null };
  } catch (error) {
    const problems = [error instanceof Error ? error.message : String(error)];
    const known = error instanceof BootyError ? error : new BootyError('REGISTRY_INVALID', { path: file, problems });
    return { name, kind, place: file, registry: null, error: known };
  }
};

/** Who asks by the variable means those and no others. */
const entriesOf = async ({ files, host }: Parts, home: string): Promise<readonly RegistryEntry[]> => {
  const list = await readList(files, home);
  const value = host.environment['BOOTY_REGISTRY'] ?? '';
  const items = value.split(',').map((item) => item.trim());
  const wanted = items.filter((item) => item !== '');
  if (wanted.length === 0) return list;
  return wanted.map((item, index): RegistryEntry => {
    if (item.startsWith('/')) return { name: `variable-${index + 1}`, file: item };
    const known = list.find(({ name }) => name === item);
    if (known !== undefined) return known;
    const problem = `${item} is no absolute path, and no registry of ${listFile(home)}`;
    throw new BootyError('STORE_BAD_SETTING', { variable: 'BOOTY_REGISTRY', value, problem });
  });
};
