import { assert, BootyError, reasonOf } from '../../../source/core/error.ts';
import type { Launch, Processes } from '../../../source/ports.ts';
import type { Bodies, Body, OnExit } from './bodies.ts';
import type { Lifeline } from './lifeline.ts';

/** The processes of a simulated machine, as one daemon starts, adopts, signals and watches them. */
export const createFakeProcesses = (
  bodies: Bodies,
  line: Lifeline,
  of: {
    /** What a start takes. */
    readonly spawnMs: () => number;
    /** From its birth until the start is answered. */
    readonly answerMs: () => number;
    /** What it takes to find one that another daemon started. */
    readonly adoptMs: () => number;
    /** What it takes until a signal, SIGKILL too, is out: first all that belongs to a service must be found. */
    readonly deliveryMs: () => number;
    /** What keeps it from coming to be: an error to throw. */
    readonly refusal: (launch: Launch) => Error | null;
    /** Called when a signal, SIGKILL too, is to be sent, before it is out. */
    readonly onOrder: () => void;
    /** Called right before the first SIGKILL reaches somebody. */
    readonly onKill: (body: Body) => void;
    /** Called when somebody is buried alive. */
    readonly onMistake: (sentence: string) => void;
  },
): Processes => {
  /** Whom this daemon holds; by it, and never by name alone, signals find their way. */
  const mine = new Map<string, Body>();

  const watch = (service: string, body: Body, onExit: OnExit, isAdopted: boolean): void => {
    mine.set(service, body);
    body.watcher = {
      line,
      isAdopted,
      onExit: (exit) => {
        if (mine.get(service) === body) mine.delete(service);
        onExit(exit);
      },
    };
  };

  const born = (launch: Launch): Body => {
    try {
      return bodies.bear(launch);
    } catch (error) {
      throw notStarted(launch, reasonOf(error));
    }
  };

  return {
    start: async (launch, onExit) => {
      const started = await line.ask(() => {
        const { service } = launch;
        assert(!mine.has(service), `${service} is started while it runs`);
        const refused = of.refusal(launch);
        if (refused) throw refused;
        const body = born(launch);
        watch(service, body, onExit, false);
        return body.started;
      }, of.spawnMs());
      // What ends at once may have ended before its start is answered.
      return line.ask(() => started, of.answerMs());
    },
    adopt: (launch, started, onExit) =>
      line.ask(() => {
        const body = bodies.find(started.identity);
        if (!body?.alive) return false;
        if (body.launch.generation !== launch.generation)
          of.onMistake(`${launch.service} is adopted under another name`);
        watch(launch.service, body, onExit, true);
        return true;
      }, of.adoptMs()),
    survivors: (runFolder) =>
      line.ask(() => bodies.recorded(runFolder).map(({ launch, started }) => ({ launch, started }))),
    forget: (launch) => line.ask(() => bodies.forget(launch)),
    bury: (launch, started) =>
      line.ask(() => {
        if (bodies.find(started.identity)?.alive) of.onMistake(`${launch.service} is buried alive`);
        return { ...bodies.writtenEnd(launch), stragglers: 0 };
      }),
    rung: () => ({ name: 'tracker', why: 'simulated' }),
    signal: (service, signal) => {
      of.onOrder();
      const body = mine.get(service);
      return line.ask(() => {
        if (!body?.alive) return 0;
        bodies.deliver(body, signal);
        return 1;
      }, of.deliveryMs());
    },
    kill: (service) => {
      of.onOrder();
      const body = mine.get(service);
      return line.ask(() => {
        if (!body?.alive) return { killed: 0, left: 0 };
        if (!body.isKilled) of.onKill(body);
        bodies.kill(body);
        return { killed: 1, left: body.alive ? 1 : 0 };
      }, of.deliveryMs());
    },
    usage: () =>
      line.ask(() => {
        const living = [...mine].filter(([, body]) => body.alive);
        return new Map(living.map(([service]) => [service, { cpuPercent: 1, rssBytes: 1_000_000, processes: 1 }]));
      }),
    alive: (identity) => line.ask(() => bodies.find(identity)?.alive ?? false),
  };
};

export const notStarted = ({ service, command }: Launch, problem: string): BootyError =>
  new BootyError('SERVICE_NOT_STARTED', { service, command: command.join(' '), problem });
