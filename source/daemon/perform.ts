import type { Effect } from '../core/effect.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import type { ExitStatus } from '../core/model.ts';
import type { StackPaths } from '../core/paths.ts';
import type { StackWorld } from '../core/world.ts';
import type { Launch, Started, World } from '../ports.ts';
import type { Installed } from '../store/store.ts';
import type { DataVersions } from './data-versions.ts';
import type { Fetches } from './fetches.ts';
import type { Held } from './held.ts';
import type { History } from './history.ts';
import type { Fact } from './loop.ts';
import { createNewLog } from './new-log.ts';
import { askProbe } from './probe.ts';
import type { Turns } from './turns.ts';

/** What is to be known of a start to forget its records. */
type EndedStart = Pick<Launch, 'service' | 'generation' | 'statusFile'>;

export type Performer = {
  readonly perform: (effect: Effect) => void;
  /** What is known of a running service beyond the core: for the run file. */
  readonly running: () => Readonly<Record<string, { readonly launch: Launch; readonly started: Started }>>;
  /** Takes up a service that ended while nobody watched, for `forgetEnded`. */
  readonly noteEnded: (launch: EndedStart) => void;
  /**
  Forgets the records of services whose end the core has taken in and, by `written`, the disk has too: until then they are
  all a successor would know of it. With a world of null: of all that have ended.
  */
  readonly forgetEnded: (world: StackWorld | null, written: Promise<void>) => Promise<void>;
  /** Watches a service that a dead daemon started; false when it is no longer that very process. */
  readonly adopt: (launch: Launch, started: Started) => Promise<boolean>;
};

