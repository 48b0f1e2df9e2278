import type { StackClient } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import type { StackPaths } from '../core/paths.ts';
import type { Files, World } from '../ports.ts';
import { createMask } from '../stack/secrets.ts';
import { createLogLines } from './log-lines.ts';
import { watchLogs } from './log-watch.ts';
import { maskLogs } from './mask-logs.ts';
import { readSecrets, secretsPath } from './secrets.ts';

/** What a daemon would give of the logs, without one. */
export type LogsAtRest = Pick<StackClient, 'logs' | 'raw'> & {
  /** Services that have a log, sorted. */
  readonly services: readonly string[];
  /** To be called at the end. */
  readonly close: () => Promise<void>;
};

/**
Opens the logs of a stack that is down; null when nothing was ever logged. Nothing is written: a daemon may come up beside it,
and puts parts away by itself. There is nothing to follow. `logs` and `raw` throw SERVICE_UNKNOWN, and what a daemon's do.
*/
export const openLogsAtRest = async (
  { clock, files }: Pick<World, 'clock' | 'files'>,
  stack: string,
  paths: StackPaths,
): Promise<LogsAtRest | null> => {
  const services = (await files.list(paths.logs))
    .filter((name) => name.endsWith('.log'))
    .map((name) => name.slice(0, -4));
  if (services.length === 0) return null;
  const mask = createMask(await readSecrets(files, secretsPath(paths)).catch(() => ({})));
  const watch = watchLogs(
    { clock, files: unwritten(files) },
    {
      services: () => [],
      pathOf: (service) => `${paths.logs}/${service}.log`,
      folder: paths.logs,
      tell: () => {},
      onError: () => {},
    },
  );
  const lines = maskLogs(createLogLines(watch), mask);
  const known = (names: readonly string[]): void => {
    const unknown = names.find((name) => !services.includes(name));
    if (unknown !== undefined) throw new BootyError('SERVICE_UNKNOWN', { service: unknown, stack, known: services });
  };
  return {
    services,
    close: () => watch.stop(),
    logs: async function* ({ services: asked, from = {}, ...ask }, signal) {
      known(asked);
      yield* lines.follow(asked.length > 0 ? asked : services, { ...ask, bytes: from }, false, endOf(signal));
    },
    raw: async function* ({ service, lines: count, sinceMs, fromByte }, signal) {
      known([service]);
      const bytes = fromByte === undefined ? {} : { [service]: fromByte };
      const ask = { lines: count, bytes, ...(sinceMs === undefined ? {} : { sinceMs }) };
      yield* lines.raw(service, ask, false, endOf(signal));
    },
  };
};

/** Files as they are, of which none is changed. */
const unwritten = (files: Files): Files => ({
  ...files,
  append: async () => {},
  writeAtomic: async () => {},
  makeFolder: async () => {},
});

const endOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
