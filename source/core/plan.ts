/** What an `up` would do, as data: printed by `--plan`, shown by the TUI, carried out without a further choice. */
import { changesOf } from './changes.ts';
import type { ServiceOrder } from './event.ts';
import type { ServiceSpec } from './model.ts';
import { isLive, type StackWorld } from './world.ts';

/** One thing an `up` would do, and why. */
export type Step = {
  readonly service: string;
  readonly action: 'fetch' | 'start' | 'stop' | 'keep';
  readonly reason: string;
};

/**
Steps in the order they can happen: fetches, stops (dependants first), then starts and what stays (dependencies
first). `installed` names the services whose binary is in the store already. Expects a graph without cycles.
*/
export const planUp = (
  orders: readonly ServiceOrder[],
  start: readonly string[],
  installed: ReadonlySet<string>,
  world: StackWorld,
): readonly Step[] => {
  const changes = changesOf(orders, start, world);
  const fetches: Step[] = [];
  const stops: Step[] = [];
  const starts: Step[] = [];
  for (const spec of inStartOrder(orders.map((order) => order.spec))) {
    const { name } = spec;
    const { action, reason } = changes.get(name) ?? { action: 'leave', reason: null };
    if (action === 'leave') continue;
    if (action === 'keep') {
      starts.push({ service: name, action: 'keep', reason: reason ?? '' });
      continue;
    }
    if (spec.needsBinary && !installed.has(name)) {
      fetches.push({ service: name, action: 'fetch', reason: `${spec.component ?? name} is not in the store` });
    }
    if (runs(world, name)) stops.unshift({ service: name, action: 'stop', reason: reason ?? 'is stopping already' });
    starts.push({ service: name, action: 'start', reason: startReason(spec) });
  }
  const dropped: Step[] = [...changes].flatMap(([service, { action, reason }]) =>
    action === 'drop' && runs(world, service) ? [{ service, action: 'stop', reason: reason ?? '' }] : [],
  );
  return [...fetches, ...dropped, ...stops, ...starts];
};

const runs = (world: StackWorld, name: string): boolean =>
  Object.hasOwn(world.services, name) && isLive(world.services[name]?.state ?? 'stopped');

/** Each service after all it depends on; otherwise as written. */
const inStartOrder = (specs: readonly ServiceSpec[]): readonly ServiceSpec[] => {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const ordered = new Set<ServiceSpec>();
  const visit = (spec: ServiceSpec): void => {
    for (const { service } of spec.dependencies) {
      const other = byName.get(service);
      if (other && !ordered.has(other)) visit(other);
    }
    ordered.add(spec);
  };
  for (const spec of specs) visit(spec);
  return [...ordered];
};

const words = {
  service_started: 'has started',
  service_healthy: 'is ready',
  service_completed_successfully: 'has completed',
} as const;

const startReason = (spec: ServiceSpec): string =>
  spec.dependencies.length === 0
    ? 'waits for nothing'
    : `once ${spec.dependencies.map((on) => `${on.service} ${words[on.condition]}`).join(' and ')}`;
