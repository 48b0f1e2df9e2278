import { actions } from './actions.ts';
import { assert } from './error.ts';
import type { Event } from './event.ts';
import { type Input, lifecycle } from './lifecycle.ts';
import { serviceOf, type Turn } from './turn.ts';
import { isOccupied, type ServiceWorld } from './world.ts';

/** Asks the table what an input does to a service and does it; unknown services are passed over. */
export const feed = (turn: Turn, name: string, input: Input, event: Event): void => {
  const service = serviceOf(turn, name);
  if (!service) return;
  const cell = lifecycle[service.state][input];
  assert(cell !== 'impossible', `${input} for ${name} while ${service.state}`);
  if (cell !== 'ignore') actions[cell](turn, service, event);
};

/** For facts about a process: passes on those about the present generation that tell something new. */
export const feedFact = (
  turn: Turn,
  event: Extract<Event, { readonly generation: number }>,
  input: 'started' | 'refused' | 'exited',
): void => {
  const service = serviceOf(turn, event.service);
  if (!service || service.generation !== event.generation) return;
  if (isNews(service, input)) feed(turn, event.service, input, event);
};

/** Facts may come twice, and an exit may overtake the answer to its own start. */
const isNews = (service: ServiceWorld, input: 'started' | 'refused' | 'exited'): boolean => {
  if (input === 'exited') return isOccupied(service);
  return service.identity === null && (service.state === 'starting' || service.state === 'stopping');
};
