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
