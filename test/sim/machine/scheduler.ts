import type { Seeded } from '../seeded.ts';

/** The one place where simulated time passes and where it is chosen what happens next. */
export type Scheduler = {
  /** Since the beginning; never runs backwards, whatever the clocks on the wall do. */
  readonly elapsedMs: () => number;
  /** Runs something once after the delay; among what is due at one instant, chance decides the order. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Lets time pass, at most so long, until the condition holds; resolves with whether it does. */
  readonly pass: (lengthMs: number, until?: () => boolean) => Promise<boolean>;
};

type Task = { readonly atMs: number; readonly order: number; readonly run: () => void };

/** `afterEach` is called once all that a task set off has settled; what it throws ends `pass`. */
export const createScheduler = (seeded: Seeded, afterEach: () => void = () => {}): Scheduler => {
  let nowMs = 0;
  const tasks = new Set<Task>();

  const next = (): Task | null => {
    let first: Task | null = null;
    for (const task of tasks) {
      if (!first || task.atMs < first.atMs || (task.atMs === first.atMs && task.order < first.order)) first = task;
    }
    return first;
  };

  return {
    elapsedMs: () => nowMs,
    after: (delayMs, run) => {
      const task = { atMs: nowMs + Math.max(0, delayMs), order: seeded.roll(), run };
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    pass: async (lengthMs, until = () => false) => {
      const untilMs = nowMs + lengthMs;
      while (!until()) {
        const task = next();
        if (!task || task.atMs > untilMs) {
          nowMs = untilMs;
          break;
        }
        tasks.delete(task);
        nowMs = task.atMs;
        task.run();
        // Promises and the loop's own turn; both run in the order they were made in.
        await new Promise<void>((resolve) => setImmediate(resolve));
        afterEach();
      }
      return until();
    },
  };
};
