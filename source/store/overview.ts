import type { World } from '../ports.ts';
import { distinctVersions, newestFirst } from '../registry/range.ts';
import type { Registry, RegistryPackage } from '../registry/schema.ts';
import { allInstalled } from './installed.ts';
import { platformOf, platformText } from './sources/archive/platform.ts';
import type { PackageRow } from './store.ts';

/** `Store.overview`. */
export const overview = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  registry: Registry,
  home: string,
): Promise<readonly PackageRow[]> => {
  // Oldest first, as the archives; by name 2.10 would stand before 2.9.
  const installed = newestFirst(await allInstalled(files, home), null).toReversed();
  const platform = platformOf(host);
  const rows = Object.entries(registry.packages).map(([name, entry]): PackageRow => {
    const all = distinctVersions(Object.keys(entry.versions));
    const verified = all.filter((version) => isVerified(entry, version, platform));
    return {
      package: name,
      title: entry.title,
      licence: entry.licence,
      notice: entry.notice ?? null,
      upstream: [
        ...(entry.upstream ?? []).map(({ kind, sentence, url }) => `${kind}: ${sentence} (${url})`),
        ...(entry.advisories ?? []).map(
          ({ id, affected, sentence, url }) => `${id} in ${affected}: ${sentence} (${url})`,
        ),
      ],
      components: Object.keys(entry.components),
      aliases: Object.values(entry.components).flatMap(({ aliases }) => aliases),
      archives: verified,
      gap: gapText(all, verified, platformText(host)),
      apt: entry.apt?.package ?? null,
      installed: installed.filter((one) => one.component === name),
    };
  });
  // What is installed stays usable when the registry forgets it.
  const forgotten = new Set(installed.map((one) => one.component).filter((name) => !(name in registry.packages)));
  const others = [...forgotten].map((name): PackageRow => {
    const own = installed.filter((one) => one.component === name);
    const row = {
      package: name,
      title: name,
      licence: '',
      notice: null,
      upstream: [],
      components: [],
      aliases: [],
      archives: [],
      apt: null,
    };
    return { ...row, gap: 'the registry does not name it any more', installed: own };
  });
  return [...rows, ...others].toSorted((one, other) => (one.package < other.package ? -1 : 1));
};

const isVerified = (entry: RegistryPackage, version: string, platform: ReturnType<typeof platformOf>): boolean =>
  platform !== null &&
  (entry.versions[version]?.archives.every((archive) => typeof archive.platforms[platform]?.sha256 === 'string') ??
    false);

const gapText = (all: readonly string[], verified: readonly string[], platform: string): string | null => {
  const missing = all.filter((version) => !verified.includes(version));
  if (missing.length === 0) return null;
  return `no verified ${platform} build${verified.length === 0 ? '' : ` of ${missing.join(', ')}`}`;
};
