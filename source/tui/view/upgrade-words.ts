/** What is said of upgrades, in the same words on the screen and on the command line. */
import type { HistoryEntry, RollbackClass, UpgradeRow, UpgradeStep } from '../../api/upgrade-protocol.ts';
import { formatClock } from '../format.ts';
import type { Tone } from '../line.ts';

/** What going back needs, in two or three words. */
export const rollbackWords: Readonly<Record<RollbackClass, string>> = {
  safe: 'safe',
  'needs-snapshot': 'needs snapshot',
  impossible: 'NO WAY BACK',
};

export const rollbackTones: Readonly<Record<RollbackClass, Tone>> = {
  safe: 'good',
  'needs-snapshot': 'warn',
  impossible: 'bad',
};

/** What a step does, as a person would say it. */
export const stepWords: Readonly<Record<UpgradeStep['kind'], string>> = {
  fetch: 'fetch, verify',
  'check-version': 'ask its version',
  'check-config': 'check config',
  'copy-ahead': 'copy ahead',
  snapshot: 'copy data',
  stop: 'stop',
  restore: 'put data back',
  switch: 'switch version',
  start: 'start',
  gate: 'watch it',
  lock: 'write the lock',
};

/** A time on this day, or with the day where it is another one: `02:51:07`, `2026-01-02 02:51:07`. */
export const whenText = (atMs: number, nowMs: number): string => {
  const [day, today] = [dayOf(atMs), dayOf(nowMs)];
  return day === today ? formatClock(atMs) : `${day} ${formatClock(atMs)}`;
};

/** A time that something took or will take, to the tenth of a second below a minute: `1.2 s`, `3 min`. */
export const tookText = (ms: number): string =>
  ms < 60_000 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;

/** How a change ended, in a word or two; only what somebody cancelled is called so. */
export const resultText = ({ result, reason }: Pick<HistoryEntry, 'result' | 'reason'>): string => {
  if (result === 'returned') return 'went back';
  return result === 'cancelled' && reason !== 'cancelled' ? 'not done' : result;
};

/** Why nothing is asked about a version that is there; null when something is. */
export const deferredText = ({ deferred }: UpgradeRow, nowMs: number): string | null => {
  if (deferred === null) return null;
  return deferred.kind === 'skip'
    ? `${deferred.version} skipped`
    : `put off until ${whenText(deferred.untilMs, nowMs)}`;
};

/** Whether its prompt is to be shown: something newer fits its range, was not taken back here, and nobody put it off. */
export const isOffered = (row: UpgradeRow, nowMs: number): boolean => {
  if (row.inRange === null || row.current === null || row.tried !== undefined) return false;
  if (row.deferred === null) return true;
  return row.deferred.kind === 'later' ? row.deferred.untilMs <= nowMs : row.deferred.version !== row.inRange;
};

const dayOf = (atMs: number): string => {
  const date = new Date(atMs);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
};
