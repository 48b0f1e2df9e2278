import { limits } from './limits.ts';
import type { ExitStatus, RestartPolicy } from './model.ts';

export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly reason: string }
  | { readonly kind: 'stay'; readonly state: 'completed' | 'failed'; readonly reason: string };

/** An end as the policy sees it. */
export type End = { readonly clean: boolean; readonly text: string };

/**
What follows an end that nobody asked for. `endsInRow` counts this end and those before it without a long enough run
between them; `roll` in [0, 1) spreads the delay by a tenth either way.
*/
export const decideRestart = (policy: RestartPolicy, end: End, endsInRow: number, roll: number): RestartDecision => {
  const { clean, text: ended } = end;
  const again =
    policy.when === 'always' || policy.when === 'unless-stopped' || (policy.when === 'on-failure' && !clean);
  if (!again) return { kind: 'stay', state: clean ? 'completed' : 'failed', reason: ended };
  if (policy.retriesMax !== null && endsInRow > policy.retriesMax) {
    return { kind: 'stay', state: 'failed', reason: `${ended}, ${endsInRow} times in a row; gave up` };
  }
  const delayMs = backoffMs(endsInRow, roll);
  return { kind: 'restart', delayMs, reason: `${ended}; starts again in ${(delayMs / 1000).toFixed(1)} s` };
};

/** Doubles from backoffMsMin to backoffMsMax with each end in a row; the spread stays within both. */
export const backoffMs = (endsInRow: number, roll: number): number => {
  const doublings = Math.min(Math.max(endsInRow - 1, 0), 16);
  const wholeMs = Math.min(limits.backoffMsMin * 2 ** doublings, limits.backoffMsMax);
  const spreadMs = Math.round(wholeMs * (0.9 + 0.2 * roll));
  return Math.min(Math.max(spreadMs, limits.restartMsMin, limits.backoffMsMin), limits.backoffMsMax);
};

/** How the policy sees an exit: only exit code 0 is clean. */
export const endOf = (exit: ExitStatus): End => ({ clean: exit.code === 0, text: exitText(exit) });

/** `exited 2`, `killed by SIGSEGV`. */
export const exitText = (exit: ExitStatus): string => {
  if (exit.signal !== null) return `killed by ${exit.signal}`;
  return exit.code === null ? 'ended, exit code unknown' : `exited ${exit.code}`;
};
