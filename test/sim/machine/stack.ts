import {
  dependencyConditions,
  type Dependency,
  type HealthcheckDefinition,
  type ServiceDefinition,
  type StackDefinition,
} from '../../../source/core/model.ts';
import { service, stack } from '../../stack/definitions.ts';
import { isTask } from '../definition.ts';
import type { Seeded } from '../seeded.ts';

/**
A stack drawn from the seed. Who depends on whom stays the same for a whole life, so that what is seen can be held
against it; `changed` varies the rest.
*/
export const drawStack = (seeded: Seeded): StackDefinition => {
  const names = seeded
    .shuffled(['db', 'bus', 'web', 'agent', 'task1', 'task2', 'proxy'])
    .slice(0, seeded.between(2, 6));
  return stack(seeded.shuffled(names.map((name, index) => drawService(seeded, name, names.slice(0, index)))));
};

/** The same stack with something changed about some services: these are to be restarted. */
export const changed = (seeded: Seeded, before: StackDefinition): StackDefinition => ({
  ...before,
  services: before.services.map((each) =>
    seeded.chance(0.3) ? { ...each, environment: { VARIANT: String(seeded.between(1, 9)) } } : each,
  ),
});

const drawService = (seeded: Seeded, name: string, earlier: readonly string[]): ServiceDefinition => {
  const isComponent = seeded.chance(0.4);
  return service({
    name,
    component: isComponent ? 'node_exporter' : null,
    command: isComponent ? null : [`/usr/bin/${name}`],
    dependencies: earlier.filter(() => seeded.chance(0.45)).map((other) => drawDependency(seeded, other)),
    healthcheck: isTask(name) || seeded.chance(0.2) ? { ...timings, probe: { kind: 'none' } } : drawCheck(seeded, name),
    onUnhealthy: seeded.chance(0.3) ? 'restart' : null,
    restart: {
      when: isTask(name)
        ? seeded.pick(['no', 'on-failure'])
        : seeded.pick(['no', 'always', 'on-failure', 'unless-stopped', 'unless-stopped']),
      retriesMax: seeded.pick([null, null, 1, 4]),
    },
    stopSignal: seeded.pick(['SIGTERM', 'SIGINT']),
    stopGraceMs: seeded.pick([200, 3_000, 10_000]),
    stopScope: seeded.pick(['process', 'group', 'tree']),
    ports: seeded.chance(0.5) ? { http: seeded.pick(['auto', 9_000 + earlier.length]) } : {},
  });
};

const timings = { intervalMs: 1_000, timeoutMs: 1_000, retries: 2, startPeriodMs: 1_000, startIntervalMs: 250 };

const drawCheck = (seeded: Seeded, name: string): HealthcheckDefinition => ({
  ...timings,
  probe: seeded.pick([
    { kind: 'http', url: `http://127.0.0.1:1/${name}` },
    { kind: 'http', url: `http://127.0.0.1:1/${name}` },
    { kind: 'exec', command: ['check', name] },
    { kind: 'log', pattern: '^ready$' },
  ] as const),
});

const drawDependency = (seeded: Seeded, other: string): Dependency => ({
  service: other,
  condition: isTask(other)
    ? seeded.pick(['service_started', 'service_completed_successfully'])
    : seeded.pick(dependencyConditions.slice(0, 2)),
  required: seeded.chance(0.8),
  restart: seeded.chance(0.4),
});
