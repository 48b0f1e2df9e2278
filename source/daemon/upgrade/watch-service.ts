import { exitText } from '../../core/restart.ts';
import { isOccupied, type ServiceWorld, type StackWorld } from '../../core/world.ts';
import type { Clock } from '../../ports.ts';
import type { Loop } from '../loop.ts';

/** Beyond what its health check allows itself. */
const readyMarginMs = 60_000;
const readyMsMin = 120_000;

/** Why a wait ended: `suspended` when the whole stack goes down meanwhile. */
export type Waited =
  | { readonly kind: 'yes' }
  | { readonly kind: 'no'; readonly why: string }
  | { readonly kind: 'suspended' };

/** What became of it; not when it would start again, as it is stopped before that. */
const whyOf = ({ state, reason, lastExit }: ServiceWorld): string =>
  state === 'backoff' && lastExit !== null ? exitText(lastExit) : (reason ?? `it is ${state}`);

/** Waits on the state of services; nothing is polled. */
export type ServiceWatch = {
  /** Until no process of it is left. */
  readonly stopped: (service: string) => Promise<Waited>;
  /** How long a start may take until it is ready. */
  readonly readyMsMax: (service: string) => number;
  /** Until a start newer than the generation is ready; `no` as soon as it fails, or takes too long. */
  readonly ready: (service: string, after: number, cancelled: AbortSignal) => Promise<Waited>;
  /** For the time given, that it stays ready and the same process. */
  readonly steady: (service: string, forMs: number, cancelled: AbortSignal) => Promise<Waited>;
  /** Until the stack is up. */
  readonly up: (cancelled: AbortSignal) => Promise<Waited>;
};

export const createServiceWatch = (loop: Pick<Loop, 'world' | 'onChange'>, clock: Clock): ServiceWatch => {
  const until = (
    judge: (world: StackWorld) => Waited | null,
    timeout: { readonly ms: number; readonly waited: () => Waited } | null,
    cancelled: AbortSignal | null,
  ): Promise<Waited> =>
    new Promise((resolve) => {
      const end = (waited: Waited): void => {
        stopWatching();
        stopTimer();
        cancelled?.removeEventListener('abort', onCancel);
        resolve(waited);
      };
      const look = (): void => {
        const waited = judge(loop.world());
        if (waited !== null) end(waited);
      };
      const onCancel = (): void => end({ kind: 'no', why: 'it was cancelled' });
      const stopWatching = loop.onChange(look);
      const stopTimer = timeout === null ? () => {} : clock.after(timeout.ms, () => end(timeout.waited()));
      if (cancelled?.aborted) return onCancel();
      cancelled?.addEventListener('abort', onCancel, { once: true });
      look();
    });
  const readyMsMax = (service: string): number => {
    const { startPeriodMs = 0, retries = 0, intervalMs = 0 } = loop.world().services[service]?.spec.readiness ?? {};
    return Math.max(readyMsMin, startPeriodMs + retries * intervalMs + readyMarginMs);
  };
  const isGoingDown = ({ phase }: StackWorld): boolean => phase === 'stopping' || phase === 'ended';

  return {
    stopped: (service) =>
      until(
        (world) => {
          const own = world.services[service];
          if (own === undefined || !isOccupied(own))
            return isGoingDown(world) ? { kind: 'suspended' } : { kind: 'yes' };
          return own.state === 'failed' ? { kind: 'no', why: own.reason ?? 'it does not end' } : null;
        },
        null,
        null,
      ),
    readyMsMax,
    ready: (service, after, cancelled) => {
      const ms = readyMsMax(service);
      return until(
        (world) => {
          if (isGoingDown(world)) return { kind: 'suspended' };
          const own = world.services[service];
          if (own === undefined) return { kind: 'no', why: 'the definition names it no more' };
          if (own.state === 'skipped') return { kind: 'no', why: own.reason ?? 'what it depends on is not there' };
          if (own.state === 'failed') return { kind: 'no', why: own.reason ?? 'it failed' };
          if (own.generation <= after) return null;
          if (own.state === 'ready') return { kind: 'yes' };
          return ['backoff', 'unhealthy', 'completed', 'stopped', 'stopping'].includes(own.state)
            ? { kind: 'no', why: whyOf(own) }
            : null;
        },
        {
          ms,
          waited: () => {
            const said = loop.world().services[service]?.probe?.lastMessage ?? null;
            const check = said === null ? '' : `; its health check said: ${said}`;
            return { kind: 'no', why: `not within ${Math.round(ms / 1000)} s${check}` };
          },
        },
        cancelled,
      );
    },
    steady: (service, forMs, cancelled) => {
      const generation = loop.world().services[service]?.generation;
      return until(
        (world) => {
          if (isGoingDown(world)) return { kind: 'suspended' };
          const own = world.services[service];
          if (own?.state === 'ready' && own.generation === generation) return null;
          return { kind: 'no', why: own === undefined ? 'it is gone' : whyOf(own) };
        },
        { ms: forMs, waited: () => ({ kind: 'yes' }) },
        cancelled,
      );
    },
    up: (cancelled) => until((world) => (world.phase === 'up' ? { kind: 'yes' } : null), null, cancelled),
  };
};
