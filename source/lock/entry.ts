import type { RegistryPackage } from '../registry/schema.ts';
import type { LockedBytes, LockedService } from './document.ts';

/** What is known of an installed version; the store's `Installed` has it. */
export type LockedInstalled = {
  /** Name of the package. */
  readonly component: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly suite: string | null;
  readonly downloads: readonly { readonly url: string; readonly sha256: string; readonly sizeBytes: number }[];
};

/**
The lock's entry of a service that runs an installed version. Archives are written down for every platform the registry
has verified bytes for, so that the lock binds colleagues with other machines too; what came from elsewhere for this
platform, beside what was locked of the same version before.
*/
export const entryOf = (
  component: string,
  installed: LockedInstalled,
  platform: string,
  entry: RegistryPackage | null,
  before: LockedService | null,
): LockedService => {
  const kept = before?.version === installed.version && before.package === installed.component ? before.sources : {};
  const sources: Record<string, Record<string, LockedBytes>> = {};
  for (const [source, platforms] of Object.entries(kept)) sources[source] = { ...platforms };
  const archives = archivesOf(installed.version, entry);
  // What was locked before stays: the registry's word may have changed since, the lock's has not.
  if (Object.keys(archives).length > 0) sources['archive'] = { ...archives, ...sources['archive'] };
  const { source, sourceVersion, suite, downloads } = installed;
  // Of archives the registry's URL, of other sources the name alone: which mirror it came from differs between machines.
  const known = archives[platform]?.files ?? [];
  const named = downloads.map((one) => ({
    ...one,
    url: source === 'archive' ? (known.find(({ sha256 }) => sha256 === one.sha256)?.url ?? one.url) : fileName(one.url),
  }));
  sources[source] = { ...sources[source], [platform]: { sourceVersion, suite, files: named } };
  return { component, package: installed.component, version: installed.version, sources };
};

const fileName = (url: string): string => decodeURIComponent(url.split('/').at(-1) ?? url);

const archivesOf = (version: string, entry: RegistryPackage | null): Record<string, LockedBytes> => {
  const found = entry?.versions[version];
  const platforms = new Set(found?.archives.flatMap((archive) => Object.keys(archive.platforms)));
  const bytes: Record<string, LockedBytes> = {};
  for (const platform of platforms) {
    const files = (found?.archives ?? []).map(
      (archive) => archive.platforms[platform as keyof typeof archive.platforms],
    );
    const verified = files.flatMap((one) =>
      one?.sha256 ? [{ url: one.url, sha256: one.sha256, sizeBytes: one.sizeBytes ?? null }] : [],
    );
    if (verified.length < files.length || verified.length === 0) continue;
    bytes[platform] = { sourceVersion: found?.sourceVersion ?? version, suite: null, files: verified };
  }
  return bytes;
};

/** What a service's entry holds this platform to, by source; null when it names other platforms only. */
export const bytesFor = (
  { sources }: LockedService,
  platform: string,
): Readonly<Record<string, { readonly sourceVersion: string; readonly sha256: readonly string[] }>> | null => {
  const own = Object.entries(sources).flatMap(([source, platforms]) => {
    const found = platforms[platform];
    if (found === undefined) return [];
    return [[source, { sourceVersion: found.sourceVersion, sha256: found.files.map(({ sha256 }) => sha256) }] as const];
  });
  return own.length === 0 ? null : Object.fromEntries(own);
};
