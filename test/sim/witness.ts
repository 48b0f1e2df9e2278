/**
Watches a daemon from outside, as a client does, and holds what it says against what is so in the machine. Each claim
that does not hold is a sentence in `broken`.
*/
import type { Frame } from '../../source/api/protocol.ts';
import { limits } from '../../source/core/limits.ts';
import type { ServiceState, StackDefinition } from '../../source/core/model.ts';
import type { Launch } from '../../source/ports.ts';
import { type Claims, createClaims } from './claims.ts';
import { createGraces, type DownAsk } from './graces.ts';
import type { Body } from './machine/bodies.ts';
import type { Machine } from './machine/machine.ts';
import { createPaces, type Paces } from './paces.ts';
import { createPromises } from './promises.ts';
import { createRecords } from './records.ts';

export type Witness = {
  readonly broken: readonly string[];
  /** States by what was last told. */
  readonly states: ReadonlyMap<string, ServiceState>;
  readonly hear: (frame: Frame) => void;
  readonly birth: (launch: Launch) => void;
  /** Called right before the first SIGKILL reaches somebody. */
  readonly kill: (body: Body) => void;
  /** Somebody takes the stack down, maybe in haste. */
  readonly down: (ask: DownAsk) => void;
  /** Somebody wants it up again; to be called once that is taken. */
  readonly up: () => () => void;
  readonly mistake: (sentence: string) => void;
  /** A new daemon: what it says begins anew. */
  readonly restartWatch: () => void;
  /** A daemon is gone: by its own will, and after the last word about a stack nothing of it runs; or it was killed. */
  readonly farewell: (isByItself: boolean) => void;
  /** Nobody lets the daemon run: what is under way has its time after so long. */
  readonly forgiveTime: (lengthMs: number) => void;
  /** Somebody has set the clock. Nothing is forgiven for it. */
  readonly jump: (byMs: number) => void;
  /** Somebody asks for something; to be called with whether it was taken once it is answered, or cannot be any more. */
  readonly wish: (path: string) => (isTaken: boolean) => void;
  /** What was taken may not be written down, or is not what counts any more. */
  readonly doubt: (lengthMs?: number) => void;
  /** A health check asks. */
  readonly question: Paces['question'];
  readonly answer: Claims['answer'];
  /** What a daemon wrote down is damaged: its successor may know of processes only, until it is told anew. */
  readonly forget: () => void;
  readonly remember: () => void;
  /** The next daemon is to know these: its predecessor has written them down where it can be read. */
  readonly expect: (services: readonly string[]) => void;
  /** To be called after each step. */
  readonly look: () => void;
};

/** What a stop may take beyond grace and SIGKILL: a start under way is answered first. */
const startAnswerMsMax = limits.spawnTimeoutMs + 5_000;
/** Of those whose definition is lost. */
const strayGraceMs = 10_000;
/** How late timers may be. */
const latenessMs = 50;
/** From the decision to stop until the signal is out: what was decided is written down first, and all are found. */
const deliveryMs = 700;
/** An end is told late when the log drains slowly, and later still when it is only looked for. */
const endUntoldMsMax = 10_000;
/** In these states nothing of a service runs. */
const resting: ReadonlySet<ServiceState> = new Set([
  'stopped',
  'fetching',
  'waiting',
  'completed',
  'backoff',
  'skipped',
]);

