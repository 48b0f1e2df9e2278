import type { Clock } from '../../source/ports.ts';

export type HandClock = Clock & {
  /** Lets time pass; what is due runs in its order. */
  readonly pass: (ms: number) => void;
};

/** A clock that stands still until it is told to go on. */
export const createHandClock = (startMs = 1_000_000): HandClock => {
  let nowMs = startMs;
  const due = new Set<{ readonly atMs: number; readonly run: () => void }>();
  return {
    nowMs: () => nowMs,
    steadyMs: () => nowMs,
    after: (delayMs, run) => {
      const entry = { atMs: nowMs + delayMs, run };
      due.add(entry);
      return () => void due.delete(entry);
    },
    pass: (ms) => {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = [...due].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs);
        if (!next) break;
        due.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
      }
      nowMs = untilMs;
    },
  };
};
