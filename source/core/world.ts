/** Everything the core knows about one stack; plain data, replaced and never changed in place. */
import type { ServiceOrder } from './event.ts';
import type { ExitStatus, Identity, ServiceSpec, ServiceState } from './model.ts';

export type ProbeWindow = {
  readonly asked: number;
  readonly inFlight: boolean;
  readonly nextAtMs: number;
  readonly failuresInRow: number;
  readonly lastMessage: string | null;
};

export type StopWindow = {
  readonly askedAtMs: number;
  readonly graceMs: number;
  /** The signal went out; until then a daemon that dies takes it along, and its successor is to send it. */
  readonly isSent: boolean;
  readonly killedAtMs: number | null;
};

/** `again`: down first, then up; `gone`: down, then forgotten, because the definition names it no more. */
export type Wanted = 'up' | 'down' | 'again' | 'gone';

export type ServiceWorld = {
  readonly spec: ServiceSpec;
  readonly fingerprint: string;
  readonly state: ServiceState;
  /** The definition its next start follows; null while that is `spec`, by which the running process was started. */
  readonly next: ServiceOrder | null;
  /** What was asked for last; the state moves towards it. */
  readonly wanted: Wanted;
  /** Counts starts and is never used twice; an event of an older one is not about this process. */
  readonly generation: number;
  /** The running process; null while none runs or its start is under way. One that does not die keeps it. */
  readonly identity: Identity | null;
  readonly version: string | null;
  readonly startedAtMs: number | null;
  readonly restarts: number;
  /** Ends in a row without a long enough run between them. */
  readonly endsInRow: number;
  readonly lastExit: ExitStatus | null;
  readonly lastChange: { readonly atMs: number; readonly from: ServiceState | null };
  readonly reason: string | null;
  /** When backoff or grace is over. */
  readonly deadlineAtMs: number | null;
  readonly probe: ProbeWindow | null;
  readonly stop: StopWindow | null;
};

export type StackWorld = {
  readonly phase: 'idle' | 'up' | 'stopping' | 'ended';
  readonly force: 0 | 1 | 2;
  readonly graceMsMax: number | null;
  readonly stopStartedAtMs: number | null;
  /** Services that were alive when the stop began, in the order their rows are shown. */
  readonly stopping: readonly string[];
  /** The highest generation of a forgotten service: one that comes back under its name counts on from here. */
  readonly generationFloor: number;
  readonly services: Readonly<Record<string, ServiceWorld>>;
};

/** A stack nobody has asked anything of yet. */
export const emptyWorld: StackWorld = {
  phase: 'idle',
  force: 0,
  graceMsMax: null,
  stopStartedAtMs: null,
  stopping: [],
  generationFloor: 0,
  services: {},
};

/** True when a process of the service exists or is about to. */
export const isLive = (state: ServiceState): boolean =>
  state === 'starting' || state === 'ready' || state === 'unhealthy' || state === 'stopping';

/** True when the service is on its way up and no process exists yet. */
export const isPending = (state: ServiceState): boolean =>
  state === 'waiting' || state === 'fetching' || state === 'backoff';

/** True when a process has to be gone before another may start; also for one that does not die. */
export const isOccupied = (service: ServiceWorld): boolean => isLive(service.state) || service.identity !== null;

/** True for a task that has done its work; what has a health check is a server, and its end is no work done. */
export const isDone = (service: ServiceWorld): boolean =>
  service.state === 'completed' && service.spec.readiness === null;

/** True when the two differ at most in the questions that services are asked: when the next is due, what the last answer was. */
export const isSameButForQuestions = (one: StackWorld, other: StackWorld): boolean => {
  if (one === other) return true;
  const isSame = keysSame(one, other, 'services') && namesOf(one).join('\n') === namesOf(other).join('\n');
  return (
    isSame && Object.entries(one.services).every(([name, service]) => keysSame(service, other.services[name], 'probe'))
  );
};

const namesOf = ({ services }: StackWorld): readonly string[] => Object.keys(services);

const keysSame = <Kind extends object>(one: Kind, other: Kind | undefined, except: keyof Kind): boolean =>
  one === other ||
  (other !== undefined &&
    (Object.keys(one) as (keyof Kind)[]).every((key) => key === except || one[key] === other[key]));

/** True when a service came, went, or is in another state than before. */
export const hasOtherStates = (before: StackWorld, now: StackWorld): boolean =>
  before.services !== now.services &&
  (namesOf(before).length !== namesOf(now).length ||
    Object.entries(now.services).some(([name, { state }]) => before.services[name]?.state !== state));

/** When the newest of what is known happened: the clock of a predecessor may have been ahead of this one. */
export const newestAtMs = (world: StackWorld): number =>
  Math.max(
    0,
    ...Object.values(world.services).map(({ lastChange, startedAtMs, stop }) =>
      Math.max(lastChange.atMs, startedAtMs ?? 0, stop?.askedAtMs ?? 0),
    ),
  );