/**
Carries out the core's orders and answers with facts. Makes no choice of its own and never throws: what goes wrong
comes back as a fact with its reason.
*/
export const createPerformer = (
  ports: World,
  of: {
    readonly paths: StackPaths;
    readonly stack: string;
    readonly runId: string;
    readonly held: () => Held | null;
    readonly inTurn: Turns;
    readonly fetches: Fetches;
    readonly dataVersions: Pick<DataVersions, 'claim'>;
    readonly history: History;
    readonly post: (fact: Fact) => void;
    /** Told which version a service is started with. */
    readonly chosen: (service: string, binary: Installed) => void;
    /** Told of every start that could not be, before the loop is: a move to other ports is then no failure. */
    readonly refused: (service: string, error: unknown) => Promise<void>;
    readonly end: () => void;
    /** What was decided is written down, so that a successor knows of it; waits for a slow disk only so long. */
    readonly remembered: () => Promise<void>;
    /** Resolves when all that a predecessor left is watched: before, a signal would find nobody and be lost. */
    readonly takenOver: Promise<void>;
    readonly onError: (error: unknown) => void;
  },
): Performer => {
  const running = new Map<string, { launch: Launch; started: Started }>();
  const ended = new Set<EndedStart>();
  let forgetting: Promise<void> = Promise.resolve();
  const newLogs = new Map<string, () => Promise<string>>();

  const start = async (service: string, generation: number): Promise<void> => {
    const held = await free(service);
    // A daemon that has just taken over may still be looking it up.
    if (!of.fetches.binaryOf(service)) await fetchAll([service]);
    const binary = await of.fetches.soundBinaryOf(service);
    const wish = held.assembled.binaries.find((each) => each.service === service);
    if (binary !== null && wish !== undefined) {
      await of.dataVersions.claim(wish, binary.version);
      of.chosen(service, binary);
    }
    const rendered = held.assembled.render(service, binary);
    for (const folder of rendered.folders) await ports.files.makeFolder(folder.path, folder.mode);
    for (const file of rendered.files) await ports.files.writeAtomic(file.path, file.text, file.mode);
    const written = held.definition.services.find((each) => each.name === service);
    const launch: Launch = {
      service,
      stack: of.stack,
      runId: of.runId,
      generation,
      command: rendered.command,
      environment: rendered.environment,
      workingDir: rendered.workingDir,
      logFile: `${of.paths.logs}/${service}.log`,
      logMode: rendered.logMode,
      statusFile: `${of.paths.run}/${service}.${generation}`,
      version: binary?.version ?? null,
      stopScope: held.assembled.specs.find((spec) => spec.name === service)?.stop.scope ?? 'group',
      openFilesMax: written?.openFilesMax ?? null,
      ...(written?.isPidPrivate === true ? { pidNamespace: true } : {}),
    };
    await of.remembered();
    // An end that comes before the start was told waits for it: the core hears of things in their order.
    const told = Promise.withResolvers<void>();
    const started = await ports.processes.start(launch, (exit) => void told.promise.then(() => tellExit(launch, exit)));
    noteRunning(launch, started);
    of.post({ type: 'process.started', service, generation, identity: started.identity });
    told.resolve();
  };

  // Not while a definition is being made whole: each would take the other's hold on a port for a stranger's.
  const free = of.inTurn(async (service: string): Promise<Held> => {
    const held = of.held();
    if (!held) throw new Error('there is no definition to start from');
    await freePorts(ports, held, service);
    return held;
  });

  const tellExit = (launch: Launch, end: ExitStatus & { readonly stragglers: number }): void => {
    const { service, generation } = launch;
    running.delete(service);
    ended.add(launch);
    const { code, signal, atMs, stragglers } = end;
    if (stragglers > 0) noteStragglers(service, stragglers);
    of.post({ type: 'process.exited', service, generation, exit: { code, signal, atMs }, roll: ports.random.roll() });
  };

  const noteRunning = (launch: Launch, started: Started): void => {
    running.set(launch.service, { launch, started });
    newLogs.set(launch.service, createNewLog(ports.files, launch.logFile, started.logStartByte));
  };

  const adopt = async (launch: Launch, started: Started): Promise<boolean> => {
    const isThere = await ports.processes.adopt(launch, started, (exit) => tellExit(launch, exit));
    if (isThere) noteRunning(launch, started);
    return isThere;
  };

  /** Signals find a service by its name: one that waited until this one had ended would reach whoever came after it. */
  const isMeant = ({ service, generation }: { readonly service: string; readonly generation: number }): boolean =>
    running.get(service)?.launch.generation === generation;

  const noteStragglers = (service: string, count: number): void => {
    const message = `${count} ${count === 1 ? 'process it left behind was' : 'processes it left behind were'} ended`;
    of.history.add({ atMs: ports.clock.nowMs(), service, type: 'stragglers.ended', from: null, to: null, message });
  };

  const ask = async (effect: Extract<Effect, { readonly type: 'probe.ask' }>): Promise<void> => {
    const { service, generation, probe, timeoutMs } = effect;
    const launch = running.get(service)?.launch;
    const { environment = {}, workingDir = '/' } = launch ?? {};
    // Whatever happens, the question is answered: a service whose probe stays open would wait for ever.
    const newLog = async (): Promise<string> => (launch ? ((await newLogs.get(service)?.()) ?? '') : '');
    const answer = await askProbe(ports, probe, timeoutMs, { environment, workingDir, newLog });
    const message = of.held()?.mask(answer.message) ?? answer.message;
    of.post({ type: 'probe.answered', service, generation, ok: answer.ok, message });
  };

  const fetchAll = (services: readonly string[]): Promise<void> => {
    const binaries = of.held()?.assembled.binaries ?? [];
    return of.fetches.fetch(binaries.filter((binary) => services.includes(binary.service)));
  };

  const carryOut = async (effect: Effect): Promise<unknown> => {
    switch (effect.type) {
      case 'binary.fetch':
        return fetchAll(effect.services);
      case 'process.start': {
        const { service, generation } = effect;
        return start(service, generation).catch(async (error: unknown) => {
          if (!(error instanceof BootyError)) of.onError(error);
          await of.refused(service, error);
          of.post({ type: 'process.refused', service, generation, reason: reasonOf(error) });
        });
      }
      case 'process.signal':
        return (
          Promise.all([of.takenOver, of.remembered()])
            .then(() => (isMeant(effect) ? ports.processes.signal(effect.service, effect.signal, effect.scope) : 0))
            // One that is refused is not waited for, either.
            .catch(of.onError)
            .then(() => of.post({ type: 'signal.sent', service: effect.service, generation: effect.generation }))
        );
      case 'process.kill':
        return of.takenOver.then(() => (isMeant(effect) ? ports.processes.kill(effect.service) : null));
      case 'probe.ask':
        return ask(effect);
      case 'change.tell': {
        const { service, from, to, reason } = effect;
        const message = reason === null ? `${service} is ${to}` : `${service} is ${to}: ${reason}`;
        return of.history.add({ atMs: ports.clock.nowMs(), service, type: 'service.changed', from, to, message });
      }
      case 'stack.end':
        return of.end();
    }
  };

  return {
    perform: (effect) => void carryOut(effect).catch(of.onError),
    running: () => Object.fromEntries(running),
    noteEnded: (launch) => void ended.add(launch),
    forgetEnded: async (world, written) => {
      const over = [...ended].filter(({ service, generation }) => {
        const known = world?.services[service];
        return known === undefined || known.generation !== generation || known.identity === null;
      });
      await written;
      // One still under way is waited for, too: the caller may be about to remove the run file.
      forgetting = forgetting
        .catch(() => undefined)
        .then(async () => {
          for (const launch of over) if (ended.delete(launch)) await ports.processes.forget(launch);
        });
      await forgetting;
    },
    adopt,
  };
};

/**
Lets go of the ports held for a service. One that is not held any more (a restart) must be free: a port that
somebody else took meanwhile is told by the name of who has it, not by the server's own words.
*/
const freePorts = async (ports: World, held: Held, service: string): Promise<void> => {
  await held.ports.release(service);
  const bind = held.definition.services.find((each) => each.name === service)?.bind ?? '127.0.0.1';
  for (const port of Object.values(held.ports.numbers[service] ?? {})) {
    const free = await ports.sockets.reserve(bind, port);
    if (!free)
      throw new BootyError('PORT_TAKEN', { service, port, holder: await ports.sockets.holderOf(port), where: null });
    await free.release();
  }
};
