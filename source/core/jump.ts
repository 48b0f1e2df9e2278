import type { StackWorld } from './world.ts';

/**
The clock went forward by time that did not pass, or that the machine slept through. What is waited for moves with it:
nobody had that time, and a grace that it ended would be none. A service that is coming up began later by as much.
*/
export const movedWithClock = (world: StackWorld, byMs: number): StackWorld => ({
  ...world,
  stopStartedAtMs: later(world.stopStartedAtMs, byMs),
  services: Object.fromEntries(
    Object.entries(world.services).map(([name, service]) => {
      const { state, stop, probe, deadlineAtMs, startedAtMs } = service;
      const moved = {
        ...service,
        deadlineAtMs: later(deadlineAtMs, byMs),
        startedAtMs: state === 'starting' ? later(startedAtMs, byMs) : startedAtMs,
        probe: probe && { ...probe, nextAtMs: probe.nextAtMs + byMs },
        stop: stop && { ...stop, askedAtMs: stop.askedAtMs + byMs, killedAtMs: later(stop.killedAtMs, byMs) },
      };
      return [name, moved];
    }),
  ),
});

const later = (atMs: number | null, byMs: number): number | null => (atMs === null ? null : atMs + byMs);
