import { BootyError, reasonOf } from '../../core/error.ts';
import { limits } from '../../core/limits.ts';
import { type Finding, warn } from '../../doctor/finding.ts';
import type { Clock } from '../../ports.ts';

/** Longest that one look may take; they all run at the same time. */
export const checkMsMax = 4_000;

const cleanUpMsMax = 500;

/**
Looks at one thing and resolves with what was found, whatever happens: what fails or takes too long is a finding too.
The signal aborts when the time is over; what of several things was found by then, as `soFar` tells, is found all the same.
*/
export const check = async (
  clock: Clock,
  id: string,
  title: string,
  look: (signal: AbortSignal) => Promise<Finding | readonly Finding[]>,
  soFar: () => readonly Finding[] = () => [],
): Promise<readonly Finding[]> => {
  const abort = new AbortController();
  const late = Promise.withResolvers<readonly Finding[]>();
  const giveUp = (): void => {
    abort.abort();
    const found = `no answer within ${checkMsMax / 1_000} s`;
    late.resolve([...soFar(), warn(id, title, found, 'try again in a moment: booty doctor')]);
  };
  const dueAtMs = clock.nowMs() + checkMsMax;
  let cancel = clock.after(checkMsMax, () => {
    // On a machine so busy that not even this was noticed in time, nothing can be said about the answer.
    if (clock.nowMs() - dueAtMs > limits.lateMsMax) cancel = clock.after(checkMsMax, giveUp);
    else giveUp();
  });
  try {
    const looked = look(abort.signal).then((found) => [found].flat());
    const found = await Promise.race([looked, late.promise]);
    // One that was given up still has to clear away what it tried things out on.
    if (abort.signal.aborted) await Promise.race([looked.catch(() => {}), pause(clock, cleanUpMsMax)]);
    return found;
  } catch (error) {
    const fix = error instanceof BootyError ? error.hint : 'try again in a moment: booty doctor';
    return [warn(id, title, `could not be looked at: ${reasonOf(error)}`, fix)];
  } finally {
    cancel();
  }
};

const pause = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
