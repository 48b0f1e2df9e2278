import { createRoutes } from '../api/server.ts';
import type { UpgradeProgress } from '../api/upgrade-protocol.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import { pagerPrefix, type StackPaths } from '../core/paths.ts';
import { cutShortText } from '../core/upgrade/cut-short.ts';
import { isLive } from '../core/world.ts';
import type { Exchange, Warden, World } from '../ports.ts';
import type { Store } from '../store/store.ts';
import { removeOrphaned } from '../store/temporary.ts';
import { createBackend } from './backend.ts';
import { prepareFolders } from './folders.ts';
import { metricsPage } from './metrics-page.ts';
import { inherit } from './inherit.ts';
import { removeRecords } from './remove-records.ts';
import { runFileCopy } from './run-file.ts';
import { createStopListWriter, formatStopList } from './stop-list.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { takeOver } from './take-over.ts';
import type { OwnVersion } from './upgrade/offered.ts';
import { createUpgrades, type Upgrades } from './upgrade/upgrades.ts';
import { keepWarden } from './warden.ts';

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
  /** Starts who watches this daemon; `count` daemons before it have died in a row. */
  readonly startWarden: (count: number) => Promise<Warden>;
  /** Which booty this is and which is newer; absent: nobody can say. The signal ends the question, and it settles then. */
  readonly ownVersion?: (signal: AbortSignal) => Promise<OwnVersion>;
  /** Has remote registries updated and says what did not go well; absent: there are none. */
  readonly refresh?: (signal: AbortSignal) => Promise<readonly string[]>;
  /** Memory this process holds. */
  readonly memoryBytes: () => number;
};

const noNewer = async (): Promise<OwnVersion> => null;
const nothingStale = async (): Promise<readonly string[]> => [];

/** A daemon that has no stack and that nobody watches leaves after this time. */
const idleTimeoutMs = 15_000;
/** One that a warden started and that found nothing to look after; clients of the last one come back within this time. */
const forNothingTimeoutMs = 1_000;
const usageIntervalMs = 1_000;
/** Readers of logs get this long to take the last lines. */
const lastLinesTimeoutMs = 1_000;
/** The terminal of a tied stack gets this long to come back to a successor before the stack counts as detached. */
const ownerTimeoutMs = 10_000;

/**
Runs the daemon of one stack until the stack is down. Takes over what a dead predecessor left running. Resolves when
all is cleaned up: no socket, no lock. Throws DAEMON_RUNNING when another one runs this stack, FOLDER_UNUSABLE when its
folders cannot be used, RUN_FILE_NEWER when another booty's services run here.
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
  const ended = Promise.withResolvers<'down' | 'idle' | 'handover'>();
  const inherited = await inherit(ports, stack, paths).catch(async (error: unknown) => {
    await lock.release();
    throw error;
  });
  const { left } = inherited;
  const warden = await keepWarden(ports, {
    start: options.startWarden,
    count: Number(ports.host.environment['BOOTY_SUCCESSION'] ?? 0),
    note,
  });
  const removeCopies = (): Promise<void> => removeOrphaned(ports, paths.run, pagerPrefix).catch(onError);
  const takenOver = Promise.withResolvers<void>();
  const leave = (how: 'down' | 'idle' | 'handover'): void => {
    supervisor.loop.leave();
    ended.resolve(how);
  };
  let upgrades: Upgrades | null = null;
  const supervisor = createSupervisor({
    ports,
    stack,
    paths,
    store,
    runId: inherited.runId ?? ports.random.token(8),
    bootId: await ports.host.bootId(),
    environment: left?.environment ?? ports.host.environment,
    world: inherited.world,
    ownPorts: () => page.ports(),
    onError,
    onEnd: () => leave('down'),
    onClients: () => {
      leaveWhenIdle();
      void removeCopies();
      stopList.update();
    },
    wardenPid: warden.pid,
    takenOver: takenOver.promise,
    upgrades: () => upgrades,
  });
  const { ownVersion = noNewer, refresh = nothingStale } = options;
  upgrades = createUpgrades(ports, { supervisor, store, paths, onError, ownVersion, refresh });
  await upgrades.restore().catch(onError);
  let wasTied = left !== null && (await files.readText(paths.stopList)) !== null;
  const stopList = createStopListWriter(
    ports,
    paths,
    () =>
      supervisor.sessions.ownership().tied || wasTied
        ? formatStopList(supervisor.loop.world(), supervisor.performer.running())
        : null,
    onError,
  );
  supervisor.loop.onChange(stopList.update);

  const page = createMetricsServer(ports, supervisor, () => ({
    rssBytes: options.memoryBytes(),
    upSinceMs: startedAtMs,
  }));
  await supervisor.history.restore().catch(onError);
  if (left || inherited.unknown.size > 0) {
    await takeOver(ports, supervisor, inherited, takenOver.resolve);
    await page.open();
  }
  takenOver.resolve();
  if (left) {
    // After a restart of the machine nothing runs: the next `up` goes on with it, and is not to be kept out by it.
    if (supervisor.loop.world().phase === 'up') void upgrades.recover().catch(onError);
    upgrades.keepLooking();
  }

  // Whoever holds the lock is the only one to touch the socket: what lies there is a dead daemon's.
  await files.remove(paths.socket);
  const backend = createBackend(supervisor, { clock, processes: ports.processes, store, upgrades, afterUp: page.open });
  const server = await ports.channels.serve(
    { socket: paths.socket },
    handOver(createRoutes(backend), () => leave('handover')),
  );
  options.onListening();

  let cancelIdle: () => void = () => {};
  // The predecessor had done all but tidy up, or another one has come and gone meanwhile.
  const isForNothing =
    ports.host.environment['BOOTY_SUCCESSION'] !== undefined && supervisor.loop.world().phase === 'idle';
  const leaveWhenIdle = (): void => {
    cancelIdle();
    const isBusy = (): boolean => supervisor.sessions.count() > 0 || supervisor.loop.world().phase !== 'idle';
    // A stack may have come up since, by a request that opened no session.
    const leaveUnlessBusy = (): void => (isBusy() ? undefined : leave(isForNothing ? 'down' : 'idle'));
    cancelIdle = isBusy() ? () => {} : clock.after(isForNothing ? forNothingTimeoutMs : idleTimeoutMs, leaveUnlessBusy);
  };
  leaveWhenIdle();
  // An owner can come back only since this daemon listens.
  const forgetOwner = clock.after(ownerTimeoutMs, () => {
    if (wasTied) supervisor.sessions.ownerIsGone(startedAtMs);
    wasTied = false;
    stopList.update();
  });
  const goDown = (): void => supervisor.loop.post({ type: 'down.requested', force: 0, graceMsMax: null });
  options.asked.addEventListener('abort', goDown, { once: true });
  const stopMeasuring = repeat(clock, usageIntervalMs, () => supervisor.measure().catch(onError));

  const how = await ended.promise;
  if (how !== 'handover') await sayGoodbye(ports, supervisor, upgrades.progress());
  cancelIdle();
  forgetOwner();
  stopMeasuring();
  await upgrades.stop();
  await warden.end(how === 'handover' ? 'yield' : 'end');
  await Promise.all([server.close(), page.close()]);
  await supervisor.close();
  await removeCopies();
  await files.remove(paths.socket);
  if (how !== 'handover') await stopList.close();
  // After a restart of the machine the run file still says why nothing runs.
  if (how === 'down') {
    for (const path of [paths.runFile, runFileCopy(paths.runFile)]) await files.remove(path);
    await removeRecords(files, paths.run).catch(onError);
  }
  await lock.release();
};

/**
The one request that is about the daemon, not the stack: `POST /v1/handover` ends it and leaves the services running for
a successor.
*/
const handOver =
  (routes: (exchange: Exchange) => void, leave: () => void) =>
  (exchange: Exchange): void => {
    if (exchange.method !== 'POST' || exchange.path !== '/v1/handover') return routes(exchange);
    exchange.answer(200, '{}', 'application/json');
    leave();
  };

