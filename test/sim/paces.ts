/**
Holds what a daemon does by time against the time that really passes, whatever somebody does to the clock on the wall: pauses
before a service is started again, questions of health checks, ages of what runs, and the times of events.
*/
import type { Frame } from '../../source/api/protocol.ts';
import { limits } from '../../source/core/limits.ts';
import type { ServiceState, StackDefinition } from '../../source/core/model.ts';
import type { Body } from './machine/bodies.ts';

export type Paces = {
  /** What a daemon tells; to be called once the states told by it are known. */
  readonly hear: (frame: Frame) => void;
  readonly birth: (service: string) => void;
  /** A health check asks. */
  readonly question: (service: string) => void;
  /** Somebody asks for something: nothing that is waited for by then has to be waited for any more. To be called again once it is answered. */
  readonly wish: () => () => void;
  /** A daemon has come or gone: the next one asks and tells anew. */
  readonly restartWatch: () => void;
  /** What a daemon knew is lost. */
  readonly forget: () => void;
  /** Somebody has set the clock. */
  readonly jump: (byMs: number) => void;
  /** Nobody had this time, from now on. */
  readonly forgiveTime: (lengthMs: number) => void;
  /** To be called after each step. */
  readonly look: () => void;
};

/** How late a daemon may be: what was asked is answered, and what was decided written down first. */
const latenessMs = 500;
/** Pauses are told in tenths of a second. */
const roundingMs = 55;

export const createPaces = (of: {
  readonly definition: StackDefinition;
  readonly states: ReadonlyMap<string, ServiceState>;
  readonly living: () => readonly Body[];
  /** Some of what runs is known by the record of its start alone. */
  readonly isForgotten: () => boolean;
  readonly elapsedMs: () => number;
  readonly wallMs: () => number;
  readonly demand: (holds: boolean, sentence: string) => void;
}): Paces => {
  const { states, demand, elapsedMs } = of;
  /** Service → how long it is to be at rest, at least, and at most. */
  const pauses = new Map<string, { readonly fromMs: number; readonly toMs: number }>();
  /** Service → since when it is to be asked, and when it was asked last: null where that says nothing. */
  const questions = new Map<string, { readonly sinceMs: number; readonly askedMs: number | null }>();
  let openWishes = 0;
  /** Until then nobody lets the daemon run. */
  let frozenUntilMs = 0;
  const jumps: { readonly atMs: number; readonly byMs: number }[] = [];
  const checks = new Map(
    of.definition.services.flatMap(({ name, healthcheck }) =>
      healthcheck && ['http', 'exec'].includes(healthcheck.probe.kind) ? [[name, healthcheck] as const] : [],
    ),
  );

  const runsFromMs = (): number => Math.max(elapsedMs(), frozenUntilMs);

  const hearRows = (frame: Extract<Frame, { readonly type: 'state' }>): void => {
    for (const { name, state, pid, startedAtMs, nextRetryAtMs } of frame.row.services) {
      if (state === 'backoff' && nextRetryAtMs !== null) {
        const leftMs = nextRetryAtMs - frame.atMs;
        demand(leftMs <= limits.backoffMsMax, `${name} is to rest for ${leftMs} ms`);
        // It may have rested for longer than it had to: a daemon without a memory of it, or none at all.
        const fromMs = pauses.get(name)?.fromMs ?? 0;
        pauses.set(name, { fromMs, toMs: runsFromMs() + Math.max(0, leftMs) });
      }
      const body = of.living().find((each) => each.launch.service === name && each.started.identity.pid === pid);
      if (!body || startedAtMs === null) continue;
      const ageMs = frame.atMs - startedAtMs;
      const forwardMs = jumps.reduce((sum, { atMs, byMs }) => sum + (atMs < body.bornAtMs ? 0 : Math.max(0, byMs)), 0);
      const mostMs = elapsedMs() - body.bornAtMs + forwardMs + roundingMs;
      demand(ageMs >= -roundingMs && ageMs <= mostMs, `${name} is told to run for ${ageMs} ms, ${mostMs} at most`);
    }
  };

  return {
    hear: (frame) => {
      if (frame.type === 'state') hearRows(frame);
      if (frame.type !== 'event') return;
      const { atMs, service, to, message } = frame.event;
      const byMs = atMs - of.wallMs();
      demand(Math.abs(byMs) <= roundingMs, `an event is ${byMs} ms off: ${message}`);
      if (service === null || to === null) return;
      questions.delete(service);
      // Of one whose definition is lost nobody knows how to ask.
      if (checks.has(service) && isSettled(to) && !of.isForgotten())
        questions.set(service, { sinceMs: runsFromMs(), askedMs: null });
      if (to !== 'backoff') return;
      const pauseMs = 1_000 * Number(/starts again in ([\d.]+) s/.exec(message)?.[1]);
      pauses.set(service, {
        fromMs: openWishes > 0 ? 0 : elapsedMs() + pauseMs - roundingMs,
        toMs: Math.max(elapsedMs() + pauseMs + roundingMs, frozenUntilMs),
      });
    },
    birth: (service) => {
      const earlyMs = (pauses.get(service)?.fromMs ?? 0) - elapsedMs();
      demand(earlyMs <= 0, `${service} is started again ${earlyMs} ms too early`);
      pauses.delete(service);
    },
    question: (service) => {
      const before = questions.get(service);
      if (!before) return;
      const gapMs = elapsedMs() - (before.askedMs ?? Number.NEGATIVE_INFINITY);
      const leastMs = (checks.get(service)?.intervalMs ?? 0) - roundingMs;
      demand(gapMs >= leastMs, `${service} is asked again after ${gapMs} ms`);
      const isFrozen = elapsedMs() < frozenUntilMs;
      questions.set(service, { sinceMs: runsFromMs(), askedMs: isFrozen ? null : elapsedMs() });
    },
    wish: () => {
      openWishes += 1;
      for (const [name, each] of pauses) pauses.set(name, { ...each, fromMs: 0 });
      return () => void (openWishes -= 1);
    },
    restartWatch: () => {
      questions.clear();
      for (const [name, { fromMs }] of pauses) pauses.set(name, { fromMs, toMs: Number.POSITIVE_INFINITY });
    },
    forget: () => pauses.clear(),
    jump: (byMs) => void jumps.push({ atMs: elapsedMs(), byMs }),
    forgiveTime: (lengthMs) => {
      frozenUntilMs = Math.max(frozenUntilMs, elapsedMs() + lengthMs);
      for (const [name, each] of pauses) pauses.set(name, { ...each, toMs: Math.max(each.toMs, frozenUntilMs) });
      for (const name of questions.keys()) questions.set(name, { sinceMs: frozenUntilMs, askedMs: null });
    },
    look: () => {
      for (const [name, { toMs }] of pauses) {
        const lateMs = elapsedMs() - toMs - latenessMs;
        demand(states.get(name) !== 'backoff' || lateMs <= 0, `${name} rests ${lateMs} ms longer than it has to`);
      }
      for (const [name, { sinceMs }] of questions) {
        const { intervalMs, timeoutMs } = { ...checks.get(name) };
        const lateMs = elapsedMs() - sinceMs - (intervalMs ?? 0) - (timeoutMs ?? 0) - latenessMs;
        demand(lateMs <= 0, `${name} is not asked whether it is well for ${elapsedMs() - sinceMs} ms`);
      }
    },
  };
};

const isSettled = (state: ServiceState): boolean => state === 'ready' || state === 'unhealthy';
