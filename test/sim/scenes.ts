/**
Short plays in which things go wrong together that chance alone brings together too seldom: a daemon that dies in the midst
of a stop and is followed by another at once or late, a service that ends in the midst of a stop of all, a machine that is
restarted right after a task has begun anew, answers of health checks that come when somebody else runs, a
process that outlasts every way to end it.
*/
import type { DownAsk } from './graces.ts';
import type { Machine } from './machine/machine.ts';
import type { Seeded } from './seeded.ts';

export const createScenes = (of: {
  readonly seeded: Seeded;
  readonly machine: Machine;
  readonly services: readonly string[];
  /** Of these, those with a health check that asks. */
  readonly checked: readonly string[];
  /** Later, unless nothing is to go wrong any more. */
  readonly later: (afterMs: number, run: () => void) => void;
  readonly ask: (service: string, action: 'stop' | 'restart') => void;
  readonly askDown: (ask: DownAsk) => void;
  readonly kill: () => void;
  /** Unless a daemon lives. */
  readonly boot: () => void;
  readonly restartMachine: () => void;
  readonly setClock: () => void;
  /** Nothing else is done for so long. */
  readonly rest: (forMs: number) => void;
}): (() => void) => {
  const { seeded, machine, later } = of;
  const { between, pick, chance } = seeded;
  /** A daemon dies, and another comes that much later; maybe that one dies as well while it takes over. */
  const die = (awayMs: number): void => {
    of.kill();
    if (chance(0.3)) of.setClock();
    later(awayMs, of.boot);
    if (!chance(0.3)) return;
    later(awayMs + between(0, 1_500), () => {
      of.kill();
      later(between(0, 300), of.boot);
    });
  };
  const down = (): void => of.askDown({ force: pick([0, 0, 0, 1]), graceMsMax: pick([null, null, 500]) });

  /** Some are to run again; the daemon dies when they are asked to end, and the next comes when their grace is over. */
  const restarts = (): void => {
    for (const service of seeded.shuffled(of.services).slice(0, between(2, 6))) of.ask(service, 'restart');
    later(between(20, 500), () => die(pick([100, 500, 1_500, 4_000])));
  };
  const stop = (): void => {
    down();
    later(between(20, 500), () => die(pick([100, 500, 1_500, 4_000])));
  };
  const ends = (): void => {
    down();
    for (const service of of.services)
      later(between(0, 600), () => {
        for (const body of machine.bodies.living(service)) if (chance(0.5)) machine.bodies.end(body, 1, null);
      });
  };
  const taskAgain = (): void => {
    const tasks = of.services.filter((service) => machine.bodies.all.findLast(isOf(service))?.exit?.code === 0);
    machine.slowRunFile(2_000);
    of.ask(pick(tasks.length > 0 ? tasks : of.services), 'restart');
    later(between(250, 500), () => {
      of.kill();
      of.restartMachine();
      later(between(0, 300), of.boot);
    });
  };
  const slowChecks = (): void => {
    machine.slowChecks(6_000);
    const service = pick(of.checked.length > 0 ? of.checked : of.services);
    for (let atMs = 0; atMs < 5_000; atMs += between(300, 1_200)) later(atMs, () => of.ask(service, 'restart'));
  };
  /** It hears nothing and does not die of SIGKILL at once: it is given up, and its end comes when nobody waits for it. */
  const outlasts = (): void => {
    // It takes much of a life.
    if (chance(0.7)) return restarts();
    const service = pick(of.services);
    for (const { character } of machine.bodies.living(service)) {
      character.obeys = false;
      character.undying = true;
    }
    of.ask(service, 'stop');
    of.rest(15_000);
  };
  const scenes = [
    restarts,
    restarts,
    restarts,
    stop,
    stop,
    stop,
    stop,
    ends,
    taskAgain,
    slowChecks,
    slowChecks,
    slowChecks,
    outlasts,
  ];
  return () => pick(scenes)();
};

const isOf =
  (service: string) =>
  ({ launch }: { readonly launch: { readonly service: string } }): boolean =>
    launch.service === service;
