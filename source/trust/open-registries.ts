import { BootyError } from '../core/error.ts';
import type { World } from '../ports.ts';
import { readRegistry } from '../registry/load.ts';
import type { Registry } from '../registry/schema.ts';
import { believe, type Believed, type Layer } from './believe.ts';
import { readFileLayer, readRemoteLayer } from './read-layer.ts';
import { listFile } from './list-file.ts';
import { readList, type RegistryEntry } from './registry-list.ts';
import { pointerFile } from './tuf/cache.ts';

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

type Parts = Pick<World, 'files' | 'host' | 'clock'>;

/**
Reads all registries there are: the one that came with booty, then those of the user's list or, where BOOTY_REGISTRY is set,
those it names (absolute paths, or names or URLs of the list, divided by commas), then the project's. Looks at no network.
Only what came with booty and the variable must be in order: throws REGISTRY_INVALID and STORE_BAD_SETTING for these. What
is wrong with another one is told by its layer; a list that cannot be read is such a layer, as nobody knows what it held.
*/
export const openRegistries = async (parts: Parts, places: RegistryPlaces): Promise<Believed> =>
  believe(await layersOf(parts, places), () => parts.clock.nowMs());

const layersOf = async (parts: Parts, { builtIn, home, project }: RegistryPlaces): Promise<readonly Layer[]> => {
  const { files } = parts;
  const own = { name: 'booty', kind: 'built-in' as const, place: builtIn, error: null, freshness: null };
  const layers: Layer[] = [{ ...own, registry: await readRegistry(files, builtIn) }];
  try {
    for (const entry of await entriesOf(parts, home)) layers.push(await readEntry(parts, home, entry));
  } catch (error) {
    if (!(error instanceof BootyError && error.code === 'REGISTRY_LIST_INVALID')) throw error;
    layers.push({ name: 'list', kind: 'file', place: listFile(home), registry: null, error, freshness: null });
  }
  const path = project === null ? null : projectFile(project);
  if (path !== null && (await files.stat(path)) !== null) {
    layers.push(await readFileLayer(parts, 'project', { name: 'project', file: path }));
  }
  return layers;
};

const readEntry = (parts: Parts, home: string, entry: RegistryEntry): Promise<Layer> =>
  'file' in entry ? readFileLayer(parts, 'file', entry) : readRemoteLayer(parts, home, entry);

/**
Throws what would be wrong with a registry of the user's list if it were this one, at its place or, where it is new, after
the others: REGISTRY_CONFLICT and what else a layer may say.
*/
export const requireLayer = async (
  parts: Parts,
  places: RegistryPlaces,
  entry: RegistryEntry,
  registry: Registry | null,
): Promise<void> => {
  const found =
    registry === null
      ? await readEntry(parts, places.home, entry)
      : {
          name: entry.name,
          kind: 'remote' as const,
          place: 'file' in entry ? entry.file : entry.url,
          registry,
          error: null,
          freshness: null,
        };
  const layers = await layersOf(parts, { ...places, project: null });
  const isKnown = layers.some(({ name }) => name === entry.name);
  const all = isKnown ? layers.map((layer) => (layer.name === entry.name ? found : layer)) : [...layers, found];
  const error = believe(all, () => parts.clock.nowMs()).layers.find(({ name }) => name === entry.name)?.error;
  if (error) throw error;
};

/**
What `openRegistries` depends on, as a text that changes when one of these files does; so that whoever lives long knows
when to read them anew.
*/
export const registriesMark = async (parts: Parts, places: RegistryPlaces): Promise<string> => {
  const { files } = parts;
  const entries = await entriesOf(parts, places.home).catch(() => []);
  const own = places.project === null ? [] : [projectFile(places.project)];
  const added = entries.map((entry) => ('file' in entry ? entry.file : pointerFile(places.home, entry.name)));
  const marks = await Promise.all(
    [places.builtIn, listFile(places.home), ...added, ...own].map(async (path) => {
      const found = await files.stat(path).catch(() => null);
      return [path, found?.sizeBytes ?? null, found?.modifiedAtMs ?? null];
    }),
  );
  return JSON.stringify(marks);
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
    const url = item.replace(/\/+$/, '');
    const known = list.find((entry) => entry.name === item || ('url' in entry && entry.url === url));
    if (known !== undefined) return known;
    const problem = `${item} is no absolute path, and no registry of ${listFile(home)}`;
    throw new BootyError('STORE_BAD_SETTING', { variable: 'BOOTY_REGISTRY', value, problem });
  });
};
