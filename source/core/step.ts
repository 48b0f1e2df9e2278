/**
The one function that decides: what is known and what happened in, what is known then and what to do out. Pure: no
clock, no chance, no waiting; the same events always give the same world.
*/
import { actions } from './actions.ts';
import { judgeDependencies } from './conditions.ts';
import type { Effect } from './effect.ts';
import { assert } from './error.ts';
import type { Event } from './event.ts';
import { dependantsOf, withDependencies } from './graph.ts';
import { readAnswer } from './health.ts';
import { type Input, lifecycle } from './lifecycle.ts';
import { limits } from './limits.ts';
import { isLive, isPending, type ServiceWorld, type StackWorld } from './world.ts';
import { patch, serviceOf, type Turn } from './turn.ts';

export const step = (
  world: StackWorld,
  event: Event,
): { readonly world: StackWorld; readonly effects: readonly Effect[] } => {
  const turn: Turn = { atMs: event.atMs, world, effects: [], fetches: [] };
  take(turn, event);
  passDeadlines(turn, event);
  settle(turn, event);
  askProbes(turn);
  if (turn.fetches.length > 0) turn.effects.push({ type: 'binary.fetch', services: turn.fetches });
  return { world: turn.world, effects: turn.effects };
};

/** When the core wants to hear of the clock next; null when it waits for nothing. */
export const nextWakeAtMs = (world: StackWorld): number | null => {
  let next: number | null = null;
  const note = (atMs: number | null): void => {
    if (atMs !== null && (next === null || atMs < next)) next = atMs;
  };
  for (const service of Object.values(world.services)) {
    note(service.deadlineAtMs);
    if (isAsking(service) && service.probe && !service.probe.inFlight) note(service.probe.nextAtMs);
  }
  return next;
};

const take = (turn: Turn, event: Event): void => {
  switch (event.type) {
    case 'clock.ticked':
      return;
    case 'up.requested':
      return takeUp(turn, event);
    case 'down.requested':
      return takeDown(turn, event);
    case 'start.requested':
      for (const name of withDependencies(nodesOf(turn), [event.service])) {
        if (name === event.service || serviceOf(turn, name)?.state !== 'completed') wish(turn, name, 'up', event);
      }
      return;
    case 'stop.requested':
      return wish(turn, event.service, 'down', event);
    case 'restart.requested':
      return takeRestart(turn, event);
    case 'binary.fetched':
      return feed(turn, event.service, 'fetched', event);
    case 'binary.failed':
      return feed(turn, event.service, 'fetch.failed', event);
    case 'process.started':
      return feedCurrent(turn, event, 'started');
    case 'process.refused':
      return feedCurrent(turn, event, 'refused');
    case 'process.exited':
      return feedCurrent(turn, event, 'exited');
    case 'probe.answered':
      return takeAnswer(turn, event);
  }
};

/** Asks the table what an input does to a service and does it. */
const feed = (turn: Turn, name: string, input: Input, event: Event): void => {
  const service = serviceOf(turn, name);
  if (!service) return;
  const cell = lifecycle[service.state][input];
  assert(cell !== 'impossible', `${input} for ${name} while ${service.state}`);
  if (cell !== 'ignore') actions[cell](turn, service, event);
};

/** For facts about a process: those of an older generation are not about the one that runs. */
const feedCurrent = (turn: Turn, event: Extract<Event, { readonly generation: number }>, input: Input): void => {
  const service = serviceOf(turn, event.service);
  if (!service || service.generation !== event.generation) return;
  // An exit can be reported once more by a late observer; without a process there is nothing left to settle.
  if (input === 'exited' && !isLive(service.state) && service.state !== 'failed') return;
  feed(turn, event.service, input, event);
};

