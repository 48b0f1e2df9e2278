/** How the world looks from outside: plain rows, made anew from the world each time. */
import type { ServiceRow, StackState } from './model.ts';
import { isLive, isPending, type ServiceWorld, type StackWorld } from './world.ts';

/** What is measured of a running service, over all its processes. */
export type Measured = { readonly cpuPercent: number; readonly rssBytes: number };

/**
The rows of all services in the order they were written. The clock on the wall, by which they are told, may have been set
back by `behindMs` since: what ages are counted from is told by the clock as it is now, so that nothing runs since tomorrow.
*/
export const serviceRows = (
  world: StackWorld,
  measured: ReadonlyMap<string, Measured>,
  behindMs = 0,
): readonly ServiceRow[] => Object.values(world.services).map((service) => rowOf(service, measured, behindMs));

const rowOf = (service: ServiceWorld, measured: ReadonlyMap<string, Measured>, behindMs: number): ServiceRow => {
  const told = (atMs: number | null): number | null => (atMs === null ? null : atMs - behindMs);
  const running = service.identity !== null;
  const usage = running ? measured.get(service.spec.name) : undefined;
  return {
    name: service.spec.name,
    component: service.spec.component,
    version: service.version,
    state: service.state,
    reason: service.reason,
    pid: service.identity?.pid ?? null,
    startedAtMs: told(service.startedAtMs),
    restarts: service.restarts,
    exitCode: running ? null : (service.lastExit?.code ?? null),
    signal: running ? null : (service.lastExit?.signal ?? null),
    lastExit: service.lastExit,
    nextRetryAtMs: service.state === 'backoff' ? told(service.deadlineAtMs) : null,
    lastChange: service.lastChange,
    ports: service.spec.ports,
    cpuPercent: usage ? usage.cpuPercent : null,
    rssBytes: usage ? usage.rssBytes : null,
    upgrade: null,
  };
};

/** One word for the whole stack. */
export const stackState = (world: StackWorld): StackState => {
  if (world.phase === 'stopping') return 'stopping';
  if (world.phase !== 'up') return 'down';
  const services = Object.values(world.services);
  const states = services.map((service) => service.state);
  if (
    states.some((state) => state === 'failed' || state === 'unhealthy' || state === 'skipped' || state === 'backoff')
  ) {
    return 'degraded';
  }
  const onItsWay = ({ state, wanted }: ServiceWorld): boolean =>
    isPending(state) || state === 'starting' || (state === 'stopping' && (wanted === 'up' || wanted === 'again'));
  if (services.some(onItsWay)) return 'starting';
  return states.some(isLive) || states.includes('completed') ? 'ready' : 'down';
};
