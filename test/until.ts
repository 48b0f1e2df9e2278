import { setTimeout as pause } from 'node:timers/promises';

/** Waits until a state has come, looking again every few milliseconds; fails with the claim when it does not. */
export const until = async (
  claim: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> => {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${claim}`);
    await pause(5);
  }
};
