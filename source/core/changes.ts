/** What an `up` changes, service by service; the plan shows it and the step carries it out, so they cannot differ. */
import type { ServiceOrder } from './event.ts';
import { withDependencies } from './graph.ts';
import { isDone, isLive, isPending, type ServiceWorld, type StackWorld } from './world.ts';

/** `leave`: named but not chosen; `drop`: not named any more. */
export type Change = {
  readonly action: 'start' | 'keep' | 'restart' | 'leave' | 'drop';
  /** null for a plain start: what it waits for says more. */
  readonly reason: string | null;
};

/** By service name: first the ordered ones as written, then those to drop. */
export const changesOf = (
  orders: readonly ServiceOrder[],
  start: readonly string[],
  world: StackWorld,
): ReadonlyMap<string, Change> => {
  const specs = orders.map((order) => order.spec);
  const chosen = withDependencies(specs, start);
  const changes = new Map<string, Change>();
  for (const order of orders) {
    const { name } = order.spec;
    const known = Object.hasOwn(world.services, name) ? world.services[name] : undefined;
    changes.set(name, chosen.has(name) ? changeOf(order, known) : { action: 'leave', reason: null });
  }
  followRestarts(orders, world, changes);
  for (const name of Object.keys(world.services)) {
    if (!changes.has(name)) changes.set(name, { action: 'drop', reason: 'the definition does not name it any more' });
  }
  return changes;
};

const changeOf = (order: ServiceOrder, known: ServiceWorld | undefined): Change => {
  if (!known) return { action: 'start', reason: null };
  const same = isSame(order, known);
  // A task that has done its work is not done again because somebody said `up` twice.
  if (same && isDone(known)) return { action: 'keep', reason: 'has done its work' };
  if (known.state === 'stopping' || !(isLive(known.state) || isPending(known.state))) {
    return { action: 'start', reason: null };
  }
  if (!same) return { action: 'restart', reason: order.moves ?? 'its definition changed' };
  return isLive(known.state)
    ? { action: 'keep', reason: 'runs and has not changed' }
    : { action: 'start', reason: null };
};

/** True when what is known of a service, the version it runs included, is what is ordered. */
export const isSame = (order: ServiceOrder, known: ServiceWorld): boolean =>
  known.fingerprint === order.fingerprint && order.moves === undefined;

/** Running services that asked for it (`depends_on: {restart: true}`) restart with what they depend on. */
const followRestarts = (orders: readonly ServiceOrder[], world: StackWorld, changes: Map<string, Change>): void => {
  for (let before = -1, restarts = 0; restarts !== before;) {
    before = restarts;
    for (const { spec } of orders) {
      const known = Object.hasOwn(world.services, spec.name) ? world.services[spec.name] : undefined;
      if (!known || !isLive(known.state) || changes.get(spec.name)?.action === 'restart') continue;
      const leader = spec.dependencies.find((on) => on.restart && changes.get(on.service)?.action === 'restart');
      if (leader) changes.set(spec.name, { action: 'restart', reason: `restarts with ${leader.service}` });
    }
    restarts = [...changes.values()].filter((change) => change.action === 'restart').length;
  }
};
