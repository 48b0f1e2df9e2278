import type { Frame, UpRequest } from '../api/protocol.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import type { StackRow } from '../core/model.ts';
import type { StackPaths } from '../core/paths.ts';
import { serviceRows, stackState } from '../core/view.ts';
import type { StackWorld } from '../core/world.ts';
import type { Usage, World } from '../ports.ts';
import { platformName } from '../store/sources/archive/platform.ts';
import type { Store } from '../store/store.ts';
import { onChangeToTell } from './change-to-tell.ts';
import { createDataVersions, type DataVersions } from './data-versions.ts';
import { createFetches, type Fetches } from './fetches.ts';
import { type Held, hold } from './held.ts';
import { createHistory, type History } from './history.ts';
import { createLockBook, type LockBook } from './lock-book.ts';
import { createLogLines, type LogLines } from './log-lines.ts';
import { type LogWatch, watchLogs } from './log-watch.ts';
import { createLoop, type Loop } from './loop.ts';
import { maskLogs } from './mask-logs.ts';
import type { PortNumbers } from './port-table.ts';
import { createRewire } from './rewire.ts';
import { createPerformer, type Performer } from './perform.ts';
import { createRunFileWriter } from './run-file.ts';
import { createSecrets, secretsPath } from './secrets.ts';
import { serviceEnvironment } from './service-environment.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createStopWords } from './stop-words.ts';
import { createTurns, type Turns } from './turns.ts';
import type { Upgrades } from './upgrade/upgrades.ts';

/** The parts of a daemon, joined: what decides, what acts, what remembers, and who watches. */
export type Supervisor = {
  readonly stack: string;
  /** The stack's folder below BOOTY_HOME. */
  readonly root: string;
  readonly loop: Loop;
  readonly performer: Performer;
  readonly history: History;
  readonly fetches: Fetches;
  readonly lock: LockBook;
  readonly dataVersions: DataVersions;
  readonly logs: LogLines;
  readonly watch: LogWatch;
  readonly sessions: Sessions;
  readonly held: () => Held | null;
  /** Makes a request whole against what runs now, or with the ports given; only ports are reserved by it. */
  readonly prepare: (request: UpRequest, ports?: PortNumbers) => Promise<Held>;
  /** From now on this is the definition; ports of the one before are let go. */
  readonly adoptDefinition: (next: Held, request: UpRequest) => Promise<void>;
  /** Two definitions made whole at once would take each other's ports for a stranger's. */
  readonly inTurn: Turns;
  readonly row: () => StackRow;
  /** Writes down what runs, though nothing may have changed. */
  readonly remember: () => void;
  /** Resolves when what was asked is written down for a successor; a disk that takes nothing is not waited for long. */
  readonly remembered: () => Promise<void>;
  /** Measures what services use, and tells. */
  readonly measure: () => Promise<void>;
  /** Ends every timer and subscription, and waits for what is being written. */
  readonly close: () => Promise<void>;
};

export type SupervisorOptions = {
  readonly ports: World;
  readonly stack: string;
  readonly paths: StackPaths;
  readonly store: Store;
  readonly runId: string;
  /** The environment services begin with. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a predecessor left, or the empty world. */
  readonly world: StackWorld;
  /** Ports at which booty's own page answers now; null while it does not, and they may be anybody's. */
  readonly ownPorts: () => Readonly<Record<string, number>> | null;
  readonly onError: (error: unknown) => void;
  /** The stack is down. */
  readonly onEnd: () => void;
  /** Clients came or went. */
  readonly onClients: () => void;
  readonly wardenPid: () => number | null;
  readonly bootId: string;
  /** Resolves when all that a predecessor left is watched. */
  readonly takenOver: Promise<void>;
  /** What is known of newer versions; null until the daemon is whole. */
  readonly upgrades: () => Pick<Upgrades, 'view' | 'rowOf' | 'progress' | 'noteInstalled'> | null;
};