const takeUp = (turn: Turn, event: Extract<Event, { readonly type: 'up.requested' }>): void => {
  assert(event.orders.length <= limits.servicesMax, `at most ${limits.servicesMax} services`);
  turn.world = { ...turn.world, phase: 'up', force: 0, graceMsMax: null, stopStartedAtMs: null, stopping: [] };
  const changed: string[] = [];
  for (const { spec, fingerprint } of event.orders) {
    const known = serviceOf(turn, spec.name);
    if (known && known.fingerprint !== fingerprint && isLive(known.state)) changed.push(spec.name);
    const service: ServiceWorld = known
      ? { ...known, spec, fingerprint, version: known.fingerprint === fingerprint ? known.version : null }
      : newService(spec, fingerprint, event.atMs);
    turn.world = { ...turn.world, services: { ...turn.world.services, [spec.name]: service } };
  }
  dropUnnamed(turn, new Set(event.orders.map((order) => order.spec.name)), event);
  const chosen = withDependencies(nodesOf(turn), event.start);
  for (const { spec } of event.orders) {
    // A task that has done its work is not done again because somebody said `up` twice.
    if (chosen.has(spec.name) && serviceOf(turn, spec.name)?.state !== 'completed') wish(turn, spec.name, 'up', event);
  }
  for (const name of changed) feed(turn, name, 'want.down', event);
};

/** Services that the new definition does not name any more: stopped if they run, forgotten if they do not. */
const dropUnnamed = (turn: Turn, named: ReadonlySet<string>, event: Event): void => {
  for (const [name, service] of Object.entries(turn.world.services)) {
    if (named.has(name)) continue;
    if (isLive(service.state)) {
      wish(turn, name, 'down', event);
      continue;
    }
    const { [name]: _dropped, ...kept } = turn.world.services;
    turn.world = { ...turn.world, services: kept };
  }
};

