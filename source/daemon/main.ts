import { createRoutes } from '../api/server.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import type { StackPaths } from '../core/paths.ts';
import { emptyWorld, isLive } from '../core/world.ts';
import type { World } from '../ports.ts';
import type { Store } from '../store/store.ts';
import { createBackend } from './backend.ts';
import { prepareFolders } from './folders.ts';
import { metricsPage } from './metrics-page.ts';
import { readRunFile } from './run-file.ts';
import { restoredWorld, takeOver } from './take-over.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

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
  /** Memory this process holds. */
  readonly memoryBytes: () => number;
};

/** A daemon that has no stack and that nobody watches leaves after this time. */
const idleTimeoutMs = 15_000;
const usageIntervalMs = 1_000;
/** Readers of logs get this long to take the last lines. */
const lastLinesTimeoutMs = 1_000;

/**
Runs the daemon of one stack until the stack is down. Takes over what a dead predecessor left running. Resolves when
all is cleaned up: no socket, no lock. Throws DAEMON_RUNNING when another one runs this stack, FOLDER_UNUSABLE when its
folders cannot be used.
*/
export const runDaemon = async (options: DaemonOptions): Promise<void> => {
  const { ports, stack, paths, note, store } = options;
  const { clock, files } = ports;
  const startedAtMs = clock.nowMs();
  await prepareFolders(files, paths, ports.host.userId);
  const lock = await files.lock(paths.lockFile, 0);
  if ('heldBy' in lock) throw new BootyError('DAEMON_RUNNING', { stack, pid: lock.heldBy.pid });

  const onError = (error: unknown): void =>
    note(error instanceof Error ? (error.stack ?? error.message) : reasonOf(error));
  const ended = Promise.withResolvers<void>();
  const left = await readRunFile(files, paths.runFile);
  const supervisor = createSupervisor({
    ports,
    stack,
    paths,
    store,
    runId: left?.runId ?? ports.random.token(8),
    environment: left?.environment ?? ports.host.environment,
    world: left ? restoredWorld(left.world) : emptyWorld,
    ownPorts: left?.ports['booty'] ?? null,
    onError,
    onEnd: ended.resolve,
    onClients: () => leaveWhenIdle(),
  });

  const page = createMetricsServer(ports, supervisor, () => ({
    rssBytes: options.memoryBytes(),
    upSinceMs: startedAtMs,
  }));
  if (left) {
    await takeOver(ports, supervisor, left);
    // Without its page the stack runs on as well.
    await page.open().catch(onError);
  }

  // Whoever holds the lock is the only one to touch the socket: what lies there is a dead daemon's.
  await files.remove(paths.socket);
  const backend = createBackend(supervisor, { clock, processes: ports.processes, store, afterUp: page.open });
  const server = await ports.channels.serve({ socket: paths.socket }, createRoutes(backend));
  options.onListening();

  let cancelIdle: () => void = () => {};
  const leaveWhenIdle = (): void => {
    cancelIdle();
    const isBusy = supervisor.sessions.count() > 0 || Object.keys(supervisor.loop.world().services).length > 0;
    cancelIdle = isBusy ? () => {} : clock.after(idleTimeoutMs, ended.resolve);
  };
  leaveWhenIdle();
  const goDown = (): void => supervisor.loop.post({ type: 'down.requested', force: 0, graceMsMax: null });
  options.asked.addEventListener('abort', goDown, { once: true });
  const stopMeasuring = repeat(clock, usageIntervalMs, () => supervisor.measure().catch(onError));

  await ended.promise;
  await sayGoodbye(ports, supervisor);
  cancelIdle();
  stopMeasuring();
  await supervisor.close();
  await Promise.all([server.close(), page.close()]);
  for (const path of [paths.socket, paths.runFile]) await files.remove(path);
  await lock.release();
};

/** Hands over the last lines of all logs, then the last frame. */
const sayGoodbye = async ({ clock }: World, supervisor: Supervisor): Promise<void> => {
  const { force, services, stopping } = supervisor.loop.world();
  await supervisor.watch.look();
  await Promise.race([
    supervisor.logs.close(),
    new Promise<void>((resolve) => clock.after(lastLinesTimeoutMs, resolve)),
  ]);
  const isLeft = Object.values(services).some((service) => isLive(service.state));
  const count = `${stopping.length} ${stopping.length === 1 ? 'service' : 'services'} stopped`;
  const message = `${supervisor.stack} is down: ${count}${force > 0 ? ', cut short' : ''}; data stays`;
  supervisor.sessions.end({ type: 'ended', exitCode: isLeft ? 1 : force > 0 ? 130 : 0, message });
};

/** booty's own page for scrapers, on the port the stack gave it; opened at most once. */
const createMetricsServer = (
  ports: World,
  supervisor: Supervisor,
  daemon: () => Parameters<typeof metricsPage>[1],
): { readonly open: () => Promise<void>; readonly close: () => Promise<void> } => {
  let server: { readonly close: () => Promise<void> } | null = null;
  return {
    open: async () => {
      const table = supervisor.held()?.ports;
      const port = table?.numbers['booty']?.['metrics'];
      if (server || !table || port === undefined) return;
      await table.release('booty');
      server = await ports.channels.serve({ bind: '127.0.0.1', port }, (exchange) => {
        if (exchange.path !== '/metrics') return exchange.answer(404, 'see /metrics\n', 'text/plain');
        exchange.answer(200, metricsPage(supervisor.row(), daemon()), 'text/plain; version=0.0.4; charset=utf-8');
      });
    },
    close: async () => server?.close(),
  };
};

/** Runs again and again, each time the given pause after the last run ended. */
const repeat = (clock: World['clock'], pauseMs: number, run: () => Promise<void>): (() => void) => {
  let cancel: () => void = () => {};
  let stopped = false;
  const arm = (): void => {
    cancel = clock.after(pauseMs, () => {
      void run().finally(() => {
        if (!stopped) arm();
      });
    });
  };
  arm();
  return () => {
    stopped = true;
    cancel();
  };
};