export const createSupervisor = (options: SupervisorOptions): Supervisor => {
  const { ports, stack, paths, onError } = options;
  const { clock, files } = ports;
  let held: Held | null = null;
  let request: UpRequest | null = null;
  let usage: ReadonlyMap<string, Usage> = new Map();

  const history = createHistory(files, paths.eventsFile, onError);
  const lock = createLockBook(files, platformName(ports.host), (name) => options.store.entry(name));
  const fetches = createFetches(options.store, lock, {
    settled: ({ service, component }, result) => {
      if (!(result instanceof Error)) {
        lock.note(service, component, result).catch((error: unknown) => {
          const message = `the lock cannot be written: ${reasonOf(error)}`;
          history.add({ atMs: clock.nowMs(), service, type: 'lock.failed', from: null, to: null, message });
        });
        return loop.post({ type: 'binary.fetched', service, version: result.version });
      }
      const [atMs, message] = [clock.nowMs(), reasonOf(result)];
      const event = { atMs, service, type: 'fetch.failed', from: null, to: null, message };
      history.add(result instanceof BootyError ? { ...event, error: result.toJSON() } : event);
      loop.post({ type: 'binary.failed', service, reason: reasonOf(result) });
    },
    progressed: () => sessions.stateChanged(),
  });
  const dataVersions = createDataVersions(files, paths);
  const inTurn = createTurns();
  const performer = createPerformer(ports, {
    inTurn,
    paths,
    stack,
    runId: options.runId,
    held: () => held,
    fetches,
    dataVersions,
    history,
    post: (fact) => loop.post(fact),
    chosen: (service, binary) => void options.upgrades()?.noteInstalled(service, binary).catch(onError),
    refused: (service, error) => rewire(service, error),
    end: () => {
      loop.leave();
      options.onEnd();
    },
    remembered: async () => {
      // The loop writes at the end of its turn, which is not over when an effect is handed out.
      await Promise.resolve();
      await runFile.settled();
    },
    takenOver: options.takenOver,
    onError,
  });
  const loop = createLoop(clock, options.world, performer.perform, onError);
  const logPath = (service: string): string => `${paths.logs}/${service}.log`;
  const watch = watchLogs(ports, {
    services: () => Object.keys(loop.world().services),
    pathOf: logPath,
    folder: paths.logs,
    tell: (fact) => {
      history.add({ ...fact, atMs: clock.nowMs(), from: null, to: null });
      sessions.stateChanged();
    },
    onError,
  });
  const logs = maskLogs(createLogLines(watch), (text) => held?.mask(text) ?? text);
  const stopWords = createStopWords(logs);
  const secrets = createSecrets(files, ports.random, secretsPath(paths));
  const runFile = createRunFileWriter({ files, clock }, paths.runFile, onError);

  /** The version a person is to be told of: not one that was put off. */
  const offeredTo = (service: string): string | null => {
    const found = options.upgrades()?.rowOf(service);
    return found == null || found.deferred !== null || found.tried !== undefined ? null : found.inRange;
  };
  const row = (): StackRow => {
    const { tied, onHangup } = sessions.ownership();
    const rows = serviceRows(loop.world(), usage, loop.behindMs());
    const services = rows.map((each) => ({ ...each, upgrade: offeredTo(each.name) }));
    const notes = watch.notes();
    return {
      stack,
      state: stackState(loop.world()),
      daemon: { pid: ports.host.pid, tied, onHangup, rung: ports.processes.rung(), wardenPid: options.wardenPid() },
      services,
      ...(notes.length > 0 && { notes }),
    };
  };
  const upgradeParts = () => {
    const upgrades = options.upgrades();
    return upgrades === null ? {} : { upgrades: upgrades.view(), upgrade: upgrades.progress() };
  };
  const sessions = createSessions(clock, {
    stateFrame: (owner): Frame => ({
      ...upgradeParts(),
      type: 'state',
      atMs: clock.nowMs(),
      row: row(),
      fetches: fetches.rows(),
      stop: stopWords.view(loop.world(), clock.nowMs() + loop.behindMs()),
      links: held?.assembled.links ?? [],
      notes: [...watch.notes(), ...(held?.ports.notes ?? [])],
      owner,
      orphanedAtMs: sessions.ownership().orphanedAtMs,
      dependencies: Object.fromEntries(
        Object.values(loop.world().services).map(({ spec }) => [spec.name, spec.dependencies.map((on) => on.service)]),
      ),
    }),
    stop: () => {
      loop.post({ type: 'down.requested', force: 0, graceMsMax: null });
      return remembered();
    },
    onChange: options.onClients,
  });

  const prepare: Supervisor['prepare'] = (wanted, numbers) =>
    hold(wanted, {
      paths,
      sockets: ports.sockets,
      secrets,
      platform: ports.host.platform,
      environment: serviceEnvironment(options.environment),
      world: loop.world(),
      kept: numbers ?? null,
      reserved: held?.ports.held() ?? {},
      own: options.ownPorts(),
    });
  const adoptDefinition: Supervisor['adoptDefinition'] = async (next, from) => {
    await held?.ports.releaseAll();
    held = next;
    request = from;
  };
  const rewire = createRewire({
    inTurn,
    held: () => held,
    request: () => request,
    prepare,
    adoptDefinition,
    wanted: () =>
      Object.values(loop.world().services)
        .filter((service) => service.wanted === 'up' || service.wanted === 'again')
        .map(({ spec }) => spec.name),
    taken: loop.taken,
    post: (fact) => loop.post(fact),
  });

  const remembered = (): Promise<void> => loop.taken().then(runFile.settled);
  const remember = (): void => {
    if (!request || !held) return;
    const [{ environment, runId, bootId }, world] = [options, loop.world()];
    runFile.write({
      format: 1,
      bootId,
      aheadMs: loop.aheadMs(),
      runId,
      stack,
      request,
      ports: held.ports.numbers,
      environment,
      world,
      running: performer.running(),
    });
    performer.forgetEnded(world, runFile.written()).catch(onError);
  };
  onChangeToTell(loop, ({ phase }, isNews) => {
    remember();
    if (phase === 'stopping') fetches.cancel();
    sessions.stateChanged(isNews);
  });
  history.onAdd((event) => sessions.tellAll({ type: 'event', event }));
  const stopGrowth = watch.onGrowth(() => {
    const ends = Object.fromEntries([...watch.ends()].map(([service, { endByte }]) => [service, endByte]));
    sessions.tellAll({ type: 'logs', ends });
    const world = loop.world();
    if (world.phase === 'stopping') void stopWords.refresh(world).then(() => sessions.stateChanged(), onError);
  });

  return {
    stack,
    root: paths.root,
    loop,
    performer,
    history,
    fetches,
    lock,
    dataVersions,
    logs,
    watch,
    sessions,
    held: () => held,
    prepare,
    adoptDefinition,
    inTurn,
    row,
    remember,
    remembered,
    measure: async () => {
      usage = await ports.processes.usage();
      sessions.stateChanged();
    },
    close: async () => {
      stopGrowth();
      await watch.stop();
      loop.leave();
      await held?.ports.releaseAll();
      const [isWritten] = await Promise.all([runFile.close(), history.settled()]);
      // Of a stack that runs on, what no disk has taken (it is full) is known by these records alone.
      const isOver = loop.world().phase === 'ended';
      if (isOver || isWritten)
        await performer.forgetEnded(isOver ? null : loop.world(), Promise.resolve()).catch(onError);
    },
  };
};
