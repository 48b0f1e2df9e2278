import { setTimeout as pause } from 'node:timers/promises';

const pauseMsMin = 5;
const pauseMsMax = 50;

/** Waits until a state has come, looking again every few milliseconds, ever later; fails with the claim when it does not. */
export const until = async (
  claim: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> => {
  const deadlineMs = performance.now() + timeoutMs;
  let pauseMs = pauseMsMin;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${claim}`);
    await pause(pauseMs);
    // A look can be costly: all of /proc, a request to a daemon.
    pauseMs = Math.min(pauseMs * 1.2, pauseMsMax);
  }
};
