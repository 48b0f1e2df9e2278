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
  /** As by SIGSTOP: nothing it waits for reaches it, for so long. */
  readonly freeze: (forMs: number) => void;
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Does something after a while, and answers a while later; a cut before, between or after is a different story. */
  readonly ask: <Answer>(act: () => Answer, delayMs?: number) => Promise<Answer>;
};

export const createLifeline = (seeded: Seeded, scheduler: Scheduler, pid: number): Lifeline => {
  let alive = true;
  const mourners: (() => void)[] = [];
  let frozenUntilMs = 0;
  const after: Lifeline['after'] = (delayMs, run) => {
    let cancel = (): void => {};
    const wait = (forMs: number): void => {
      cancel = scheduler.after(forMs, () => {
        const leftMs = frozenUntilMs - scheduler.elapsedMs();
        if (leftMs > 0) wait(leftMs);
        else if (alive) run();
      });
    };
    wait(delayMs);
    return () => cancel();
  };
  return {
    pid,
    isAlive: () => alive,
    cut: () => {
      if (!alive) return;
      alive = false;
      for (const run of mourners) run();
    },
    freeze: (forMs) => void (frozenUntilMs = Math.max(frozenUntilMs, scheduler.elapsedMs() + forMs)),
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
