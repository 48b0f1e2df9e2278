import type { Clock } from '../ports.ts';

/** Longest delay that Node's timers keep; a longer one would fire at once. */
const timerMsMax = 2_147_483_647;

/** The machine's clock and timers. A pending timer keeps the process alive. */
export const createClock = (): Clock => ({
  nowMs: () => Date.now(),
  // The same for every process since the machine was started; `performance.now` begins anew with each.
  steadyMs: () => Number(process.hrtime.bigint()) / 1_000_000,
  after: (delayMs, run) => {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, timerMsMax);
      timer = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : run()), stepMs);
    };
    wait(Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
});
