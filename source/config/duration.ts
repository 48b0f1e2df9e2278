import { faulty, parsed, type Parsed } from './fault.ts';

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The longest a timer can wait: 2^31 - 1 ms, 24 days and 20 hours. */
const durationMsMax = 2_147_483_647;

/**
Reads a duration of the Compose Specification (`1m30s`, `500ms`, `1.5s`, `0`) as whole milliseconds, rounded up.
Units are us, ms, s, m and h. At most 596 h; a number without a unit is refused because its unit would be a guess.
*/
export const parseDuration = (written: string | number): Parsed<number> => {
  const text = String(written).trim();
  if (text === '0') return parsed(0);
  if (/^\d+(\.\d+)?$/.test(text)) {
    return faulty(
      `the duration ${text} has no unit`,
      `write the unit: ${text}s for seconds, ${text}ms for milliseconds`,
    );
  }
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h))+$/.test(text)) {
    return faulty(
      `${JSON.stringify(text)} is no duration`,
      'write numbers with the units us, ms, s, m, h: 500ms, 10s, 1m30s, 24h',
    );
  }
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)) {
    totalMs += Number(amount) * (unitMs[unit ?? 'ms'] ?? 1);
  }
  // The millionth guards against 1.1s becoming 1101 ms by the binary fraction.
  const wholeMs = Math.ceil(totalMs - 1e-6);
  return wholeMs <= durationMsMax
    ? parsed(wholeMs)
    : faulty(`the duration ${text} is longer than 596h (24 days)`, 'write a shorter one: 24h');
};
