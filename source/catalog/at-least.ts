/** True when a version (semver) is `major.minor` or newer. */
export const atLeast = (version: string, major: number, minor: number): boolean => {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor === major ? ownMinor >= minor : ownMajor > major;
};
