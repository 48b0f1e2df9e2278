import { findConfig } from '../config/find.ts';
import { bootyHome } from '../core/paths.ts';
import type { World } from '../ports.ts';
import type { Believed } from '../trust/believe.ts';
import type { RegistryPlaces } from '../trust/open-registries.ts';

type Where = {
  readonly ports: Pick<World, 'files' | 'host' | 'clock'>;
  /** Where the command was called. */
  readonly folder: string;
  readonly packageFolder: string;
};

/**
Where the registries of a command are: the project's is that of `project`, a folder, or else beside the nearest booty.yaml,
or else in the folder the command was called in.
*/
export const registryPlaces = async (
  { ports: { files, host }, folder, packageFolder }: Where,
  project?: string,
): Promise<RegistryPlaces> => {
  const config = project === undefined ? await findConfig(files, folder, host.homeFolder) : null;
  const own = project ?? config?.replace(/\/[^/]*$/, '') ?? folder;
  return { builtIn: `${packageFolder}/registry.json`, home: bootyHome(host), project: own || '/' };
};

/** All registries as a command sees them; see `openRegistries` for what it throws. */
export const registriesOf = async (where: Where, project?: string): Promise<Believed> => {
  const { openRegistries } = await import('../trust/open-registries.ts');
  return openRegistries(where.ports, await registryPlaces(where, project));
};
