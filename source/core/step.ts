/**
The one function that decides: what is known and what happened in, what is known then and what to do out. Pure: no
clock, no chance, no waiting; the same events always give the same world.
*/
import { askAgain, noteSent } from './actions.ts';
import type { Effect } from './effect.ts';
import type { Event } from './event.ts';
import { feed, feedFact } from './feed.ts';
import { movedWithClock } from './jump.ts';
import { askProbes, nextQuestionAtMs, takeAnswer } from './probes.ts';
import { takeDown, takeRestart, takeStart, takeUp, wish } from './requests.ts';
import { settle } from './settle.ts';
import { patch, serviceOf, servicesOf, type Turn } from './turn.ts';
import type { ServiceWorld, StackWorld } from './world.ts';

/** Takes one event. Throws ASSERTION when it meets a cell of the table that is held impossible. */
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

/** When the core wants to hear of the clock next; null when it waits for nothing. Never before the last event. */
export const nextWakeAtMs = (world: StackWorld): number | null => {
  let next: number | null = null;
  for (const service of Object.values(world.services)) {
    for (const atMs of [service.deadlineAtMs, nextQuestionAtMs(service)]) {
      if (atMs !== null && (next === null || atMs < next)) next = atMs;
    }
  }
  return next;
};

const take = (turn: Turn, event: Event): void => {
  switch (event.type) {
    case 'clock.ticked':
      return;
    case 'clock.jumped':
      turn.world = movedWithClock(turn.world, event.byMs);
      return;
    case 'up.requested':
      return takeUp(turn, event);
    case 'down.requested':
      return takeDown(turn, event);
    case 'start.requested':
      return takeStart(turn, event);
    case 'stop.requested':
      return wish(turn, event.service, 'down', event);
    case 'restart.requested':
      return takeRestart(turn, event);
    case 'binary.fetched':
      return feed(turn, event.service, 'fetched', event);
    case 'binary.chosen':
      return patch(turn, event.service, { version: event.version });
    case 'binary.failed':
      return feed(turn, event.service, 'fetch.failed', event);
    case 'process.started':
      return feedFact(turn, event, 'started');
    case 'process.refused':
      return feedFact(turn, event, 'refused');
    case 'process.exited':
      return feedFact(turn, event, 'exited');
    case 'signal.sent':
      return takeSignal(turn, event, noteSent);
    case 'signal.lost':
      return takeSignal(turn, event, askAgain);
    case 'probe.answered':
      return takeAnswer(turn, event);
  }
};

const takeSignal = (
  turn: Turn,
  { service: name, generation }: { readonly service: string; readonly generation: number },
  action: (turn: Turn, service: ServiceWorld) => void,
): void => {
  const service = serviceOf(turn, name);
  if (service?.generation === generation) action(turn, service);
};

const passDeadlines = (turn: Turn, event: Event): void => {
  for (const [name, service] of servicesOf(turn)) {
    if (service.deadlineAtMs !== null && service.deadlineAtMs <= event.atMs) feed(turn, name, 'deadline', event);
  }
};
