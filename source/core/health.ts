import type { Probe, ProbePolicy } from './model.ts';
import type { ProbeWindow } from './world.ts';

/**
How fast the first questions come, most servers here being ready within 100 ms, and how pauses grow with the time waited, so
that readiness is never noticed later than by that share of it. A look at a file costs less than a question to a server,
and that less than one that starts a program.
*/
const earlyPauses: Readonly<Record<Probe['kind'], { readonly msMin: number; readonly perWaited: number }>> = {
  log: { msMin: 8, perWaited: 0.03 },
  file: { msMin: 8, perWaited: 0.03 },
  tcp: { msMin: 10, perWaited: 0.05 },
  http: { msMin: 15, perWaited: 0.1 },
  exec: { msMin: 50, perWaited: 0.1 },
};

/** A window for a process that has just started: the first question is due at once. */
export const openWindow = (atMs: number): ProbeWindow => ({
  asked: 0,
  inFlight: false,
  nextAtMs: atMs,
  failuresInRow: 0,
  lastMessage: null,
});

/** The window after an answer, and what the answers so far mean; `settled` is false until the service was ready once. */
export const readAnswer = (
  window: ProbeWindow,
  policy: ProbePolicy,
  answer: { readonly ok: boolean; readonly message: string; readonly atMs: number },
  service: { readonly startedAtMs: number; readonly settled: boolean },
): { readonly window: ProbeWindow; readonly verdict: 'passed' | 'failing' | 'unsure' } => {
  const failuresInRow = answer.ok ? 0 : window.failuresInRow + 1;
  const intervalMs =
    answer.ok || service.settled
      ? policy.intervalMs
      : Math.min(earlyPauseMs(policy, answer.atMs - service.startedAtMs), policy.startIntervalMs);
  const next: ProbeWindow = {
    asked: window.asked,
    inFlight: false,
    nextAtMs: answer.atMs + intervalMs,
    failuresInRow,
    lastMessage: answer.message,
  };
  if (answer.ok) return { window: next, verdict: 'passed' };
  // Before it was ready once, the early questions are so fast that counting them alone would say nothing: the time they
  // would have taken at the usual interval counts too, as Compose's start period and retries mean it. Counting stays
  // necessary: after a machine slept, the time alone would condemn a service for one failure.
  const patienceMs = service.settled ? 0 : policy.startPeriodMs + policy.retries * policy.intervalMs;
  const failing = failuresInRow >= policy.retries && answer.atMs - service.startedAtMs >= patienceMs;
  return { window: next, verdict: failing ? 'failing' : 'unsure' };
};

const earlyPauseMs = ({ probe }: ProbePolicy, waitedMs: number): number => {
  const { msMin, perWaited } = earlyPauses[probe.kind];
  return Math.max(msMin, Math.round(waitedMs * perWaited));
};
