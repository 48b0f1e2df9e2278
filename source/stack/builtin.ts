import { BootyError } from '../core/error.ts';
import type { ServiceDefinition, StackDefinition } from '../core/model.ts';

/** What a built-in stack has to be told about the place it is for; all paths absolute. */
export type BuiltinPlace = {
  /** Folder the stack belongs to; real. */
  readonly folder: string;
  readonly stackName: string;
  /** The sample program: TypeScript in a clone, JavaScript in the bundle. */
  readonly mainProgram: string;
  /** Node 22.18 or newer, which runs TypeScript as it is. */
  readonly nodePath: string;
};

/** Names of the stacks booty brings along. */
export const builtinStacks: readonly string[] = ['observe'];

/**
A stack booty brings along. `observe`: a message bus, metrics from whatever offers them, the machine's own numbers, a
sample program in the place of the user's, and a front door to all their pages. Throws STACK_UNKNOWN.
*/
export const builtinDefinition = (name: string, place: BuiltinPlace): StackDefinition => {
  if (name !== 'observe') throw new BootyError('STACK_UNKNOWN', { name, known: builtinStacks });
  return {
    name: place.stackName,
    file: null,
    folder: place.folder,
    services: observe(place),
    positions: {},
    warnings: [],
  };
};

const observe = (place: BuiltinPlace): readonly ServiceDefinition[] => [
  { ...blank(place), name: 'nats', component: 'nats-server' },
  { ...blank(place), name: 'victoria-metrics', component: 'victoria-metrics' },
  { ...blank(place), name: 'node_exporter', component: 'node_exporter' },
  { ...blank(place), name: 'vmagent', component: 'vmagent' },
  {
    ...blank(place),
    name: 'main',
    command: [place.nodePath, place.mainProgram],
    environment: { NATS_URL: '${{ services.nats.url }}' },
    dependencies: [{ service: 'nats', condition: 'service_healthy', required: true, restart: false }],
    healthcheck: {
      probe: { kind: 'http', url: '${{ services.main.url }}/health' },
      intervalMs: 10_000,
      timeoutMs: 3_000,
      retries: null,
      startPeriodMs: null,
      startIntervalMs: 250,
    },
    restart: { when: 'unless-stopped', retriesMax: null },
    ports: { http: 'auto' },
    offers: [
      { kind: 'metrics', port: 'http', path: '/metrics' },
      { kind: 'http-route', port: 'http', path: '/' },
    ],
  },
  { ...blank(place), name: 'caddy', component: 'caddy' },
];

/** A service of which nothing is written. */
const blank = (place: BuiltinPlace): ServiceDefinition => ({
  name: '',
  component: null,
  version: null,
  command: null,
  environment: {},
  workingDir: place.folder,
  dependencies: [],
  healthcheck: null,
  onUnhealthy: null,
  restart: null,
  stopSignal: null,
  stopGraceMs: null,
  stopScope: null,
  ports: {},
  bind: '127.0.0.1',
  log: null,
  profiles: [],
  openFilesMax: null,
});
