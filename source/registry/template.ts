import type { ArchiveFormat } from '../ports.ts';
import { inRange } from './range.ts';
import { releaseName } from './release-version.ts';
import type { Platform, RegistryPackage } from './schema.ts';
import type { ArchiveRule, placeholders, Updater } from './updater-schema.ts';

/** What the placeholders of a template stand for. */
export type Filling = Readonly<Partial<Record<(typeof placeholders)[number], string>>>;

/** The template with everything filled in that is known; what is not stays as it is. */
export const fill = (template: string, filling: Filling): string =>
  template.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => filling[name as keyof Filling] ?? whole);

/**
What a template may say of a version: `tag` is upstream's name for it (`v2.14.5`, `RELEASE.2025-09-07T16-13-09Z`), `digits`
the digits of a tag that is a date. `tagPrefix` stands before versions that are no date.
*/
export const fillingOf = (version: string, tagPrefix: string): Filling => {
  const tag = releaseName(version) ?? `${tagPrefix}${version}`;
  return { version, tag, digits: tag.replaceAll(/\D/g, '') };
};

/** What an updater's rules make of a version, in the order of the names. */
export type PlannedArchive = {
  readonly name: string;
  readonly platforms: readonly PlannedDownload[];
};

export type PlannedDownload = {
  readonly platform: Platform;
  readonly url: string;
  readonly format: ArchiveFormat;
  readonly members: Readonly<Record<string, string>>;
  /** For the templates of the checksums and signatures that belong to it. */
  readonly filling: Filling;
};

/** The archives of a version by the rules of an updater; those that no rule is for are left out. Pure. */
export const planArchives = (
  rules: readonly ArchiveRule[],
  version: string,
  tagPrefix: string,
  platforms: readonly Platform[],
): readonly PlannedArchive[] => {
  const filling = fillingOf(version, tagPrefix);
  const chosen = new Map<string, ArchiveRule>();
  for (const rule of rules) {
    if (!chosen.has(rule.name) && inRange(version, rule.versions ?? null)) chosen.set(rule.name, rule);
  }
  return [...chosen.values()].map((rule) => ({
    name: rule.name,
    platforms: platforms.map((platform) => planDownload(rule, filling, platform)),
  }));
};

const planDownload = (rule: ArchiveRule, filling: Filling, platform: Platform): PlannedDownload => {
  const [os = '', arch = ''] = platform.split('-');
  const format = typeof rule.format === 'string' ? rule.format : rule.format[os === 'darwin' ? 'darwin' : 'linux'];
  const own = { ...filling, name: rule.name, os: rule.os?.[os] ?? os, arch: rule.arch?.[arch] ?? arch, ext: format };
  const url = fill(rule.url, own);
  const members = Object.entries(rule.members).map(([executable, path]) => [executable, fill(path, own)]);
  const file = url.slice(url.lastIndexOf('/') + 1);
  return { platform, url, format, members: Object.fromEntries(members), filling: { ...own, file } };
};

/** What stands before a version in upstream's tags. */
export const tagPrefixOf = (updater: Updater | undefined): string =>
  updater?.kind === 'github' ? updater.tagPrefix : updater?.kind === 'none' ? '' : 'v';

/** Where upstream tells what a version changes; null when it is not known. */
export const releaseNotesOf = (
  entry: Pick<RegistryPackage, 'releaseNotes' | 'updater'>,
  version: string,
): string | null =>
  entry.releaseNotes === undefined ? null : fill(entry.releaseNotes, fillingOf(version, tagPrefixOf(entry.updater)));
