import type { Seeded } from '../seeded.ts';
import type { Scheduler } from './scheduler.ts';

/**
What ties a daemon to its world. Once it is cut nothing the daemon waits for ever comes, and nothing it does has an
effect, as after SIGKILL.
*/
export type Lifeline = {
  readonly pid: number;
  readonly isAlive: () => boolean;
  /** Idempotent. Calls those that wanted to know. */
  readonly cut: () => void;
  readonly onCut: (run: () => void) => void;
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Does something after a while, and answers a while later; a cut before, between or after is a different story. */
  readonly ask: <Answer>(act: () => Answer, delayMs?: number) => Promise<Answer>;
};

export const createLifeline = (seeded: Seeded, scheduler: Scheduler, pid: number): Lifeline => {
  let alive = true;
  const mourners: (() => void)[] = [];
  const after: Lifeline['after'] = (delayMs, run) =>
    scheduler.after(delayMs, () => {
      if (alive) run();
    });
  return {
    pid,
    isAlive: () => alive,
    cut: () => {
      if (!alive) return;
      alive = false;
      for (const run of mourners) run();
    },
    onCut: (run) => void mourners.push(run),
    after,
    ask: (act, delayMs = seeded.pick([0, 0, 0, 1, 2])) => {
      const answer = Promise.withResolvers<Awaited<ReturnType<typeof act>>>();
      after(delayMs, () => {
        try {
          const found = act() as Awaited<ReturnType<typeof act>>;
          after(seeded.pick([0, 0, 1]), () => answer.resolve(found));
        } catch (error) {
          after(0, () => answer.reject(error));
        }
      });
      return answer.promise;
    },
  };
};
