/** What people ask for: each request is noted as a wish; the table and `settle` let it come true. */
import { changesOf, isSame } from './changes.ts';
import { assert } from './error.ts';
import type { Event, ServiceOrder } from './event.ts';
import { feed } from './feed.ts';
import { dependantsOf, findCycle, withDependencies } from './graph.ts';
import { limits } from './limits.ts';
import { nodesOf, patch, serviceOf, servicesOf, type Turn } from './turn.ts';
import { isDone, isLive, isOccupied, type ServiceWorld } from './world.ts';

/** Brings the stack to a definition: starts, keeps, restarts and drops as `changesOf` says. */
export const takeUp = (turn: Turn, event: Extract<Event, { readonly type: 'up.requested' }>): void => {
  const { orders } = event;
  assert(orders.length <= limits.servicesMax, `at most ${limits.servicesMax} services`);
  assert(findCycle(orders.map((order) => order.spec)) === null, 'a definition has no dependency cycle');
  const changes = changesOf(orders, event.start, turn.world);
  turn.world = { ...turn.world, phase: 'up', force: 0, graceMsMax: null, stopStartedAtMs: null, stopping: [] };
  const has = (name: string, ...actions: readonly string[]) => actions.includes(changes.get(name)?.action ?? '');
  // What is under way to a definition that is no more begins anew.
  for (const { spec } of orders) if (has(spec.name, 'restart')) restart(turn, spec.name, event);
  for (const order of orders) place(turn, order, has(order.spec.name, 'leave'), event.atMs);
  for (const { spec } of orders) {
    const service = serviceOf(turn, spec.name);
    const done = has(spec.name, 'keep') && service !== undefined && isDone(service);
    if (!done && !has(spec.name, 'leave')) wish(turn, spec.name, 'up', event);
  }
  for (const name of changes.keys()) if (has(name, 'drop')) wish(turn, name, 'gone', event);
};

/** Notes the definition a service is to have: at once when nothing of it runs, else from its next start on. */
const place = (turn: Turn, order: ServiceOrder, leave: boolean, atMs: number): void => {
  const { spec, fingerprint } = order;
  const known = serviceOf(turn, spec.name);
  if (!known) {
    const service = newService(order, turn.world.generationFloor, atMs);
    turn.world = { ...turn.world, services: { ...turn.world.services, [spec.name]: service } };
    return;
  }
  const same = isSame(order, known);
  // One that is under way or has done its work keeps what it goes by until somebody chooses it again.
  const resting = !isOccupied(known) && (!leave || known.state === 'stopped' || known.state === 'failed');
  if (resting) patch(turn, spec.name, { spec, fingerprint, version: same ? known.version : null, next: null });
  else if (!leave) patch(turn, spec.name, { next: same ? null : order });
};

const newService = ({ spec, fingerprint }: ServiceOrder, generation: number, atMs: number): ServiceWorld => ({
  spec,
  fingerprint,
  state: 'stopped',
  next: null,
  wanted: 'down',
  generation,
  identity: null,
  version: null,
  startedAtMs: null,
  restarts: 0,
  endsInRow: 0,
  lastExit: null,
  lastChange: { atMs, from: null },
  reason: null,
  deadlineAtMs: null,
  probe: null,
  stop: null,
});

/** Starts a service and what it depends on; a task among these that has done its work is left alone. */
export const takeStart = (turn: Turn, event: Extract<Event, { readonly service: string }>): void => {
  wake(turn, event.service);
  for (const name of withDependencies(nodesOf(turn), [event.service])) {
    const service = serviceOf(turn, name);
    if (service && (name === event.service || !isDone(service))) wish(turn, name, 'up', event);
  }
};

/** After a restart of the machine the services are known and nobody wants one: whoever asks for one gets it alone. */
const wake = (turn: Turn, name: string): void => {
  if (turn.world.phase === 'idle' && serviceOf(turn, name)) turn.world = { ...turn.world, phase: 'up' };
};

