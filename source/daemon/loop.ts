import type { Effect } from '../core/effect.ts';
import type { Event } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { nextWakeAtMs, step } from '../core/step.ts';
import { newestAtMs, type StackWorld } from '../core/world.ts';
import type { Clock } from '../ports.ts';
import { createCoreTime } from './core-time.ts';

/** An event before the loop has stamped it. */
export type Fact = Event extends infer Each ? (Each extends Event ? Omit<Each, 'atMs'> : never) : never;

export type Loop = {
  readonly world: () => StackWorld;
  /** How far the clock is ahead of the time that really passes, for a successor; see CoreTime. */
  readonly aheadMs: () => number;
  /** What the clock, which may have been set back, is behind the time by which all of the world goes. */
  readonly behindMs: () => number;
  /** Queues a fact, which is passed over once the daemon leaves. Never decides on the spot; throws when a flood of requests fills the queue. */
  readonly post: (fact: Fact) => void;
  /** Called after each turn that changed the world; the result takes the subscription back. */
  readonly onChange: (run: () => void) => () => void;
  /** Resolves when all that was posted has been decided, or nothing is decided any more. */
  readonly taken: () => Promise<void>;
  /**
  Nothing is decided from now on: who leaves would start what nobody watches. What happens meanwhile a successor finds by
  the records of starts and ends. Idempotent.
  */
  readonly leave: () => void;
  readonly hasLeft: () => boolean;
};

/**
The one place where things are decided, one after the other. Sockets, timers and children only queue; the loop stamps
each fact with the time, steps the core, and hands the effects to `perform`, which must not throw. Between two facts
it yields, so that a flood cannot starve the sockets.
*/
export const createLoop = (
  clock: Clock,
  first: StackWorld,
  perform: (effect: Effect) => void,
  onError: (error: unknown) => void,
): Loop => {
  let world = first;
  const queue: Fact[] = [];
  const watchers = new Set<() => void>();
  let scheduled = false;
  let hasLeft = false;
  let cancelWake: (() => void) | null = null;

  const time = createCoreTime(clock, newestAtMs(first));

  const take = (fact: Fact): void => {
    const byMs = time.jumped();
    if (byMs > 0) decide({ type: 'clock.jumped', byMs });
    decide(fact);
  };

  const decide = (fact: Fact): void => {
    // Stamping gives the omitted field back; the union's members are otherwise untouched.
    const event = { ...fact, atMs: time.nowMs() } as Event;
    const turn = step(world, event);
    world = turn.world;
    for (const effect of turn.effects) perform(effect);
  };

  const drain = (): void => {
    scheduled = false;
    const before = world;
    for (let count = 0; count < 100 && queue.length > 0 && !hasLeft; count += 1) {
      const fact = queue.shift();
      if (!fact) break;
      try {
        take(fact);
      } catch (error) {
        // A claim that does not hold is a bug; the world before the fact stays, and services run on.
        onError(error);
      }
    }
    if (!hasLeft) {
      if (queue.length > 0) schedule();
      else setWake();
    }
    if (world !== before) for (const run of watchers) run();
  };

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(drain);
  };

  const setWake = (): void => {
    cancelWake?.();
    cancelWake = null;
    const nextAtMs = nextWakeAtMs(world);
    if (nextAtMs === null) return;
    cancelWake = clock.after(Math.max(0, nextAtMs - time.nowMs()), () => {
      time.reach(nextAtMs);
      queue.push({ type: 'clock.ticked' });
      schedule();
    });
  };

  return {
    world: () => world,
    aheadMs: time.aheadMs,
    behindMs: time.behindMs,
    post: (fact) => {
      if (queue.length >= limits.queueEventsMax && fact.type.endsWith('.requested'))
        throw new Error('too many requests at once');
      if (hasLeft) return;
      queue.push(fact);
      schedule();
    },
    onChange: (run) => {
      watchers.add(run);
      return () => void watchers.delete(run);
    },
    taken: async () => {
      while (queue.length > 0 && !hasLeft) await new Promise((resolve) => setImmediate(resolve));
    },
    leave: () => {
      hasLeft = true;
      cancelWake?.();
    },
    hasLeft: () => hasLeft,
  };
};
