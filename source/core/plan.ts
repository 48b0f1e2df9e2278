/** What an `up` would do, as data: printed by `--plan`, shown by the TUI, carried out without a further choice. */
import { withDependencies } from './graph.ts';
import type { ServiceSpec } from './model.ts';
import type { StackWorld } from './world.ts';
import { isLive } from './world.ts';

export type Step = {
  readonly service: string;
  readonly action: 'fetch' | 'start' | 'stop' | 'keep';
  readonly reason: string;
};

/**
Steps in the order they can happen. `installed` names the services whose binary is in the store already.
Expects a graph without cycles.
*/
export const planUp = (
  orders: readonly { readonly spec: ServiceSpec; readonly fingerprint: string }[],
  start: readonly string[],
  installed: ReadonlySet<string>,
  world: StackWorld,
): readonly Step[] => {
  const specs = orders.map((order) => order.spec);
  const chosen = withDependencies(specs, start);
  const steps: Step[] = [];
  for (const { spec } of orders) {
    if (chosen.has(spec.name) && spec.needsBinary && !installed.has(spec.name)) {
      steps.push({ service: spec.name, action: 'fetch', reason: `${spec.component ?? spec.name} is not in the store` });
    }
  }
  for (const spec of inStartOrder(specs)) {
    if (!chosen.has(spec.name)) continue;
    const known = world.services[spec.name];
    const fingerprint = orders.find((order) => order.spec.name === spec.name)?.fingerprint;
    if (known && isLive(known.state) && known.fingerprint === fingerprint) {
      steps.push({ service: spec.name, action: 'keep', reason: `runs and has not changed` });
      continue;
    }
    if (known && isLive(known.state))
      steps.push({ service: spec.name, action: 'stop', reason: 'its definition changed' });
    steps.push({ service: spec.name, action: 'start', reason: startReason(spec) });
  }
  return steps;
};

/** Each service after all it depends on; otherwise as written. */
export const inStartOrder = (specs: readonly ServiceSpec[]): readonly ServiceSpec[] => {
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
