import type { StackEvent, UpAnswer, UpRequest } from '../api/protocol.ts';
import type { Backend } from '../api/server.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import { planUp } from '../core/plan.ts';
import type { Clock, Processes } from '../ports.ts';
import type { Store } from '../store/store.ts';
import type { Held } from './held.ts';
import type { History } from './history.ts';
import { launchOf } from './launch-of.ts';
import { openLock } from './open-lock.ts';
import { withOrigins } from './plan-origins.ts';
import { sendSignal } from './send-signal.ts';
import type { Supervisor } from './supervisor.ts';
import type { Upgrades } from './upgrade/upgrades.ts';
import { type Moved, withMoves } from './version-moves.ts';

/** What stands behind the routes: each request becomes a fact for the loop, or a look at what is. */
export const createBackend = (
  supervisor: Supervisor,
  of: {
    readonly clock: Clock;
    readonly processes: Processes;
    readonly store: Store;
    readonly upgrades: Upgrades;
    readonly afterUp: () => Promise<void>;
  },
): Backend => {
  const { stack, loop, lock, history, logs, sessions, inTurn } = supervisor;

  const note = (type: string, message: string): void =>
    void history.add({ atMs: of.clock.nowMs(), service: null, type, from: null, to: null, message });

  const known = (name: string): void => {
    const names = Object.keys(loop.world().services);
    // A daemon that just started, or is about to leave, runs no stack: no name would do.
    if (names.length === 0) throw new BootyError('STACK_DOWN', { stack });
    if (!names.includes(name)) throw new BootyError('SERVICE_UNKNOWN', { service: name, stack, known: names });
  };

  /** Throws STACK_STOPPING when nothing that is asked now would be done: whatever it is, or a definition. */
  const stays = (asked: 'up' | null = null): void => {
    const { phase } = loop.world();
    if (loop.hasLeft() || phase === 'ended' || (asked === 'up' && phase === 'stopping'))
      throw new BootyError('STACK_STOPPING', { stack });
  };

  const movedOf = ({ orders, assembled }: Held): Moved =>
    withMoves(orders, assembled.binaries, (service) => lock.pinOf(service)?.version ?? null, loop.world());

  const planOf = async (next: Held): Promise<UpAnswer> => {
    const installed = new Set<string>();
    for (const { service, package: name, range } of next.assembled.binaries) {
      // What is wrong with one binary is told when its service starts; the others start all the same.
      if (await of.store.find(name, range, lock.pinOf(service)).catch(() => null)) installed.add(service);
    }
    return { plan: planUp(movedOf(next).orders, next.start, installed, loop.world()) };
  };

  const prepared = inTurn(async (request: UpRequest) => {
    const next = await supervisor.prepare(request);
    await next.ports.releaseAll();
    await openLock(supervisor, next, request);
    return { answer: await planOf(next), next };
  });

  return {
    ps: supervisor.row,
    plan: async (request) => {
      const { answer, next } = await prepared(request);
      return { plan: await withOrigins(of, lock, next.assembled.binaries, answer.plan) };
    },
    up: inTurn(async (request) => {
      const { phase } = loop.world();
      stays('up');
      of.upgrades.guard(null);
      const next = await supervisor.prepare(request);
      const stale = await openLock(supervisor, next, request).catch(async (error: unknown) => {
        await next.ports.releaseAll();
        throw error;
      });
      for (const message of stale) note('lock.changed', message);
      const { orders, notes } = movedOf(next);
      for (const message of notes) note('lock.changed', message);
      const answer = await planOf(next);
      await supervisor.adoptDefinition(next, request);
      // An upgrade that was cut off: what stands against a start is put right before.
      const recovered = of.upgrades.recover();
      // Beside a stack that runs: a start of its own would wait for this very turn to end.
      if (phase === 'up') recovered.catch((error: unknown) => note('upgrade.failed', reasonOf(error)));
      else await recovered;
      of.upgrades.keepLooking();
      await of.afterUp();
      const logEnds = await logs.ends(next.orders.map(({ spec }) => spec.name));
      // It may have been asked to go down meanwhile, or have nobody left to stay for.
      await loop.taken();
      stays('up');
      loop.post({ type: 'up.requested', orders, start: request.idle ? [] : next.start });
      // Whoever waits looks at states from here on; there is one to look at also when nothing changes.
      sessions.stateChanged();
      await supervisor.remembered();
      return { ...answer, logEnds };
    }),
    down: ({ force, graceMsMax }) => {
      const message = ['asked to stop', 'asked again: graces are shortened', 'asked to kill all'][force] ?? '';
      note('down.requested', message);
      loop.post({ type: 'down.requested', force, graceMsMax });
    },
    service: async (name, action) => {
      known(name);
      stays();
      of.upgrades.guard(name);
      // The first start since the machine was restarted: an upgrade that was cut off is put right before, as by an up.
      if (action !== 'stop' && loop.world().phase === 'idle') await of.upgrades.recover();
      stays();
      loop.post({ type: `${action}.requested`, service: name });
      // Whoever has an answer waits for what was asked: it must outlive this daemon.
      await supervisor.remembered();
    },
    signal: async (service, { signal }) => {
      known(service);
      return { reached: await sendSignal(supervisor, of, service, signal) };
    },
    launch: (service) => {
      known(service);
      return launchOf(supervisor, service);
    },
    log: (service, window) => {
      known(service);
      return logs.window(service, window);
    },
    search: (service, pattern, ask) => {
      known(service);
      return logs.search(service, pattern, ask);
    },
    logs: (services, from, follow, gone) => {
      for (const name of services) known(name);
      return logs.follow(services.length > 0 ? services : Object.keys(loop.world().services), from, follow, gone);
    },
    raw: (service, { byte, ...from }, follow, gone) => {
      known(service);
      return logs.raw(service, { ...from, bytes: byte === null ? {} : { [service]: byte } }, follow, gone);
    },
    events: (follow, gone) => tellEvents(history, follow, gone),
    upgrades: of.upgrades.look,
    planUpgrade: of.upgrades.plan,
    upgrade: ({ who, ...ask }) => of.upgrades.begin(ask, who),
    cancelUpgrade: of.upgrades.cancel,
    deferUpgrade: of.upgrades.defer,
    history: of.upgrades.history,
    session: sessions.join,
  };
};

async function* tellEvents(history: History, follow: boolean, gone: Promise<void>): AsyncGenerator<StackEvent> {
  const queue: StackEvent[] = [...history.recent()];
  if (!follow) {
    yield* queue;
    return;
  }
  let wake: () => void = () => {};
  let left = false;
  const stop = history.onAdd((event) => {
    queue.push(event);
    wake();
  });
  void gone.then(() => {
    left = true;
    wake();
  });
  try {
    while (!left) {
      yield* queue.splice(0);
      if (queue.length === 0 && !left) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stop();
  }
}
