import type { ServiceDefinition, StackDefinition } from '../../source/core/model.ts';

/** A service of which only what the test is about is written. */
export const service = (written: Partial<ServiceDefinition> & { readonly name: string }): ServiceDefinition => ({
  component: null,
  version: null,
  command: null,
  environment: {},
  workingDir: '/shop',
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
  ...written,
});

/** A stack of these services; positions as `path: [line, column]`. */
export const stack = (
  services: readonly ServiceDefinition[],
  positions: Readonly<Record<string, readonly [line: number, column: number]>> = {},
): StackDefinition => ({
  name: 'shop',
  file: '/shop/booty.yaml',
  folder: '/shop',
  services,
  positions: Object.fromEntries(
    Object.entries(positions).map(([path, [line, column]]) => [path, { file: 'booty.yaml', line, column }]),
  ),
  warnings: [],
});

export const dirs = { data: '/d', config: '/c', logs: '/l', run: '/r' };

/** A number for every port of a definition, counted up from `first`. */
export const numbered = (
  requests: readonly { readonly service: string; readonly port: string }[],
  first = 10_000,
): Readonly<Record<string, Readonly<Record<string, number>>>> => {
  const table: Record<string, Record<string, number>> = {};
  requests.forEach(({ service, port }, index) => {
    (table[service] ??= {})[port] = first + index;
  });
  return table;
};
