import type { Frame, StackEvent } from '../api/protocol.ts';
import { type Backend, createRoutes } from '../api/server.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import type { StackRow } from '../core/model.ts';
import type { StackPaths } from '../core/paths.ts';
import { planUp } from '../core/plan.ts';
import { isLive } from '../core/world.ts';
import { serviceRows, stackState } from '../core/view.ts';
import type { Usage, World } from '../ports.ts';
import type { Store } from '../store/store.ts';
import { createFetches } from './fetches.ts';
import { type Held, hold } from './held.ts';
import { createHistory } from './history.ts';
import { createLogLines } from './log-lines.ts';
import { watchLogs } from './log-watch.ts';
import { createLoop } from './loop.ts';
import { metricsPage } from './metrics-page.ts';
import { createPerformer } from './perform.ts';
import { createRunFileWriter } from './run-file.ts';
import { createSessions } from './sessions.ts';
import { serviceEnvironment } from './service-environment.ts';
import { createStopWords } from './stop-words.ts';
import { prepareFolders } from './folders.ts';

export type DaemonOptions = {
  readonly ports: World;
  readonly stack: string;
  readonly paths: StackPaths;
  readonly store: Store;
  /** Called once clients can connect. */
  readonly onListening: () => void;
  /** One line for the daemon's own log. */
  readonly note: (line: string) => void;
  /** Aborted when the daemon is asked to end by a signal: the stack goes down in order. */
  readonly asked: AbortSignal;
  /** Bytes of memory this process holds. */
  readonly memoryBytes: () => number;
};

/** A daemon that nobody gave a stack to and nobody watches leaves after this time. */
const idleTimeoutMs = 15_000;
const usageIntervalMs = 1_000;

