import type { Clock } from '../../../source/ports.ts';
import type { Lifeline } from './lifeline.ts';
import type { Scheduler } from './scheduler.ts';

/** The clock on the wall of the simulated machine; somebody may set it, and it goes on while the machine sleeps. */
export type WallClock = {
  readonly nowMs: () => number;
  readonly steadyMs: () => number;
  readonly jump: (byMs: number) => void;
};

export const createWallClock = (scheduler: Scheduler): WallClock => {
  let offsetMs = 1_700_000_000_000;
  return {
    nowMs: () => scheduler.elapsedMs() + offsetMs,
    steadyMs: scheduler.elapsedMs,
    jump: (byMs) => void (offsetMs += byMs),
  };
};

/** Timers count the time that really passes, as those of Node do. */
export const createFakeClock = (wall: WallClock, line: Lifeline): Clock => ({
  nowMs: wall.nowMs,
  steadyMs: wall.steadyMs,
  after: line.after,
});
