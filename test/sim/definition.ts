import type { ServiceOrder } from '../../source/core/event.ts';
import { dependencyConditions, type Dependency, type ServiceSpec } from '../../source/core/model.ts';
import type { Seeded } from './seeded.ts';

/** A task ends by itself with exit code 0 when nothing goes wrong; every other service runs until it is stopped. */
export const isTask = (name: string): boolean => name.startsWith('task');

/**
A definition drawn from the seed, without cycles. Names come from a small pool and some services stay as they were in
the one before, so that two definitions overlap; what depends on what may turn round.
*/
export const drawDefinition = (seeded: Seeded, before: readonly ServiceOrder[]): readonly ServiceOrder[] => {
  const names = seeded
    .shuffled(['db', 'bus', 'web', 'agent', 'task1', 'task2', 'proxy'])
    .slice(0, seeded.between(1, 7));
  const orders = names.map((name, index) => {
    const earlier = names.slice(0, index);
    const known = before.find((order) => order.spec.name === name);
    const fits = known?.spec.dependencies.every((dependency) => earlier.includes(dependency.service)) ?? false;
    if (known && fits && seeded.chance(0.6)) return known;
    const spec = drawSpec(seeded, name, earlier);
    return { spec, fingerprint: JSON.stringify(spec) };
  });
  return seeded.shuffled(orders);
};

const drawSpec = (seeded: Seeded, name: string, earlier: readonly string[]): ServiceSpec => ({
  name,
  component: null,
  needsBinary: seeded.chance(0.4),
  dependencies: earlier.filter(() => seeded.chance(0.4)).map((service) => drawDependency(seeded, service)),
  readiness:
    isTask(name) || seeded.chance(0.2)
      ? null
      : {
          probe: seeded.pick([
            { kind: 'http', url: 'http://127.0.0.1:1/health' },
            { kind: 'log', pattern: 'ready' },
          ] as const),
          intervalMs: seeded.pick([500, 2_000, 10_000]),
          startIntervalMs: 250,
          timeoutMs: 1_000,
          retries: seeded.between(1, 3),
          startPeriodMs: seeded.pick([0, 1_000, 5_000]),
          onUnhealthy: seeded.pick(['report', 'restart']),
        },
  restart: {
    when: isTask(name)
      ? seeded.pick(['no', 'on-failure'])
      : seeded.pick(['no', 'always', 'on-failure', 'unless-stopped', 'unless-stopped']),
    retriesMax: seeded.pick([null, null, 1, 4]),
  },
  stop: {
    signal: seeded.pick(['SIGTERM', 'SIGINT']),
    graceMs: seeded.pick([0, 200, 3_000, 10_000]),
    scope: seeded.pick(['process', 'group', 'tree']),
  },
  ports: {},
});

const drawDependency = (seeded: Seeded, service: string): Dependency => ({
  service,
  // Only a task ever completes, and only what runs on can be asked whether it is well.
  condition: isTask(service)
    ? seeded.pick(['service_started', 'service_completed_successfully'])
    : seeded.pick(dependencyConditions.slice(0, 2)),
  required: seeded.chance(0.8),
  restart: seeded.chance(0.4),
});
