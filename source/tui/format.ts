/** Numbers and times as a person reads them, in few columns and changing seldom: what does not change is not drawn. */

/** How long something has been so, in one unit: `35s`, `12m`, `3h`, `41d`. */
export const formatAge = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
};

/** A time still to wait, rounded up: `8 s`, `2 min`, `3 h`, `4 d`. */
export const formatWait = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.ceil(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.ceil(seconds / 3600)} h`;
  return seconds < 99 * 86_400 ? `${Math.ceil(seconds / 86_400)} d` : '>99 d';
};

/** A time that runs under one's eyes, to the tenth: `0.3s`, `71.2s`. */
export const formatTenths = (ms: number): string => `${(Math.max(0, ms) / 1000).toFixed(1)}s`;

/** Powers of 1024, three digits at most before the unit: `812`, `31M`, `1.2G`. */
export const formatBytes = (bytes: number): string => {
  let amount = Math.max(0, bytes);
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && amount < 9.95 ? amount.toFixed(1) : String(Math.round(amount));
  return digits + (units[unit] ?? '');
};

/** Share of one core: one digit after the point below 10. */
export const formatPercent = (percent: number): string =>
  percent < 9.95 ? percent.toFixed(1) : String(Math.round(percent));

/** Local time of day, `02:57:40`. */
export const formatClock = (atMs: number): string => {
  const date = new Date(atMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
};

/** `1 service`, `3 services`. */
export const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

const units = ['', 'K', 'M', 'G', 'T', 'P'];
