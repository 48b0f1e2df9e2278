const units: readonly (readonly [number, string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
];

/** `3 days`, `1 hour`, in the largest unit of which there is at least one; nothing is older than it was made. */
export const ageText = (ms: number): string => {
  const [unitMs, name] = units.find(([each]) => ms >= each) ?? [1_000, 'second'];
  const count = Math.max(0, Math.floor(ms / unitMs));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
};