export const createWitness = (of: {
  readonly machine: () => Machine;
  readonly definition: StackDefinition;
  readonly elapsedMs: () => number;
  /** A service has been asked to stop, and has so much time. */
  readonly stopBegins: (graceMs: number) => void;
  /** A daemon lives. */
  readonly isKept: () => boolean;
  readonly say: (line: string) => void;
}): Witness => {
  const broken: string[] = [];
  const states = new Map<string, ServiceState>();
  const stopping = new Map<string, { readonly sinceMs: number; readonly limitMs: number }>();
  const demand = (holds: boolean, sentence: string): void => {
    if (!holds) broken.push(sentence);
  };
  const definitionOf = (name: string) => of.definition.services.find((service) => service.name === name);

  const { elapsedMs } = of;
  const graces = createGraces({
    definition: of.definition,
    living: () => of.machine().bodies.all.filter((body) => body.alive),
    elapsedMs,
  });
  const records = createRecords(of);
  const paces = createPaces({
    definition: of.definition,
    states,
    living: () => of.machine().bodies.all.filter((body) => body.alive),
    isForgotten: () => hasForgotten(),
    elapsedMs,
    wallMs: () => of.machine().wall.nowMs(),
    demand,
  });

  const claims = createClaims({
    definition: of.definition,
    states,
    bootId: () => of.machine().bodies.bootId(),
    bodies: () => of.machine().bodies.all,
    // What a stack was is cleared away once it has ended; a daemon killed in the midst of that leaves some of it.
    isForgotten: () => hasForgotten() || isOver,
    demand,
  });
  const promises = createPromises({
    elapsedMs,
    isLiving: (name) => of.machine().bodies.living(name).length > 0,
    demand,
  });
  /** Nothing was told yet by this daemon. */
  let isFirst = true;

  let expected: readonly string[] = [];
  let hasToldEnd = false;
  const checkEmpty = (): void => {
    const left = of.machine().bodies.all.filter((body) => body.alive && !body.character.undying);
    const names = left.map((body) => body.launch.service);
    demand(left.length === 0, `the stack has ended and ${names.join(', ')} is alive`);
  };

  let isForgotten = false;
  let isOver = false;
  /** They ran when it was forgotten, and may still go by what a daemon without a memory gave them. */
  let strays: readonly Body[] = [];
  const noteStrays = (): void => void (strays = of.machine().bodies.all.filter((body) => body.alive));
  const hasForgotten = (): boolean => isForgotten || strays.some((body) => body.alive);

  const checkConditions = (name: string): void => {
    if (isForgotten) return;
    for (const { service, condition, required } of definitionOf(name)?.dependencies ?? []) {
      if (!required) continue;
      const state = states.get(service);
      const claim = `${name} starts although ${service} is ${state} (${condition})`;
      const own = of.machine().bodies.all.filter((body) => body.launch.service === service);
      demand(own.length > 0, claim);
      const isServer = definitionOf(service)?.healthcheck?.probe.kind !== 'none';
      if (condition === 'service_healthy') demand(state === 'ready' || (state === 'completed' && !isServer), claim);
      if (condition !== 'service_completed_successfully') continue;
      // An end that no disk could take is known to the daemon that saw it, and to nobody once that one has died.
      const last = own.findLast(({ launch, exit, isEndWritten, heardBy }) => {
        const isKnown = isEndWritten || heardBy?.isAlive() === true || records.knowsEnd(launch);
        return exit === null || isKnown;
      });
      demand(last?.exit?.code === 0, claim);
    }
  };

  /** A daemon that is frozen in the midst of a turn does all of that turn first. */
  const runsFromMs = (): number => Math.max(of.elapsedMs(), frozenUntilMs);

  const change = (name: string, from: ServiceState | null, to: ServiceState): void => {
    of.say(`${name}: ${from} -> ${to}`);
    const known = states.get(name);
    demand(known === undefined || known === from, `${name} was ${known} and is told to have been ${from}`);
    states.set(name, to);
    claims.change(name, from, to);
    if (to === 'starting') checkConditions(name);
    if (to === 'failed' && from === 'stopping') checkGivenUp(name);
    if (to !== 'stopping') return void stopping.delete(name);
    stopping.set(name, { sinceMs: runsFromMs(), limitMs: stopLimitMs(name, from) });
    of.stopBegins(definitionOf(name)?.stopGraceMs ?? 0);
  };

  /** Only what has outlived a SIGKILL does not die of it. */
  const checkGivenUp = (name: string): void => {
    const left = of.machine().bodies.living(name);
    demand(
      left.every((body) => body.isKilled),
      `${name} is given up, and nobody has sent it SIGKILL`,
    );
  };

  /** What a stop may take, from now on. */
  const stopLimitMs = (name: string, from: ServiceState | null): number => {
    const graceMs = hasForgotten() ? strayGraceMs : (definitionOf(name)?.stopGraceMs ?? strayGraceMs);
    return graceMs + limits.killTimeoutMs + latenessMs + deliveryMs + (from === 'starting' ? startAnswerMsMax : 0);
  };

  /** Since when somebody is told to be up who is not; a moment of it is the time until the end is told. */
  const missing = new Map<string, number>();
  let frozenUntilMs = 0;
  const checkTruth = (): void => {
    const { bodies } = of.machine();
    for (const [name, state] of states) {
      const [body] = bodies.living(name);
      if (body && resting.has(state))
        demand(false, `${name} is told to be ${state} while generation ${body.launch.generation} lives`);
      if (body || (state !== 'ready' && state !== 'unhealthy')) missing.delete(name);
      else if (!missing.has(name)) missing.set(name, runsFromMs());
    }
    for (const [name, sinceMs] of missing)
      demand(
        of.elapsedMs() - sinceMs <= endUntoldMsMax,
        `${name} has been gone for long and is told to be ${states.get(name)}`,
      );
  };

  return {
    broken,
    states,
    hear: (frame) => {
      if (frame.type === 'state') {
        const told = new Set(frame.row.services.map(({ name }) => name));
        const lost = expected.filter((name) => !told.has(name));
        demand(lost.length === 0, `${lost.join(', ')} is in the copy of the run file and forgotten`);
        expected = [];
        claims.hearRow(frame);
        if (isFirst) promises.hear(frame.row);
        isFirst = false;
        for (const { name, state } of frame.row.services) {
          const known = states.get(name);
          demand(known === undefined || known === state, `${name} is ${state} and ${known} was told last`);
          states.set(name, state);
          // One that a predecessor has asked: by whom, and while what, is not told any more.
          if (state === 'stopping' && !stopping.has(name))
            stopping.set(name, { sinceMs: runsFromMs(), limitMs: stopLimitMs(name, 'starting') });
        }
      } else if (frame.type === 'event' && frame.event.type === 'service.changed') {
        const { service, from, to } = frame.event;
        if (service !== null && to !== null) change(service, from, to);
      } else if (frame.type === 'ended') {
        of.say(`the daemon says: ${frame.message}`);
        hasToldEnd = true;
        isOver = true;
        checkEmpty();
        // What does not die outlives the run file of its stack: the next daemon knows it by the record of its start alone.
        noteStrays();
      }
      paces.hear(frame);
    },
    birth: (launch) => {
      const { service, generation } = launch;
      graces.birth(launch);
      paces.birth(service);
      promises.birth(service);
      of.say(`${service} is born, generation ${generation}`);
      const [other] = of.machine().bodies.living(service);
      demand(!other, `${service} ${generation} is born while its generation ${other?.launch.generation} lives`);
    },
    kill: (body) => {
      of.say(`${body.launch.service} is killed, generation ${body.launch.generation}`);
      const wrong = graces.judge(body);
      if (wrong !== null) broken.push(wrong);
    },
    down: (ask) => {
      graces.down(ask);
      claims.down(ask);
    },
    up: () => {
      claims.up();
      return graces.up();
    },
    mistake: (sentence) => void broken.push(sentence),
    restartWatch: () => {
      states.clear();
      stopping.clear();
      missing.clear();
      records.restartWatch();
      paces.restartWatch();
      claims.restartWatch();
      isFirst = true;
    },
    farewell: (isByItself) => {
      if (isByItself && hasToldEnd) checkEmpty();
      hasToldEnd = false;
    },
    forgiveTime: (lengthMs) => {
      const atMs = elapsedMs() + lengthMs;
      frozenUntilMs = Math.max(frozenUntilMs, atMs);
      for (const [name, { sinceMs, limitMs }] of stopping)
        stopping.set(name, { sinceMs: Math.max(sinceMs, atMs), limitMs });
      for (const [name, sinceMs] of missing) missing.set(name, Math.max(sinceMs, atMs));
      records.forgiveTime(lengthMs);
      paces.forgiveTime(lengthMs);
      promises.forget(lengthMs);
    },
    question: paces.question,
    answer: claims.answer,
    wish: (path) => {
      const answered = paces.wish();
      const taken = promises.ask(path);
      return (isTaken) => {
        answered();
        taken(isTaken);
      };
    },
    doubt: promises.forget,
    jump: paces.jump,
    forget: () => {
      isForgotten = true;
      noteStrays();
      promises.forget();
      paces.forget();
    },
    remember: () => {
      isForgotten = false;
      isOver = false;
    },
    expect: (services) => void (expected = services),
    look: () => {
      for (const [name, { sinceMs, limitMs }] of stopping)
        demand(of.elapsedMs() - sinceMs <= limitMs, `${name} is stopping for more than ${limitMs} ms`);
      checkTruth();
      paces.look();
      const wrong = records.look();
      if (wrong !== null) broken.push(wrong);
    },
  };
};