/** Hands over the last lines of all logs, then the last frame, which says what is left of an upgrade. */
const sayGoodbye = async ({ clock }: World, supervisor: Supervisor, upgrade: UpgradeProgress | null): Promise<void> => {
  const { force, services, stopping } = supervisor.loop.world();
  await supervisor.watch.look();
  await Promise.race([
    supervisor.logs.close(),
    new Promise<void>((resolve) => clock.after(lastLinesTimeoutMs, resolve)),
  ]);
  const isLeft = Object.values(services).some((service) => isLive(service.state));
  const count = `${stopping.length} ${stopping.length === 1 ? 'service' : 'services'} stopped`;
  const left = upgrade?.result === null ? cutShortText(upgrade) : null;
  const stopped = `${supervisor.stack} is down: ${count}${force > 0 ? ', cut short' : ''}; data stays`;
  const message = left === null ? stopped : `${stopped}; ${left}`;
  supervisor.sessions.end({ type: 'ended', exitCode: isLeft ? 1 : force > 0 ? 130 : 0, message });
};

type MetricsServer = {
  /** Opens it unless it is open. Never rejects: without its page a stack runs as well, and the events say so. */
  readonly open: () => Promise<void>;
  /** Where it answers; null while it does not. */
  readonly ports: () => Readonly<Record<string, number>> | null;
  readonly close: () => Promise<void>;
};

/** booty's own page for scrapers, on the port the stack gave it. */
const createMetricsServer = (
  ports: World,
  supervisor: Supervisor,
  daemon: () => Parameters<typeof metricsPage>[1],
): MetricsServer => {
  let server: { readonly close: () => Promise<void>; readonly port: number } | null = null;
  return {
    open: async () => {
      const table = supervisor.held()?.ports;
      const port = table?.numbers['booty']?.['metrics'];
      if (server || !table || port === undefined) return;
      await table.release('booty');
      try {
        const opened = await ports.channels.serve({ bind: '127.0.0.1', port }, (exchange) => {
          if (exchange.path !== '/metrics') return exchange.answer(404, 'see /metrics\n', 'text/plain');
          exchange.answer(200, metricsPage(supervisor.row(), daemon()), 'text/plain; version=0.0.4; charset=utf-8');
        });
        server = { close: opened.close, port };
      } catch (error) {
        const message = `booty's own metrics cannot be shown on port ${port}: ${reasonOf(error)}`;
        const atMs = ports.clock.nowMs();
        supervisor.history.add({ atMs, service: null, type: 'metrics.failed', from: null, to: null, message });
      }
    },
    ports: () => (server === null ? null : { metrics: server.port }),
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
