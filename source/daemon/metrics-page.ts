import { serviceStates, type StackRow } from '../core/model.ts';

/**
booty's own facts in Prometheus' text format 0.0.4, for whatever scrapes the stack. Names and states only: a
loopback port is open to every user of the machine.
*/
export const metricsPage = (
  row: StackRow,
  daemon: { readonly rssBytes: number; readonly upSinceMs: number },
): string => {
  const lines: string[] = [];
  const family = (name: string, type: 'gauge' | 'counter', help: string, samples: readonly string[]): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map((sample) => `${name}${sample}`));
  };
  const perService = (value: (service: StackRow['services'][number]) => number | null): string[] =>
    row.services.flatMap((service) => {
      const number = value(service);
      return number === null ? [] : [`{${labels({ stack: row.stack, service: service.name })}} ${number}`];
    });

  family(
    'booty_service_state',
    'gauge',
    '1 for the state the service is in.',
    row.services.flatMap((service) =>
      serviceStates.map(
        (state) => `{${labels({ stack: row.stack, service: service.name, state })}} ${Number(service.state === state)}`,
      ),
    ),
  );
  family(
    'booty_service_restarts_total',
    'counter',
    'Starts after an end nobody asked for.',
    perService((service) => service.restarts),
  );
  family(
    'booty_service_start_time_seconds',
    'gauge',
    'When the running process started.',
    perService((service) => (service.startedAtMs === null ? null : service.startedAtMs / 1000)),
  );
  family(
    'booty_service_cpu_ratio',
    'gauge',
    'Cores used by the service and all below it.',
    perService((service) => (service.cpuPercent === null ? null : service.cpuPercent / 100)),
  );
  family(
    'booty_service_resident_bytes',
    'gauge',
    'Memory of the service and all below it.',
    perService((service) => service.rssBytes),
  );
  family(
    'booty_service_info',
    'gauge',
    'What runs.',
    row.services.map(
      (service) =>
        `{${labels({ stack: row.stack, service: service.name, component: service.component ?? '', version: service.version ?? '' })}} 1`,
    ),
  );
  family('booty_daemon_resident_bytes', 'gauge', "Memory of the stack's daemon.", [
    `{${labels({ stack: row.stack })}} ${daemon.rssBytes}`,
  ]);
  family('booty_daemon_start_time_seconds', 'gauge', 'When the daemon started.', [
    `{${labels({ stack: row.stack })}} ${daemon.upSinceMs / 1000}`,
  ]);
  return `${lines.join('\n')}\n`;
};

const labels = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',');
