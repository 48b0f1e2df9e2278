import type { ServiceRow, StackRow } from '../core/model.ts';

/**
The row with CPU and memory left as they were shown while they move within a band nobody acts on (0.3 points or a
tenth of CPU, 3 % of memory): an idle stack then sends nothing to the terminal.
*/
export const steadyUsage = (shown: StackRow | undefined, next: StackRow): StackRow => {
  if (!shown) return next;
  const before = new Map(shown.services.map((row) => [row.name, row]));
  return { ...next, services: next.services.map((row) => steadyRow(before.get(row.name), row)) };
};

const steadyRow = (shown: ServiceRow | undefined, next: ServiceRow): ServiceRow => {
  if (!shown || shown.pid !== next.pid) return next;
  return {
    ...next,
    cpuPercent: steady(shown.cpuPercent, next.cpuPercent, 0.3, 0.1),
    rssBytes: steady(shown.rssBytes, next.rssBytes, 0, 0.03),
  };
};

const steady = (shown: number | null, next: number | null, least: number, share: number): number | null => {
  if (shown === null || next === null) return next;
  return Math.abs(next - shown) <= Math.max(least, shown * share) ? shown : next;
};
