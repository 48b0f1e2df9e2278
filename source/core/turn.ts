import type { Effect } from './effect.ts';
import type { ServiceSpec, ServiceState } from './model.ts';
import type { ServiceWorld, StackWorld } from './world.ts';

/** One step being made: the world as it becomes, and the effects collected on the way. Lives only inside `step`. */
export type Turn = {
  readonly atMs: number;
  world: StackWorld;
  readonly effects: Effect[];
  /** Services whose binary is wanted; joined into one effect at the end. */
  readonly fetches: string[];
};

/** Own names only: a service may be called `constructor`. */
export const serviceOf = (turn: Turn, name: string): ServiceWorld | undefined =>
  Object.hasOwn(turn.world.services, name) ? turn.world.services[name] : undefined;

/** All services in the order they were written; a snapshot. */
export const servicesOf = (turn: Turn): readonly (readonly [string, ServiceWorld])[] =>
  Object.entries(turn.world.services);

/** Replaces some of what is known about a service. */
export const patch = (turn: Turn, name: string, change: Partial<ServiceWorld>): void => {
  const service = serviceOf(turn, name);
  if (!service) return;
  turn.world = { ...turn.world, services: { ...turn.world.services, [name]: { ...service, ...change } } };
};

/** Moves a service into a state, stamps the change and tells it. */
export const enter = (
  turn: Turn,
  name: string,
  state: ServiceState,
  reason: string | null,
  change: Partial<ServiceWorld> = {},
): void => {
  const from = serviceOf(turn, name)?.state ?? null;
  patch(turn, name, { deadlineAtMs: null, ...change, state, reason, lastChange: { atMs: turn.atMs, from } });
  turn.effects.push({ type: 'change.tell', service: name, from, to: state, reason, atMs: turn.atMs });
};

/** The services as a graph: those that run with the dependencies they were started by. */
export const nodesOf = (turn: Turn): readonly ServiceSpec[] =>
  Object.values(turn.world.services).map((service) => service.spec);
