import { BootyError } from '../core/error.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
Reads how far back logs are wanted, as milliseconds since the epoch: a time ago (`90s`, `10m`, `1h30m`, `2d`), or a
date or time by ISO 8601, in this machine's zone where it names none. Throws USAGE.
*/
export const parseSince = (text: string, nowMs: number): number => {
  if (/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) {
    let agoMs = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
      agoMs += Number(amount) * (unitMs[unit ?? ''] ?? 0);
    }
    return Math.max(0, Math.floor(nowMs - agoMs));
  }
  if (/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text)) {
    // A date alone would be read as UTC, unlike one with a time.
    const atMs = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
    if (!Number.isNaN(atMs)) return Math.max(0, atMs);
  }
  throw new BootyError('USAGE', {
    problem: `--since ${text} is neither a time ago nor a date`,
    usage: 'booty logs --since 10m, or --since 2026-11-22T18:00',
  });
};
