import { inRange } from '../registry/range.ts';
import type { RegistryPackage } from '../registry/schema.ts';
import { releaseNotesOf } from '../registry/template.ts';

/** What the registry knows of a package besides its bytes; a whole entry will do. */
export type Known = Pick<RegistryPackage, 'notice' | 'upstream' | 'advisories' | 'releaseNotes' | 'updater'>;

/** Of these a user is told whatever version runs: there is nothing better to go to at this upstream. */
const always = ['archived', 'source-only', 'expired'];

/**
Sentences for whoever decides on a version: weaknesses of the current one and whether the target mends them, a licence that
binds, an upstream that stopped, and what changed at upstream between the two. `target` is null where nothing is newer.
*/
export const noticesOf = (entry: Known | null, current: string | null, target: string | null): readonly string[] => {
  if (entry === null) return [];
  const advisories = (entry.advisories ?? []).flatMap((advisory) => advisoryText(advisory, current, target));
  const upstream = (entry.upstream ?? []).flatMap(({ kind, since, sentence }) => {
    if (since === undefined) return always.includes(kind) ? [sentence] : [];
    const isNew = target !== null && current !== null && from(target, since) && !from(current, since);
    return isNew ? [`new from ${since} on: ${sentence}`] : [];
  });
  return [...advisories, ...(entry.notice === undefined ? [] : [entry.notice]), ...upstream];
};

/** Where upstream tells what a version changes; null when that is not known, or when there is no version to tell of. */
export const notesUrl = (entry: Known | null, version: string | null): string | null =>
  entry === null || version === null ? null : releaseNotesOf(entry, version);

const from = (version: string, since: string): boolean => inRange(version, `>=${since}`);

const advisoryText = (
  { id, affected, sentence, url }: NonNullable<Known['advisories']>[number],
  current: string | null,
  target: string | null,
): readonly string[] => {
  const isIn = (version: string): boolean => inRange(version, affected);
  if (current !== null && isIn(current)) {
    const mended = target === null ? 'and nothing newer is known' : isIn(target) ? `and in ${target} too` : null;
    return [`${id} is in ${current}${mended === null ? `, mended in ${target}` : ` ${mended}`}: ${sentence} (${url})`];
  }
  if (target !== null && isIn(target)) return [`${id} is in ${target}: ${sentence} (${url})`];
  return [];
};
