import { BootyError } from '../core/error.ts';
import { movedWithClock } from '../core/jump.ts';
import type { StackPaths } from '../core/paths.ts';
import { limits } from '../core/limits.ts';
import { emptyWorld, isLive, isPending, newestAtMs, type ServiceWorld, type StackWorld } from '../core/world.ts';
import type { Clock, Launch, Started, World } from '../ports.ts';
import { aheadMsOf } from './core-time.ts';
import { readRunFiles, type RunFile } from './run-file.ts';

export type Running = { readonly launch: Launch; readonly started: Started };

/** What the name of a start's record says. */
export type StartRecord = Pick<Launch, 'service' | 'generation' | 'statusFile'>;

/** All that a daemon finds of those before it. */
export type Inheritance = {
  /** null when there was none, or nothing readable is left of it. */
  readonly left: RunFile | null;
  readonly runId: string | null;
  readonly world: StackWorld;
  /** What may be running: by the run file, and by the records of starts that are newer than it. */
  readonly running: Readonly<Record<string, Running>>;
  /** Of these the run file does not know yet that they run. */
  readonly unknown: ReadonlySet<string>;
  /** Of starts that the machine's restart cut off before the run file knew of them: kept until it does. */
  readonly begun: readonly StartRecord[];
  readonly runFolder: string;
  readonly isRestarted: boolean;
  readonly isDamaged: boolean;
};

/**
Finds out what there is to take over; changes nothing but that files go whose writer died while writing. Throws RUN_FILE_NEWER when a booty of another format runs services
here.
*/
export const inherit = async (
  { files, processes, host, clock }: Pick<World, 'files' | 'processes' | 'host' | 'clock'>,
  stack: string,
  paths: Pick<StackPaths, 'runFile' | 'run'>,
): Promise<Inheritance> => {
  const names = await files.list(paths.run);
  for (const name of names) if (isHalfWritten(name)) await files.remove(`${paths.run}/${name}`);
  const { left, isDamaged, otherFormat } = await readRunFiles(files, paths.runFile);
  const survivors = await processes.survivors(paths.run);
  if (otherFormat !== null && survivors.length > 0) {
    throw new BootyError('RUN_FILE_NEWER', { stack, path: paths.runFile, format: otherFormat });
  }
  const running: Record<string, Running> = { ...left?.running };
  const unknown = new Set<string>();
  for (const survivor of survivors) {
    const { service, generation } = survivor.launch;
    const known = left?.world.services[service];
    // Known to run, by a daemon that died before it had taken over all: its record says what the run file lacks.
    if (known?.generation === generation && known.identity !== null && !running[service]) {
      running[service] = survivor;
      continue;
    }
    const isAwaited = known?.generation === generation && (known.state === 'starting' || known.state === 'stopping');
    // Watched by a daemon that died before it had told its loop so: the start is still to be told.
    const isTold = running[service]?.launch.generation === generation && !(isAwaited && known.identity === null);
    if (isTold || (known && known.generation >= generation && !isAwaited)) continue;
    running[service] = survivor;
    unknown.add(service);
  }
  const isRestarted = left !== null && bootIdOf(left) !== null && bootIdOf(left) !== (await host.bootId());
  const before = movedOn(awake(left?.world ?? emptyWorld), isRestarted ? undefined : left?.aheadMs, clock);
  const known = left?.world.services ?? {};
  const begun = (isRestarted ? recordsOf(names, paths.run) : []).filter(({ service, generation, statusFile }) => {
    const isNewer = Object.hasOwn(known, service) && generation > (known[service]?.generation ?? 0);
    // What was started after a restart, by a daemon that could not write it down (a full disk), is there to be taken over.
    return isNewer && !survivors.some(({ launch }) => launch.statusFile === statusFile);
  });
  const last = isRestarted ? afterRestart(before, begun, clock.nowMs()) : before;
  const world = restoredWorld(last, running, unknown, clock.nowMs());
  const runId = left?.runId ?? survivors[0]?.launch.runId ?? null;
  return { left, runId, world, running, unknown, begun, runFolder: paths.run, isRestarted, isDamaged };
};

/** What is written is written beside its place first; see Files.writeAtomic. Whoever asks holds the stack's lock. */
const isHalfWritten = (name: string): boolean => /^(run\.json|run\.json\.last|stop\.list)\.[0-9a-f]{12}$/.test(name);

/** Time that only the clock went through while there was no daemon is nobody's; a clock that was set back is caught up with. */
const movedOn = (world: StackWorld, aheadMs: number | undefined, clock: Clock): StackWorld => {
  const byMs = aheadMs === undefined ? 0 : Math.round(aheadMsOf(clock) - aheadMs);
  return byMs > 0 ? movedWithClock(world, byMs) : world;
};

/** A daemon that died between the end of its stack and its own has left nothing to end: it may be asked for anew. */
const awake = (world: StackWorld): StackWorld =>
  world.phase === 'ended' ? { ...emptyWorld, generationFloor: world.generationFloor, services: world.services } : world;

const bootIdOf = (left: RunFile): string | null =>
  left.bootId ?? Object.values(left.running)[0]?.started.identity.bootId ?? null;

/** Of every start that left its record in the folder, whatever came of it. */
const recordsOf = (names: readonly string[], runFolder: string): readonly StartRecord[] =>
  names.flatMap((name) => {
    const [, service, generation] = /^(.+)\.(\d+)\.launch$/.exec(name) ?? [];
    if (service === undefined || generation === undefined) return [];
    return [{ service, generation: Number(generation), statusFile: `${runFolder}/${service}.${generation}` }];
  });