/**
Runs the daemon of one stack until the stack is down. Resolves when all is cleaned up: no socket, no lock. Throws
DAEMON_RUNNING when another one runs this stack, FOLDER_UNUSABLE when its folders cannot be used.
*/
export const runDaemon = async (options: DaemonOptions): Promise<void> => {
  const { ports, stack, paths, note } = options;
  const { clock, files } = ports;
  const startedAtMs = clock.nowMs();
  await prepareFolders(files, paths, ports.host.userId);
  const lock = await files.lock(paths.lockFile, 0);
  if ('heldBy' in lock) throw new BootyError('DAEMON_RUNNING', { stack, pid: lock.heldBy.pid });

  const onError = (error: unknown): void => note(error instanceof Error ? (error.stack ?? error.message) : reasonOf(error));
  const runId = ports.random.token(8);
  const ended = Promise.withResolvers<void>();
  let held: Held | null = null;
  let usage: ReadonlyMap<string, Usage> = new Map();
  let page: { readonly close: () => Promise<void> } | null = null;

  const history = createHistory(files, paths.eventsFile, onError);
  const fetches = createFetches(options.store, {
    settled: (service, result) => {
      if (!(result instanceof Error)) return loop.post({ type: 'binary.fetched', service, version: result.version });
      tellFetchFailed(service, result);
      loop.post({ type: 'binary.failed', service, reason: reasonOf(result) });
    },
    progressed: () => sessions.stateChanged(),
  });
  const tellFetchFailed = (service: string, error: Error): void => {
    const event = { atMs: clock.nowMs(), service, type: 'fetch.failed', from: null, to: null, message: reasonOf(error) };
    history.add(error instanceof BootyError ? { ...event, error: error.toJSON() } : event);
  };
  const performer = createPerformer(ports, {
    paths,
    stack,
    runId,
    held: () => held,
    fetches,
    history,
    post: (fact) => loop.post(fact),
    end: ended.resolve,
    onError,
  });
  const loop = createLoop(clock, performer.perform, onError);
  const logPath = (service: string): string => `${paths.logs}/${service}.log`;
  const watch = watchLogs(ports, () => Object.keys(loop.world().services).map((service) => ({ service, path: logPath(service) })));
  const logs = createLogLines(files, watch, logPath);
  const stopWords = createStopWords(logs);
  const runFile = createRunFileWriter(files, paths.runFile, { runId, stack }, onError);

  const stackRow = (): StackRow => {
    const { tied, onHangup } = sessions.ownership();
    const services = serviceRows(loop.world(), usage);
    return { stack, state: stackState(loop.world()), daemon: { pid: ports.host.pid, tied, onHangup }, services };
  };
  const sessions = createSessions(clock, {
    stateFrame: (owner): Frame => ({
      type: 'state',
      atMs: clock.nowMs(),
      row: stackRow(),
      fetches: fetches.rows(),
      stop: stopWords.view(loop.world(), clock.nowMs()),
      links: held?.assembled.links ?? [],
      notes: [...(held?.ports.notes ?? []), ...(held?.definition.warnings ?? [])],
      owner,
      orphanedAtMs: sessions.ownership().orphanedAtMs,
    }),
    stop: () => loop.post({ type: 'down.requested', force: 0, graceMsMax: null }),
    onChange: () => idle(),
  });
  loop.onChange(() => {
    runFile.write(loop.world(), performer.running());
    if (loop.world().phase === 'stopping') fetches.cancel();
    sessions.stateChanged();
  });
  history.onAdd((event: StackEvent) => sessions.tellAll({ type: 'event', event }));

  let cancelIdle: () => void = () => {};
  const idle = (): void => {
    cancelIdle();
    cancelIdle = () => {};
    const busy = sessions.count() > 0 || Object.values(loop.world().services).length > 0;
    if (!busy) cancelIdle = clock.after(idleTimeoutMs, ended.resolve);
  };

  const prepare = (request: Parameters<Backend['up']>[0]): Promise<Held> =>
    hold(request, { paths, sockets: ports.sockets, environment: serviceEnvironment(ports.host.environment), world: loop.world(), before: held });
  const planOf = async (next: Held): Promise<Awaited<ReturnType<Backend['plan']>>> => {
    const installed = new Set<string>();
    for (const { service, package: name, range } of next.assembled.binaries) {
      if (await options.store.find(name, range)) installed.add(service);
    }
    return { plan: planUp(next.orders, next.start, installed, loop.world()) };
  };
  const openPage = async (): Promise<void> => {
    const port = held?.ports.numbers['booty']?.['metrics'];
    if (page || port === undefined) return;
    await held?.ports.release('booty');
    page = await ports.channels.serve({ bind: '127.0.0.1', port }, (exchange) => {
      if (exchange.path !== '/metrics') return exchange.answer(404, 'see /metrics\n', 'text/plain');
      const text = metricsPage(stackRow(), { rssBytes: options.memoryBytes(), upSinceMs: startedAtMs });
      exchange.answer(200, text, 'text/plain; version=0.0.4; charset=utf-8');
    });
  };
  const knownService = (name: string): void => {
    const known = Object.keys(loop.world().services);
    if (!known.includes(name)) throw new BootyError('SERVICE_UNKNOWN', { service: name, stack, known });
  };

  const backend: Backend = {
    ps: stackRow,
    plan: async (request) => {
      const next = await prepare(request);
      await next.ports.releaseAll();
      return planOf(next);
    },
    up: async (request) => {
      const { phase } = loop.world();
      if (phase === 'stopping' || phase === 'ended') throw new BootyError('STACK_STOPPING', { stack });
      const next = await prepare(request);
      const answer = await planOf(next);
      await held?.ports.releaseAll();
      held = next;
      await openPage();
      loop.post({ type: 'up.requested', orders: next.orders, start: next.start });
      return answer;
    },
    down: (request) => {
      history.add({ atMs: clock.nowMs(), service: null, type: 'down.requested', from: null, to: null, message: ['asked to stop', 'asked again: graces collapse', 'asked a third time: kill all'][request.force] ?? '' });
      loop.post({ type: 'down.requested', ...request });
    },
    service: (name, action) => {
      knownService(name);
      loop.post({ type: `${action}.requested`, service: name });
    },
    log: (service, window) => {
      knownService(service);
      return logs.window(service, window);
    },
    logs: (services, lines, follow, gone) => {
      for (const name of services) knownService(name);
      return logs.follow(services.length > 0 ? services : Object.keys(loop.world().services), lines, follow, gone);
    },
    events: async function* events(follow, gone) {
      yield* [...history.recent()];
      if (!follow) return;
      yield* followEvents(history, gone);
    },
    session: sessions.join,
  };

  // Whoever holds the lock is the only one to touch the socket: what lies there is a dead daemon's.
  await files.remove(paths.socket);
  const server = await ports.channels.serve({ socket: paths.socket }, createRoutes(backend));
  options.onListening();
  idle();
  options.asked.addEventListener('abort', () => loop.post({ type: 'down.requested', force: 0, graceMsMax: null }), { once: true });

  const stopGrowth = watch.onGrowth(() => {
    const ends = Object.fromEntries([...watch.ends()].map(([service, { endByte }]) => [service, endByte]));
    sessions.tellAll({ type: 'logs', ends });
    if (loop.world().phase === 'stopping') void stopWords.refresh(loop.world()).then(() => sessions.stateChanged());
  });
  let cancelUsage: () => void = () => {};
  const measure = (): void => {
    cancelUsage = clock.after(usageIntervalMs, () => {
      ports.processes
        .usage()
        .then((measured) => {
          usage = measured;
          sessions.stateChanged();
        }, onError)
        .finally(measure);
    });
  };
  measure();

  await ended.promise;
  const { force, services } = loop.world();
  const failed = Object.values(services).some((service) => isLive(service.state));
  await watch.look();
  await Promise.race([logs.close(), new Promise<void>((resolve) => clock.after(1_000, resolve))]);
  sessions.end({ type: 'ended', exitCode: failed ? 1 : force > 0 ? 130 : 0, message: endMessage(stack, Object.values(services).length, force) });
  for (const stop of [cancelUsage, cancelIdle, stopGrowth, watch.stop, loop.stop]) stop();
  await (held as Held | null)?.ports.releaseAll();
  await Promise.all([history.settled(), runFile.settled()]);
  await Promise.all([server.close(), (page as { close: () => Promise<void> } | null)?.close()]);
  await files.remove(paths.socket);
  await files.remove(paths.runFile);
  await lock.release();
};

const endMessage = (stack: string, count: number, force: number): string =>
  `${stack} is down: ${count} ${count === 1 ? 'service' : 'services'} stopped${force > 0 ? ', cut short' : ''}; data stays`;

async function* followEvents(history: ReturnType<typeof createHistory>, gone: Promise<void>): AsyncGenerator<StackEvent> {
  const queue: StackEvent[] = [];
  let wake: () => void = () => {};
  let left = false;
  const stop = history.onAdd((event) => {
    queue.push(event);
    wake();
  });
  void gone.then(() => {
    left = true;
    wake();
  });
  try {
    while (!left) {
      yield* queue.splice(0);
      if (queue.length === 0 && !left) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
  }
}
