/**
The version, as semver, of a release that is named by its date, as MinIO's and its forks' are:
`RELEASE.2025-09-07T16-13-09Z` → `2025.907.161309` (year, month and day, time, as numbers). So order is kept, two releases
of one day differ, `^2025` is a year and `~2025.907` a day. Null for any other name.
*/
export const releaseVersion = (name: string): string | null => {
  const [, year, month, day, hour, minute, second] =
    /^RELEASE\.(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)Z$/.exec(name) ?? [];
  if (second === undefined) return null;
  return `${Number(year)}.${Number(`${month}${day}`)}.${Number(`${hour}${minute}${second}`)}`;
};

/**
The version of a commit that Go names by its date (a pseudo-version, https://go.dev/ref/mod#pseudo-versions), by the same rule:
`v0.0.0-20260212201848-7aac2a2c5b7c` → `2026.212.201848`. Null for any other.
*/
export const commitVersion = (pseudoVersion: string): string | null => {
  const date = /^v\d+\.\d+\.\d+-(?:[\w.]+\.)?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-[0-9a-f]{12}$/.exec(pseudoVersion);
  if (date === null) return null;
  const [, year, month, day, hour, minute, second] = date;
  return releaseVersion(`RELEASE.${year}-${month}-${day}T${hour}-${minute}-${second}Z`);
};

/**
The name upstream gave a release whose version came from its date: the inverse of `releaseVersion`. Null for any version
that is no such date.
*/
export const releaseName = (version: string): string | null => {
  const [, year = '', day = '', time = ''] = /^(\d{4})\.(\d{3,4})\.(\d{1,6})$/.exec(version) ?? [];
  const [, month, date] = /^(\d\d)(\d\d)$/.exec(day.padStart(4, '0')) ?? [];
  const [, hour, minute, second] = /^(\d\d)(\d\d)(\d\d)$/.exec(time.padStart(6, '0')) ?? [];
  if (date === undefined || second === undefined) return null;
  const name = `RELEASE.${year}-${month}-${date}T${hour}-${minute}-${second}Z`;
  return releaseVersion(name) === version ? name : null;
};