/** Restarts a service, and with it those running ones that asked for that (`restart: true`), directly or not. */
export const takeRestart = (turn: Turn, event: Extract<Event, { readonly service: string }>): void => {
  wake(turn, event.service);
  if (turn.world.phase !== 'up') return;
  const dependants = dependantsOf(nodesOf(turn));
  const restarting = new Set([event.service]);
  for (const leader of restarting) {
    for (const name of dependants.get(leader) ?? []) {
      const follower = serviceOf(turn, name);
      const follows = follower?.spec.dependencies.some((on) => on.service === leader && on.restart) ?? false;
      if (follower && follows && isLive(follower.state)) restarting.add(name);
    }
  }
  for (const name of restarting) restart(turn, name, event);
  takeStart(turn, event);
};

/** Sets a service back to its beginning; the wish for `up` that follows brings it on its way again. */
const restart = (turn: Turn, name: string, event: Event): void => {
  const service = serviceOf(turn, name);
  if (!service || isPastAsking(service, event)) return;
  if (isLive(service.state)) patch(turn, name, { wanted: 'again' });
  else feed(turn, name, 'want.down', event);
};

/** Takes the whole stack down; a second request can only make it faster. */
export const takeDown = (turn: Turn, event: Extract<Event, { readonly type: 'down.requested' }>): void => {
  const { world } = turn;
  if (world.phase === 'ended') return;
  const force = Math.max(world.force, event.force) as 0 | 1 | 2;
  if (world.phase !== 'stopping') {
    const stopping = servicesOf(turn).flatMap(([name, { state }]) => (isLive(state) ? [name] : []));
    turn.world = { ...world, phase: 'stopping', stopStartedAtMs: event.atMs, stopping };
  }
  turn.world = { ...turn.world, force, graceMsMax: event.graceMsMax ?? world.graceMsMax };
  for (const [name, { state }] of servicesOf(turn)) {
    wish(turn, name, 'down', event);
    if (!isLive(state)) continue;
    if (force === 2) feed(turn, name, 'kill', event);
    else shorten(turn, name);
  }
};

/** Whoever was asked already feels a new bound on its grace, too. */
const shorten = (turn: Turn, name: string): void => {
  const service = serviceOf(turn, name);
  if (!service?.stop || service.state !== 'stopping' || service.deadlineAtMs === null) return;
  const { askedAtMs, killedAtMs, isSent } = service.stop;
  if (killedAtMs !== null) return;
  const { force, graceMsMax } = turn.world;
  // The grace of one whose signal is on its way has not begun.
  const hadMs = isSent ? turn.atMs - askedAtMs : 0;
  const boundMs = force === 0 ? Number.POSITIVE_INFINITY : hadMs + limits.shortenedGraceMs;
  const graceMs = Math.min(service.stop.graceMs, graceMsMax ?? Number.POSITIVE_INFINITY, boundMs);
  if (graceMs === service.stop.graceMs) return;
  // Nor has the time for its signal to get out: whatever kept that back (nobody let this daemon run) kept the wish back, too.
  const beganAtMs = isSent ? askedAtMs : turn.atMs;
  const stop = { ...service.stop, graceMs, askedAtMs: beganAtMs };
  patch(turn, name, { deadlineAtMs: Math.max(beganAtMs + graceMs, turn.atMs), stop });
};

/**
Notes what is wanted of a service. A wish for up is told to the table at once; a wish for down only when no process
runs: the others are asked by `settle`, in their order.
*/
export const wish = (turn: Turn, name: string, wanted: 'up' | 'down' | 'gone', event: Event): void => {
  const service = serviceOf(turn, name);
  if (!service || isPastAsking(service, event) || (wanted === 'up' && turn.world.phase !== 'up')) return;
  if (wanted !== 'up') {
    patch(turn, name, { wanted });
    if (!isLive(service.state)) feed(turn, name, 'want.down', event);
    return;
  }
  const goesFirst =
    service.state === 'stopping' || (isOccupied(service) && (service.wanted === 'again' || !isLive(service.state)));
  // A service that is asked for by hand starts counting its ends anew.
  const endsInRow = isLive(service.state) ? service.endsInRow : 0;
  patch(turn, name, { wanted: goesFirst ? 'again' : 'up', endsInRow });
  feed(turn, name, 'want.up', event);
};

/** What the definition names no more goes its way, unless a new definition or a `down` speaks of it. */
const isPastAsking = (service: ServiceWorld, event: Event): boolean =>
  service.wanted === 'gone' && event.type !== 'up.requested' && event.type !== 'down.requested';
