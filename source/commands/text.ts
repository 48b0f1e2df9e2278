/** Small words for people: ages, sizes, columns. Pure. */

export const ageText = (ageMs: number): string => {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
};

/** In powers of 1024, at most three digits before the unit. */
export const bytesText = (bytes: number): string => {
  const units = ['B', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
};

export const secondsText = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** A time still to wait, rounded up: `8 s`, `3 min`, `3 h`, `4 d`. */
export const waitText = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.ceil(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.ceil(seconds / 3_600)} h`;
  return seconds < 99 * 86_400 ? `${Math.ceil(seconds / 86_400)} d` : 'more than 99 d';
};

/** Rows under their headings, two blanks apart, no blanks at line ends. */
export const columnsText = (
  rows: readonly Readonly<Record<string, string>>[],
  columns: readonly string[],
): readonly string[] => {
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((row) => (row[name] ?? '').length)));
  const line = (value: (name: string) => string): string =>
    columns
      .map((name, index) => value(name).padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [line((name) => name), ...rows.map((row) => line((name) => row[name] ?? ''))];
};
