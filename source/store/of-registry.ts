import { BootyError } from '../core/error.ts';
import type { RegistryPackage } from '../registry/schema.ts';
import type { Installed } from './store.ts';

/**
Throws STORE_OTHER_BYTES when an installed version was made of other archives than this project's registries name for it. The
store is one for all projects and keeps one folder for each version; whichever registry installed it first does not speak for
the others. Only archives are compared: what other sources deliver is vouched for by them, not by a registry.
*/
export const requireNamed = (
  component: string,
  entry: RegistryPackage | null,
  platform: string,
  installed: Pick<Installed, 'version' | 'source' | 'downloads'>,
): void => {
  const { version, source, downloads } = installed;
  const known = entry && Object.hasOwn(entry.versions, version) ? entry.versions[version] : undefined;
  if (source !== 'archive' || known === undefined) return;
  const named = known.archives.map(
    ({ platforms }) => Object.entries(platforms).find(([each]) => each === platform)?.[1],
  );
  const wanted = named.flatMap((download) => (download?.sha256 ? [download.sha256] : []));
  // Where one is not named, nobody can say that it is another.
  if (wanted.length === 0 || wanted.length !== named.length) return;
  const found = downloads.map(({ sha256 }) => sha256);
  if (wanted.length === found.length && wanted.every((sha256) => found.includes(sha256))) return;
  throw new BootyError('STORE_OTHER_BYTES', { component, version, found, wanted });
};
