const wholeMax = 12;
const lastShown = 8;

/** Versions in a sentence, oldest first: all where they are few, else the newest and how many there are in all. */
export const versionsText = (versions: readonly string[]): string => {
  if (versions.length <= wholeMax) return versions.join(', ');
  return `${versions.length} versions, ${versions[0]} to ${versions.slice(-lastShown).join(', ')}`;
};
