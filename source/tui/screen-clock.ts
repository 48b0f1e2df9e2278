import type { Frame } from '../api/protocol.ts';
import type { Clock } from '../ports.ts';

/** The clock of a screen: it goes on when the one on the wall is set back, so that nothing on the screen stands still. */
export type ScreenClock = Clock & {
  /** A frame with the times that ages are counted from as this clock has them. */
  readonly told: (frame: Frame) => Frame;
};

/** Two clocks are read one after the other; nobody sees less than this. */
const behindMsMin = 500;

export const createScreenClock = (clock: Clock): ScreenClock => {
  let aheadMs = Number.NEGATIVE_INFINITY;
  const nowMs = (): number => {
    aheadMs = Math.max(aheadMs, clock.nowMs() - clock.steadyMs());
    return Math.round(aheadMs + clock.steadyMs());
  };
  return {
    ...clock,
    nowMs,
    told: (frame) => {
      if (frame.type !== 'state') return frame;
      const behindMs = nowMs() - clock.nowMs();
      if (behindMs < behindMsMin) return frame;
      const later = (atMs: number | null): number | null => (atMs === null ? null : atMs + behindMs);
      const services = frame.row.services.map((row) => ({
        ...row,
        startedAtMs: later(row.startedAtMs),
        nextRetryAtMs: later(row.nextRetryAtMs),
      }));
      return { ...frame, row: { ...frame.row, services } };
    },
  };
};
