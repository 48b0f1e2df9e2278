import type { Processes } from '../../../source/ports.ts';
import type { Bodies, Body, OnExit } from './bodies.ts';
import type { Lifeline } from './lifeline.ts';

/** The processes of a simulated machine, as one daemon starts, adopts, signals and watches them. */
export const createFakeProcesses = (
  bodies: Bodies,
  line: Lifeline,
  of: {
    /** What a start takes. */
    readonly spawnMs: () => number;
    /** What keeps it from coming to be: an error to throw. */
    readonly refusal: (service: string) => Error | null;
    /** Called when somebody is buried alive. */
    readonly onMistake: (sentence: string) => void;
  },
): Processes => {
  /** Whom this daemon holds; by it, and never by name alone, signals find their way. */
  const mine = new Map<string, Body>();

  const watch = (service: string, body: Body, onExit: OnExit): void => {
    mine.set(service, body);
    body.watcher = {
      line,
      onExit: (exit) => {
        if (mine.get(service) === body) mine.delete(service);
        onExit(exit);
      },
    };
  };

  return {
    start: (launch, onExit) =>
      line.ask(() => {
        const refused = of.refusal(launch.service);
        if (refused) throw refused;
        const body = bodies.bear(launch);
        watch(launch.service, body, onExit);
        return body.started;
      }, of.spawnMs()),
    adopt: (launch, started, onExit) =>
      line.ask(() => {
        const body = bodies.find(started.identity);
        if (!body?.alive) return false;
        if (body.launch.generation !== launch.generation)
          of.onMistake(`${launch.service} is adopted under another name`);
        watch(launch.service, body, onExit);
        return true;
      }),
    survivors: () =>
      line.ask(() =>
        bodies.all
          .filter((body) => body.alive || (bodies.isRecorded(body) && body.exit?.signal !== 'SIGKILL'))
          .map(({ launch, started }) => ({ launch, started })),
      ),
    forget: (launch) => line.ask(() => bodies.forget(launch)),
    bury: (launch, started) =>
      line.ask(() => {
        const body = bodies.find(started.identity);
        if (body?.alive) of.onMistake(`${launch.service} is buried alive`);
        return { ...(body?.exit ?? { code: null, signal: null, atMs: 0 }), stragglers: 0 };
      }),
    rung: () => ({ name: 'tracker', why: 'simulated' }),
    signal: (service, signal) =>
      line.ask(() => {
        const body = mine.get(service);
        if (!body?.alive) return 0;
        bodies.deliver(body, signal);
        return 1;
      }),
    kill: (service) =>
      line.ask(() => {
        const body = mine.get(service);
        if (!body?.alive) return { killed: 0, left: 0 };
        bodies.kill(body);
        return { killed: 1, left: body.alive ? 1 : 0 };
      }),
    usage: () =>
      line.ask(() => {
        const living = [...mine].filter(([, body]) => body.alive);
        return new Map(living.map(([service]) => [service, { cpuPercent: 1, rssBytes: 1_000_000, processes: 1 }]));
      }),
    alive: (identity) => line.ask(() => bodies.find(identity)?.alive ?? false),
  };
};
