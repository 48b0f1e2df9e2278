import { yamlText } from './yaml-text.ts';
import type { Dependency, HealthcheckDefinition, ServiceDefinition, StackDefinition } from '../core/model.ts';
import { parseReferences } from './reference.ts';

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/**
A definition in the words of booty.yaml, with everything the file left to variables, env files and merges put in. Loading
what comes out gives the same definition, but for its file and positions.
*/
export const writeDefinition = (definition: StackDefinition): string => {
  const services = definition.services.map((service) => [service.name, serviceKeys(service)] as const);
  return yamlText({ name: definition.name, services: Object.fromEntries(services) });
};

const serviceKeys = (service: ServiceDefinition): Readonly<Record<string, Value>> =>
  written({
    component: service.component,
    version: service.version,
    command: service.command?.map(literal) ?? null,
    environment: orNull(mapped(service.environment, literal)),
    working_dir: literal(service.workingDir),
    depends_on: orNull(Object.fromEntries(service.dependencies.map((one) => [one.service, dependencyKeys(one)]))),
    healthcheck: service.healthcheck === null ? null : healthcheckKeys(service.healthcheck),
    on_unhealthy: service.onUnhealthy,
    restart: service.restart === null ? null : restartWord(service.restart),
    stop_signal: service.stopSignal,
    stop_grace_period: durationText(service.stopGraceMs),
    stop_scope: service.stopScope,
    pid: service.isPidPrivate === true ? 'private' : null,
    ports: orNull(service.ports),
    bind: service.bind === '127.0.0.1' ? null : service.bind,
    offers: orNull(Object.fromEntries((service.offers ?? []).map(({ kind, port, path }) => [kind, { port, path }]))),
    log: service.log,
    profiles: service.profiles.length > 0 ? service.profiles : null,
    ulimits: service.openFilesMax === null ? null : { nofile: service.openFilesMax },
  });

const dependencyKeys = ({ condition, required, restart }: Dependency): Readonly<Record<string, Value>> =>
  written({ condition, required: required ? null : false, restart: restart ? true : null });

const healthcheckKeys = (healthcheck: HealthcheckDefinition): Readonly<Record<string, Value>> =>
  written({
    ...probeKeys(healthcheck.probe),
    interval: durationText(healthcheck.intervalMs),
    timeout: durationText(healthcheck.timeoutMs),
    retries: healthcheck.retries,
    start_period: durationText(healthcheck.startPeriodMs),
    start_interval: durationText(healthcheck.startIntervalMs),
  });

const probeKeys = (probe: HealthcheckDefinition['probe']): Readonly<Record<string, Value>> => {
  switch (probe.kind) {
    case 'none':
      return { disable: true };
    case 'catalog':
      return {};
    case 'http':
      return { http: literal(probe.url) };
    case 'tcp':
      return { tcp: literal(probe.address) };
    case 'log':
      return { log: literal(probe.pattern) };
    case 'file':
      return { file: literal(probe.path) };
    case 'exec':
    default:
      return { exec: probe.command.map(literal) };
  }
};

const restartWord = ({ when, retriesMax }: NonNullable<ServiceDefinition['restart']>): string =>
  retriesMax === null ? when : `${when}:${retriesMax}`;

/** A text as it is written: references stay, every other dollar is doubled. */
const literal = (text: string): string => {
  const parts = parseReferences(text);
  if (!parts.ok) return text.replaceAll('$', '$$$$');
  return parts.value.map((part) => (part.kind === 'text' ? part.text.replaceAll('$', '$$$$') : part.source)).join('');
};

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

const durationText = (ms: number | null): string | null => {
  if (ms === null) return null;
  const unit = units.find(([, unitMs]) => ms >= unitMs && ms % unitMs === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
};

const written = (keys: Readonly<Record<string, Value | null>>): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(keys).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));

const orNull = <Map extends Readonly<Record<string, Value>>>(map: Map): Map | null =>
  Object.keys(map).length > 0 ? map : null;

const mapped = (
  map: Readonly<Record<string, string>>,
  change: (text: string) => string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
