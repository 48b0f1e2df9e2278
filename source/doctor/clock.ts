import { type Finding, ok, warn } from './finding.ts';

/** A mirror publishes its newest list some hours ago at most; a clock behind that is wrong. */
const skewMsMax = 60_000;

/**
Whether the clock can be right: it cannot stand before the moment a mirror published its list (`publishedAtMs`, null:
none was seen), nor before booty itself was made (`madeAtMs`). Signatures and certificates fail with a wrong clock.
*/
export const judgeClock = (reading: {
  readonly nowMs: number;
  readonly madeAtMs: number | null;
  readonly publishedAtMs: number | null;
}): Finding => {
  const { nowMs, madeAtMs, publishedAtMs } = reading;
  const now = new Date(nowMs).toISOString();
  const floor = Math.max(madeAtMs ?? 0, publishedAtMs ?? 0);
  if (nowMs + skewMsMax < floor) {
    const what = floor === publishedAtMs ? "the mirror's newest list" : 'this booty';
    const found = `${now}, which is before ${what} was made (${new Date(floor).toISOString()})`;
    return warn('clock', 'Clock', found, 'set it: sudo timedatectl set-ntp true');
  }
  return ok('clock', 'Clock', now);
};
