import type { Clock } from '../ports.ts';

/** The time of the core: that of the clock on the wall, as far as it can be believed. */
export type CoreTime = {
  /** Never runs backwards: when the clock is set back it goes on from where it was, until the clock has caught up. */
  readonly nowMs: () => number;
  /** A timer, which counts the time that really passes, says that it is as late as this. */
  readonly reach: (atMs: number) => void;
  /**
  By how much it has gone forward, since this was last asked, by time that did not pass: somebody set the clock, or the
  machine slept. 0 nearly always.
  */
  readonly jumped: () => number;
  /** What a clock that was set back is behind this time. */
  readonly behindMs: () => number;
  /** `aheadMsOf` the clock, as far as `jumped` has told of it. */
  readonly aheadMs: () => number;
};

/** Both clocks are read one after the other, and one of them is corrected all the time; less than this is no jump. */
const jumpMsMin = 20;

/** How far the clock on the wall is ahead of the time that really passes. */
export const aheadMsOf = (clock: Clock): number => clock.nowMs() - clock.steadyMs();

/** Begins no earlier than `firstAtMs`: the clock of a predecessor may have been ahead of this one. */
export const createCoreTime = (clock: Clock, firstAtMs: number): CoreTime => {
  let lastAtMs = firstAtMs;
  let behindMs = Math.max(0, firstAtMs - clock.nowMs());
  let knownMs = aheadMsOf(clock);
  let jumpedMs = 0;

  const compare = (): void => {
    // In whole milliseconds, as all that the core counts in.
    const byMs = Math.round(aheadMsOf(clock) - knownMs);
    if (Math.abs(byMs) < jumpMsMin) return;
    knownMs += byMs;
    const caughtUpMs = Math.min(behindMs, byMs);
    behindMs -= caughtUpMs;
    jumpedMs += byMs - caughtUpMs;
  };

  return {
    nowMs: () => {
      compare();
      lastAtMs = Math.max(lastAtMs, clock.nowMs() + behindMs);
      return lastAtMs;
    },
    reach: (atMs) => void (lastAtMs = Math.max(lastAtMs, atMs)),
    jumped: () => {
      compare();
      const byMs = jumpedMs;
      jumpedMs = 0;
      return byMs;
    },
    behindMs: () => {
      compare();
      return behindMs;
    },
    aheadMs: () => knownMs - jumpedMs,
  };
};
