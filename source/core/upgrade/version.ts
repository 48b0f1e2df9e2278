/** Versions here are `major.minor.patch` without prereleases, as the store knows them. */
type Numbers = readonly [number, number, number];

const numbersOf = (version: string): Numbers => {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return [major, minor, patch];
};

/** Below 0 when the first is older, 0 when equal, above 0 when it is newer. */
export const compareVersions = (one: string, other: string): number => {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
};

/** True when going from one to the other leaves out a whole major (or minor) version. */
export const skips = (from: string, to: string, unit: 'major' | 'minor'): boolean => {
  const [a, b] = [numbersOf(from), numbersOf(to)];
  if (b[0] - a[0] > 1) return true;
  return unit === 'minor' && (b[0] === a[0] ? b[1] - a[1] > 1 : b[1] > 0);
};
