import { compare, gtr, prerelease, rcompare, satisfies, valid, validRange } from 'semver';

/** The text itself when it is a semver version and no prerelease, else null: `v1.2.3`, `1.2` and `1.2.3-rc.1` are none. */
export const plainVersion = (text: string): string | null =>
  valid(text) === text && prerelease(text) === null ? text : null;

/** True when the text is a semver range (`^2.10`, `1.x`, `>=2 <3`). */
export const isRange = (text: string): boolean => validRange(text) !== null;

/** True when the version lies within the range; null = any version that is no prerelease. */
export const inRange = (version: string, range: string | null): boolean => satisfies(version, range ?? '*');

/** True when the version is newer than everything in the range. */
export const isAbove = (version: string, range: string): boolean => gtr(version, range);

/** Within the range, newest first; equal versions keep their order. */
export const newestFirst = <Row extends { readonly version: string }>(
  rows: readonly Row[],
  range: string | null,
): readonly Row[] =>
  rows.filter((row) => inRange(row.version, range)).toSorted((one, other) => rcompare(one.version, other.version));

/** Every version once, oldest first. */
export const distinctVersions = (versions: readonly string[]): readonly string[] =>
  [...new Set(versions)].toSorted((one, other) => compare(one, other));
