import { joinCommand } from '../config/split-command.ts';
import { yamlText } from '../config/yaml-text.ts';
import type { Dependency } from '../core/model.ts';
import type { Resolved, ResolvedService, ResolvedVersion } from '../stack/resolve.ts';
import { secondsText } from './text.ts';

/** What is run, for people: the shape of YAML, a line for each thing, and nothing where there is nothing to say. */
export const resolvedText = ({ stack, file, services, links }: Resolved, state: string): string =>
  yamlText({
    stack: `${stack} (${state})`,
    file: file ?? 'built in',
    services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, serviceLines(service)])),
    ...(links.length > 0 && {
      links: Object.fromEntries(links.map(({ service, title, url }) => [url, `${title} (${service})`])),
    }),
  });

const serviceLines = (service: ResolvedService): Readonly<Record<string, unknown>> => {
  const { stop, readiness } = service;
  const lines: Readonly<Record<string, unknown>> = {
    component: service.component,
    version: service.version === null ? null : versionLine(service.version),
    runs: joinCommand(service.command),
    in: service.workingDir,
    environment: service.environment,
    ports: Object.fromEntries(
      Object.entries(service.ports).map(([name, { number, from }]) => [
        name,
        number === null ? from : `${number} (${from})`,
      ]),
    ),
    bind: service.bind === '127.0.0.1' ? null : service.bind,
    takes: joints(service.takes.map(({ kind, from }) => [kind, from])),
    gives: joints(service.gives.map(({ kind, to }) => [kind, to])),
    'starts after': service.dependencies.map(dependencyLine),
    'ready when':
      readiness === null ? 'it runs' : `${readiness.probe}; again every ${secondsText(readiness.intervalMs)}`,
    restart: restartLine(service.restart),
    stop: `${stop.signal} to its ${stop.scope}, SIGKILL after ${secondsText(stop.graceMs)}`,
    log: service.log,
    profiles: service.profiles,
    files: Object.fromEntries(service.files.map(({ path, text }) => [path, text])),
  };
  return Object.fromEntries(Object.entries(lines).filter(([, value]) => !isEmpty(value)));
};

const versionLine = ({ range, installed, source, sourceVersion }: ResolvedVersion): string => {
  const wanted = range === null ? 'any' : range;
  return installed === null
    ? `none in the store (wanted: ${wanted}); up fetches it`
    : `${installed} from ${source} as ${sourceVersion} (wanted: ${wanted})`;
};

const joints = (pairs: readonly (readonly [string, readonly string[]])[]): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.map(([kind, names]) => [kind, names.join(', ') || 'nobody yet']));

const conditions = {
  service_started: 'has started',
  service_healthy: 'is ready',
  service_completed_successfully: 'is done',
} as const;

const dependencyLine = ({ service, condition, required }: Dependency): string =>
  `${service} ${conditions[condition]}${required ? '' : ', if it can'}`;

const restartLine = ({ when, retriesMax }: ResolvedService['restart']): string =>
  retriesMax === null ? when : `${when}, at most ${retriesMax} times`;

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);
