import type { Clock } from '../ports.ts';

/** Between two frames, on the long run. */
const intervalMs = 100;
/** So many frames of news may come before their time. */
const aheadMax = 5;

/**
Paces the frames that tell how things stand: ten a second at most. News, that is a service in another state, is told at
once as long as there was none for a while, for somebody may be waiting for just that; those frames are taken off later
ones. `send` is called by the clock, never at once; `ask` may be called as often as one likes.
*/
export const createFramePace = (clock: Clock, send: () => void): { readonly ask: (isNews: boolean) => void } => {
  let lastAtMs = Number.NEGATIVE_INFINITY;
  /** When the next frame would be due if all had kept their distance. */
  let evenAtMs = Number.NEGATIVE_INFINITY;
  let due: { readonly atMs: number; readonly cancel: () => void } | null = null;

  const sendNow = (): void => {
    due = null;
    lastAtMs = clock.steadyMs();
    evenAtMs = Math.max(evenAtMs, lastAtMs) + intervalMs;
    send();
  };

  return {
    ask: (isNews) => {
      const nowMs = clock.steadyMs();
      const atMs = Math.max(nowMs, isNews ? evenAtMs - aheadMax * intervalMs : lastAtMs + intervalMs);
      if (due !== null && due.atMs <= atMs) return;
      due?.cancel();
      due = { atMs, cancel: clock.after(atMs - nowMs, sendNow) };
    },
  };
};