/** Nothing of it runs any more, and nobody asked for it since: it waits to be asked for. */
const afterRestart = (world: StackWorld, begun: readonly StartRecord[], atMs: number): StackWorld => ({
  ...emptyWorld,
  generationFloor: world.generationFloor,
  services: mapServices(world, (service) => {
    const { spec, state } = service;
    const newer = begun.filter((record) => record.service === spec.name).map(({ generation }) => generation);
    const rested: ServiceWorld = {
      ...service,
      ...atRest,
      ...byNext(service),
      wanted: service.wanted === 'gone' ? 'gone' : 'down',
    };
    // What an earlier run came to says nothing once another one had begun.
    if (!isLive(state) && !isPending(state) && newer.length === 0) return rested;
    return {
      ...rested,
      generation: Math.max(service.generation, ...newer),
      state: 'stopped',
      reason: 'the machine was restarted',
      lastChange: { atMs, from: state },
    };
  }),
});

/** A service that was to follow a newer definition from its next start on does so from now on. */
const byNext = (service: ServiceWorld) => {
  const { spec, fingerprint } = service.next ?? service;
  return { spec, fingerprint, next: null };
};

/** The world as a successor begins with it: nothing is being asked any more, all else is as it was. */
const restoredWorld = (
  world: StackWorld,
  running: Readonly<Record<string, Running>>,
  unknown: ReadonlySet<string>,
  atMs: number,
): StackWorld => {
  const known = mapServices(world, (before) => {
    const service = withinReach(before, Math.max(atMs, newestAtMs(world)));
    const { name } = service.spec;
    const { launch } = running[name] ?? {};
    if (launch && unknown.has(name)) {
      // A start that is not written down is newer than what was wanted by then, and went by what was to come next.
      const isNewer = launch.generation > service.generation;
      const wanted = isNewer ? 'up' : service.wanted;
      const order = isNewer ? byNext(service) : {};
      return { ...service, ...order, wanted, ...bornAs(launch), ...stateOfBorn({ ...service, wanted }) };
    }
    if (launch) return { ...service, ...unanswered(service, atMs) };
    // Its start was cut off before there was a process: it begins anew. Binaries are looked up anew for all that rest.
    const isOnItsWay = service.state === 'starting' || service.state === 'waiting';
    if (!isOnItsWay) return service.state === 'skipped' ? service : { ...service, version: null };
    const rested = { ...service, ...atRest, ...byNext(service) };
    if (service.wanted === 'down' || service.wanted === 'gone') return { ...rested, state: 'stopped' };
    return { ...rested, wanted: 'up', state: rested.spec.needsBinary ? 'fetching' : 'waiting' };
  });
  const strays = [...unknown].filter((name) => !Object.hasOwn(known, name));
  const phase = world.phase === 'idle' && unknown.size > 0 ? 'up' : world.phase;
  if (strays.length === 0) return { ...world, phase, services: known };
  const found = strays.flatMap((name) => (running[name] ? [[name, strayOf(running[name].launch)] as const] : []));
  return { ...world, phase: 'up', services: { ...known, ...Object.fromEntries(found) } };
};

/** What a daemon asked last may never have been asked: a probe and a SIGKILL are repeated. */
const unanswered = ({ state, probe, stop, deadlineAtMs }: ServiceWorld, atMs: number) => ({
  probe: probe && { ...probe, inFlight: false },
  stop: stop && { ...stop, killedAtMs: null },
  // One that was given up as undying waits for nothing any more.
  deadlineAtMs: state !== 'stopping' || stop?.killedAtMs == null ? deadlineAtMs : Math.max(atMs, stop.killedAtMs),
});

/**
No deadline and no question lies further ahead than it is ever set: the clock may have been set since by a predecessor that
was ahead of it, and a stop must not wait for an hour.
*/
const withinReach = (service: ServiceWorld, atMs: number): ServiceWorld => {
  const { spec, state, stop, probe, deadlineAtMs } = service;
  const graceMs = stop?.killedAtMs == null ? (stop?.graceMs ?? spec.stop.graceMs) : limits.killTimeoutMs;
  const windowMs = state === 'stopping' ? graceMs : limits.backoffMsMax;
  return {
    ...service,
    deadlineAtMs: deadlineAtMs === null ? null : Math.min(deadlineAtMs, atMs + windowMs),
    probe: probe && { ...probe, nextAtMs: Math.min(probe.nextAtMs, atMs + (spec.readiness?.intervalMs ?? 0)) },
  };
};

const mapServices = (
  { services }: StackWorld,
  change: (service: ServiceWorld) => ServiceWorld,
): Readonly<Record<string, ServiceWorld>> =>
  Object.fromEntries(Object.entries(services).map(([name, service]) => [name, change(service)]));

const atRest = { identity: null, startedAtMs: null, probe: null, stop: null, deadlineAtMs: null } as const;

const bornAs = ({ generation, version }: Launch) => ({ ...atRest, generation, version });

/** That it was started is still to be told; whether it is to run was decided before. */
const stateOfBorn = ({ wanted, stop }: ServiceWorld): Pick<ServiceWorld, 'state' | 'stop'> =>
  wanted === 'up' ? { state: 'starting', stop: null } : { state: 'stopping', stop };

/** A service of which only the record of its start is left: it can be seen and stopped, and the next `up` replaces it. */
const strayOf = (launch: Launch): ServiceWorld => ({
  spec: {
    name: launch.service,
    component: null,
    needsBinary: false,
    dependencies: [],
    readiness: null,
    restart: { when: 'no', retriesMax: null },
    stop: { signal: 'SIGTERM', graceMs: 10_000, scope: launch.stopScope },
    ports: {},
  },
  fingerprint: '',
  next: null,
  wanted: 'up',
  restarts: 0,
  endsInRow: 0,
  lastExit: null,
  lastChange: { atMs: 0, from: null },
  reason: null,
  ...bornAs(launch),
  state: 'starting',
});
