import { inconsistencies } from './inconsistencies.ts';
import type { Platform, Registry, RegistryPackage } from './schema.ts';

/** Bytes of a version that a nearer registry put in the place of those another one names, as it said it would. */
export type Override = {
  readonly package: string;
  readonly version: string;
  readonly platform: string;
  readonly by: string;
  readonly instead: readonly string[];
};

/** Several registries as one. */
export type Merged = {
  readonly registry: Registry;
  /** `<package>` and `<package> <version> <platform>` → the registries that name it, for a platform with these very bytes. */
  readonly vouchers: ReadonlyMap<string, readonly string[]>;
  readonly overrides: readonly Override[];
};

type Version = RegistryPackage['versions'][string];
type Downloads = Readonly<Record<string, NonNullable<Version['archives'][number]['platforms'][Platform]>>>;

/** Where `vouchers` has a package, or the bytes of one of its versions for a platform. */
export const voucherKey = (packageName: string, version?: string, platform?: string): string =>
  [packageName, version, platform].filter((part) => part !== undefined).join(' ');

export const nothingMerged: Merged = {
  registry: { schemaVersion: 1, packages: {} },
  vouchers: new Map(),
  overrides: [],
};

/**
Lays one more registry, of the given name, over those before it. It may add packages, components, aliases, versions and
platforms; words (title, licence, notice and the like) and URLs are those of the last that names them. Not without
`override: true` at the version may it name other bytes (hash, format, members) for a platform that one before it names,
or bytes where one before it refuses; refusing is always allowed. Never may it give a name, a component or a source of a
package another meaning. Where it does, the answer is what is wrong, in sentences, and nothing is merged.
*/
export const mergeRegistry = (
  base: Merged,
  name: string,
  next: Registry,
): Merged | { readonly problems: readonly string[] } => {
  const problems: string[] = [];
  const overrides = [...base.overrides];
  const vouchers = new Map(base.vouchers);
  const packages: Record<string, RegistryPackage> = { ...base.registry.packages };
  for (const [packageName, entry] of Object.entries(next.packages)) {
    const before = packages[packageName];
    if (before !== undefined) problems.push(...otherMeaning(packageName, before, entry));
    const key = voucherKey(packageName);
    vouchers.set(key, [...(vouchers.get(key) ?? []), name]);
    const versions: RegistryPackage['versions'] = { ...before?.versions };
    for (const [version, value] of Object.entries(entry.versions)) {
      versions[version] = mergeVersion(versions[version], value, (platform, kind) => {
        const key = voucherKey(packageName, version, platform);
        const others = vouchers.get(key) ?? [];
        if (kind === 'same') return void vouchers.set(key, [...others, name]);
        vouchers.set(key, [name]);
        if (kind === 'new' || kind === 'refused') return;
        if (kind === 'override') {
          overrides.push({ package: packageName, version, platform, by: name, instead: others });
          return;
        }
        const said = kind === 'unrefused' ? 'refuse it' : 'name other bytes';
        const place = `${packageName} ${version} for ${platform}`;
        problems.push(`${place}: ${others.join(', ')} ${said}; override: true at the version would take these`);
      });
    }
    packages[packageName] = mergePackage(before, entry, versions);
  }
  const registry: Registry = { ...base.registry, packages };
  if (problems.length === 0) {
    problems.push(...inconsistencies(registry).map(({ path, message }) => `${path.join('.')}: ${message}`));
  }
  return problems.length > 0 ? { problems } : { registry, vouchers, overrides };
};

const mergePackage = (
  before: RegistryPackage | undefined,
  entry: RegistryPackage,
  versions: RegistryPackage['versions'],
): RegistryPackage => {
  const components: RegistryPackage['components'] = { ...before?.components };
  for (const [component, value] of Object.entries(entry.components)) {
    const aliases = [...new Set([...(components[component]?.aliases ?? []), ...value.aliases])];
    components[component] = { ...value, aliases };
  }
  // A weakness that one of them knows is there, whoever else knows it.
  const advisories = [
    ...new Map([...(before?.advisories ?? []), ...(entry.advisories ?? [])].map((one) => [one.id, one])),
  ];
  return {
    ...before,
    ...entry,
    ...(advisories.length > 0 && { advisories: advisories.map(([, one]) => one) }),
    components,
    versions,
  };
};

/** What would make the versions that others named mean something else. */
const otherMeaning = (name: string, before: RegistryPackage, entry: RegistryPackage): readonly string[] => {
  const problems: string[] = [];
  const differ = (what: string, one: unknown, other: unknown): void => {
    if (JSON.stringify(one) === JSON.stringify(other)) return;
    problems.push(`${name}: it has other ${what} than the registries before it; give the package a name of its own`);
  };
  differ('executables', before.executables.toSorted(), entry.executables.toSorted());
  differ('rules for its tree', before.tree, entry.tree);
  if (before.apt && entry.apt) differ('packages of Debian', before.apt.package, entry.apt.package);
  if (before.go && entry.go) differ('Go modules', before.go.module, entry.go.module);
  for (const [component, { executable }] of Object.entries(entry.components)) {
    const old = before.components[component];
    if (old !== undefined) differ(`executables for component ${component}`, old.executable, executable);
  }
  return problems;
};

type Kind = 'new' | 'same' | 'refused' | 'override' | 'other' | 'unrefused';

const mergeVersion = (
  before: Version | undefined,
  next: Version,
  note: (platform: Platform, kind: Kind) => void,
): Version => {
  const old = byPlatform(before);
  const merged = new Map(old);
  for (const [platform, downloads] of byPlatform(next)) {
    const kind = kindOf(old.get(platform), downloads, next.override === true);
    note(platform, kind);
    merged.set(platform, downloads);
  }
  // Said once, to those before it: whoever comes after says it anew.
  const { override: _said, ...words } = next;
  return { ...before, ...words, archives: archivesOf(merged) };
};

const kindOf = (before: Downloads | undefined, next: Downloads, mayOverride: boolean): Kind => {
  if (before === undefined) return 'new';
  if (isRefused(next)) return 'refused';
  if (isRefused(before)) return mayOverride ? 'override' : 'unrefused';
  if (bytesText(before) === bytesText(next)) return 'same';
  return mayOverride ? 'override' : 'other';
};

const isRefused = (downloads: Downloads): boolean => Object.values(downloads).some(({ sha256 }) => sha256 === null);

/** What is run, whatever the place it comes from. */
const bytesText = (downloads: Downloads): string =>
  JSON.stringify(
    Object.entries(downloads)
      .map(([name, { sha256, format, members }]) => [name, sha256, format, Object.entries(members).toSorted(byName)])
      .toSorted(byName),
  );

const byName = (one: readonly unknown[], other: readonly unknown[]): number =>
  String(one[0]) < String(other[0]) ? -1 : 1;

const byPlatform = (version: Version | undefined): ReadonlyMap<Platform, Downloads> => {
  const found = new Map<Platform, Downloads>();
  for (const archive of version?.archives ?? []) {
    for (const [platform, download] of Object.entries(archive.platforms)) {
      const key = platform as Platform;
      found.set(key, { ...found.get(key), [archive.name]: download });
    }
  }
  return found;
};

const archivesOf = (platforms: ReadonlyMap<Platform, Downloads>): Version['archives'] => {
  const archives = new Map<string, Version['archives'][number]>();
  for (const [platform, downloads] of platforms) {
    for (const [name, download] of Object.entries(downloads)) {
      const archive = archives.get(name) ?? { name, platforms: {} };
      archives.set(name, { name, platforms: { ...archive.platforms, [platform]: download } });
    }
  }
  return [...archives.values()];
};
