import { releaseVersion } from './release-version.ts';
import type { Registry, RegistryPackage } from './schema.ts';

export type Inconsistency = { readonly path: readonly (string | number)[]; readonly message: string };

/** Of a hash, enough to find it by. */
const shownMax = 24;

/**
What is wrong in a registry whose form is right: a name taken twice, an executable nobody provides, the same hash for two
archives (a sure sign of a slip while copying).
*/
export const inconsistencies = (registry: Registry): readonly Inconsistency[] => {
  const found: Inconsistency[] = [];
  const once = (seen: Map<string, string>, key: string, path: readonly (string | number)[], what: string): void => {
    const first = seen.get(key);
    const shown = key.length > shownMax ? `${key.slice(0, shownMax)}…` : key;
    if (first !== undefined) found.push({ path, message: `${what} ${shown} is already used at ${first}` });
    else seen.set(key, path.join('.'));
  };
  const names = new Map<string, string>();
  const hashes = new Map<string, string>();

  for (const [name, entry] of Object.entries(registry.packages)) {
    const base = ['packages', name];
    for (const [component, { executable, aliases }] of Object.entries(entry.components)) {
      const path = [...base, 'components', component];
      once(names, component, path, 'name');
      aliases.forEach((alias, index) => once(names, alias, [...path, 'aliases', index], 'name'));
      if (!entry.executables.includes(executable)) {
        found.push({ path: [...path, 'executable'], message: `${executable} is not among the package's executables` });
      }
    }
    for (const [version, { archives, sourceVersion }] of Object.entries(entry.versions)) {
      if (sourceVersion !== undefined && releaseVersion(sourceVersion) !== version) {
        const message = `${sourceVersion} is not version ${version} by the rule for releases named by a date`;
        found.push({ path: [...base, 'versions', version, 'sourceVersion'], message });
      }
      archives.forEach((archive, index) => {
        for (const [platform, download] of Object.entries(archive.platforms)) {
          const path = [...base, 'versions', version, 'archives', index, 'platforms', platform];
          if (download.sha256 !== null) once(hashes, download.sha256, [...path, 'sha256'], 'hash');
        }
      });
      found.push(...incompletePlatforms(entry, archives, [...base, 'versions', version]));
    }
    if (entry.versionCommand && !entry.executables.includes(entry.versionCommand.executable)) {
      const message = `${entry.versionCommand.executable} is not among the package's executables`;
      found.push({ path: [...base, 'versionCommand', 'executable'], message });
    }
    if (entry.apt) {
      const path = [...base, 'apt', 'executables'];
      found.push(...mismatch(entry.executables, Object.keys(entry.apt.executables), path));
    }
    if (entry.go) {
      const path = [...base, 'go', 'executables'];
      found.push(...mismatch(entry.executables, Object.keys(entry.go.executables), path));
      for (const [name, importPath] of Object.entries(entry.go.executables)) {
        if (`${importPath}/`.startsWith(`${entry.go.module}/`)) continue;
        found.push({ path: [...path, name], message: `${importPath} is not in module ${entry.go.module}` });
      }
    }
  }
  // A package may share its name only with a component of its own: else a lookup could mean two things.
  for (const name of Object.keys(registry.packages)) {
    const taken = names.get(name);
    if (taken !== undefined && !taken.startsWith(`packages.${name}.`)) {
      found.push({ path: ['packages', name], message: `name ${name} is already used at ${taken}` });
    }
  }
  return found;
};

type Archives = RegistryPackage['versions'][string]['archives'];

/** On each platform that a version names, its archives together must hold every executable exactly once. */
const incompletePlatforms = (
  entry: RegistryPackage,
  archives: Archives,
  path: readonly (string | number)[],
): readonly Inconsistency[] => {
  const provided = new Map<string, string[]>();
  for (const archive of archives) {
    for (const [platform, download] of Object.entries(archive.platforms)) {
      provided.set(platform, [...(provided.get(platform) ?? []), ...Object.keys(download.members)]);
    }
  }
  return [...provided].flatMap(([platform, members]) =>
    mismatch(entry.executables, members, [...path, 'archives']).map((one) => ({
      ...one,
      message: `${platform}: ${one.message}`,
    })),
  );
};

const mismatch = (
  wanted: readonly string[],
  provided: readonly string[],
  path: readonly (string | number)[],
): readonly Inconsistency[] => {
  const missing = wanted.filter((name) => !provided.includes(name));
  const extra = provided.filter((name, index) => !wanted.includes(name) || provided.indexOf(name) !== index);
  return [
    ...missing.map((name) => ({ path, message: `executable ${name} is provided nowhere` })),
    ...extra.map((name) => ({ path, message: `executable ${name} is provided twice or not listed in executables` })),
  ];
};