const newService = (spec: ServiceWorld['spec'], fingerprint: string, atMs: number): ServiceWorld => ({
  spec,
  fingerprint,
  state: 'stopped',
  wanted: 'down',
  generation: 0,
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

/** Notes what is wanted of a service and tells the table. */
const wish = (turn: Turn, name: string, wanted: 'up' | 'down', event: Event): void => {
  if (wanted === 'up' && turn.world.phase !== 'up') return;
  const service = serviceOf(turn, name);
  if (!service) return;
  // A service that is asked for by hand starts counting its ends anew.
  patch(turn, name, { wanted, endsInRow: wanted === 'up' && !isLive(service.state) ? 0 : service.endsInRow });
  feed(turn, name, wanted === 'up' ? 'want.up' : 'want.down', event);
};

const takeRestart = (turn: Turn, event: Extract<Event, { readonly type: 'restart.requested' }>): void => {
  if (turn.world.phase !== 'up') return;
  const followers = (dependantsOf(nodesOf(turn)).get(event.service) ?? []).filter((name) =>
    serviceOf(turn, name)?.spec.dependencies.some((on) => on.service === event.service && on.restart),
  );
  for (const name of [...followers, event.service]) {
    const service = serviceOf(turn, name);
    if (!service || (name !== event.service && !isLive(service.state))) continue;
    patch(turn, name, { wanted: 'up' });
    feed(turn, name, isLive(service.state) ? 'want.down' : 'want.up', event);
  }
};

const takeDown = (turn: Turn, event: Extract<Event, { readonly type: 'down.requested' }>): void => {
  const { world } = turn;
  if (world.phase === 'ended') return;
  const force = Math.max(world.force, event.force) as 0 | 1 | 2;
  if (world.phase !== 'stopping') {
    const live = Object.values(world.services).filter((service) => isLive(service.state));
    const stopping = live.map((service) => service.spec.name);
    turn.world = { ...world, phase: 'stopping', stopStartedAtMs: event.atMs, stopping };
  }
  turn.world = { ...turn.world, force, graceMsMax: event.graceMsMax ?? turn.world.graceMsMax };
  for (const [name, service] of Object.entries(turn.world.services)) {
    patch(turn, name, { wanted: 'down' });
    if (force === 2) feed(turn, name, 'kill', event);
    else if (force === 1 && service.state === 'stopping' && service.stop?.killedAtMs === null) shorten(turn, service);
  }
};

const shorten = (turn: Turn, service: ServiceWorld): void => {
  if (!service.stop || service.deadlineAtMs === null) return;
  const deadlineAtMs = Math.min(service.deadlineAtMs, turn.atMs + limits.shortenedGraceMs);
  const graceMs = deadlineAtMs - service.stop.askedAtMs;
  patch(turn, service.spec.name, { deadlineAtMs, stop: { ...service.stop, graceMs } });
};

const takeAnswer = (turn: Turn, event: Extract<Event, { readonly type: 'probe.answered' }>): void => {
  const service = serviceOf(turn, event.service);
  if (!service || service.generation !== event.generation || !service.probe || !isAsking(service)) return;
  const policy = service.spec.readiness;
  if (!policy || service.startedAtMs === null) return;
  const { window, verdict } = readAnswer(service.probe, policy, event, {
    startedAtMs: service.startedAtMs,
    settled: service.state !== 'starting',
  });
  patch(turn, event.service, { probe: window });
  if (service.state === 'starting' && !event.ok)
    patch(turn, event.service, { reason: `not ready yet: ${event.message}` });
  if (service.state === 'unhealthy' && !event.ok) patch(turn, event.service, { reason: event.message });
  if (verdict === 'passed') feed(turn, event.service, 'passed', event);
  if (verdict === 'failing') feed(turn, event.service, 'failing', event);
};

const passDeadlines = (turn: Turn, event: Event): void => {
  for (const [name, service] of Object.entries(turn.world.services)) {
    if (service.deadlineAtMs !== null && service.deadlineAtMs <= event.atMs) feed(turn, name, 'deadline', event);
  }
};

/** Lets what has become possible happen, until nothing more does. Levels, not edges: it looks at states only. */
const settle = (turn: Turn, event: Event): void => {
  for (let before: StackWorld | null = null; before !== turn.world;) {
    before = turn.world;
    if (turn.world.phase === 'up') startWhatMay(turn, event);
    if (turn.world.phase === 'stopping') stopWhatMay(turn, event);
  }
};

const startWhatMay = (turn: Turn, event: Event): void => {
  for (const [name, { state }] of Object.entries(turn.world.services)) {
    if (state !== 'waiting' && state !== 'skipped') continue;
    const service = serviceOf(turn, name);
    if (!service) continue;
    const verdict = judgeDependencies(service, turn.world.services);
    if (verdict.kind !== 'met' && service.reason !== verdict.reason) patch(turn, name, { reason: verdict.reason });
    if (verdict.kind === 'met') feed(turn, name, 'deps.met', event);
    if (verdict.kind === 'lost') feed(turn, name, 'deps.lost', event);
  }
};

const stopWhatMay = (turn: Turn, event: Event): void => {
  const dependants = dependantsOf(nodesOf(turn));
  const alive = (name: string): boolean => isLive(serviceOf(turn, name)?.state ?? 'stopped');
  for (const [name, service] of Object.entries(turn.world.services)) {
    if (isPending(service.state) || service.state === 'skipped') feed(turn, name, 'want.down', event);
    else if (service.state !== 'stopping' && alive(name) && !(dependants.get(name) ?? []).some(alive)) {
      feed(turn, name, 'want.down', event);
    }
  }
  if (Object.keys(turn.world.services).some(alive)) return;
  turn.world = { ...turn.world, phase: 'ended' };
  turn.effects.push({ type: 'stack.end' });
};

const isAsking = (service: ServiceWorld): boolean => {
  if (service.identity === null) return false;
  // A log probe has said its word once the service was ready: the line does not come twice.
  if (service.state === 'ready') return service.spec.readiness?.probe.kind !== 'log';
  return service.state === 'starting' || service.state === 'unhealthy';
};

const askProbes = (turn: Turn): void => {
  for (const [name, service] of Object.entries(turn.world.services)) {
    const { probe } = service;
    const policy = service.spec.readiness;
    if (!probe || !policy || probe.inFlight || probe.nextAtMs > turn.atMs || !isAsking(service)) continue;
    patch(turn, name, { probe: { ...probe, inFlight: true, asked: probe.asked + 1 } });
    const { generation } = service;
    turn.effects.push({
      type: 'probe.ask',
      service: name,
      generation,
      probe: policy.probe,
      timeoutMs: policy.timeoutMs,
    });
  }
};

const nodesOf = (turn: Turn) => Object.values(turn.world.services).map((service) => service.spec);
