/** Lets what has become possible happen. Levels, not edges: it looks at what is, never at what just happened. */
import { judgeDependencies } from './conditions.ts';
import type { Event } from './event.ts';
import { feed } from './feed.ts';
import { dependantsOf } from './graph.ts';
import { nodesOf, patch, serviceOf, servicesOf, type Turn } from './turn.ts';
import { isLive, isOccupied, type StackWorld } from './world.ts';

/**
Goes round until nothing more changes; each round settles at least one layer of a definition without cycles. The bound
holds where processes of two definitions make a circle: the next event goes on from there.
*/
export const settle = (turn: Turn, event: Event): void => {
  const roundsMax = 2 * servicesOf(turn).length + 4;
  let before: StackWorld | null = null;
  for (let round = 0; round < roundsMax && before !== turn.world; round += 1) {
    before = turn.world;
    stopWhatMay(turn, event);
    forgetGone(turn);
    if (turn.world.phase === 'up') startWhatMay(turn, event);
    if (turn.world.phase === 'stopping') endWhenDown(turn);
  }
};

/** Asks those to end that are to end and are used by nobody who is to end too. */
const stopWhatMay = (turn: Turn, event: Event): void => {
  const leaving = servicesOf(turn).flatMap(([name]) => (isLeaving(turn, name) ? [name] : []));
  if (leaving.length === 0) return;
  const asked = leaving.filter((name) => serviceOf(turn, name)?.state === 'stopping');
  if (asked.length === leaving.length) return;
  const dependants = dependantsOf(nodesOf(turn));
  const free = leaving.filter((name) => !(dependants.get(name) ?? []).some((other) => isLeaving(turn, other)));
  // Processes of two definitions can use each other in a circle; rather than wait for ever, all of them are asked.
  const due = free.length === 0 && asked.length === 0 ? leaving : free;
  for (const name of due) {
    if (serviceOf(turn, name)?.state !== 'stopping') feed(turn, name, 'want.down', event);
  }
};

const isLeaving = (turn: Turn, name: string): boolean => {
  const service = serviceOf(turn, name);
  return service !== undefined && isLive(service.state) && (service.state === 'stopping' || service.wanted !== 'up');
};

const forgetGone = (turn: Turn): void => {
  for (const [name, service] of servicesOf(turn)) {
    if (service.wanted !== 'gone' || isOccupied(service)) continue;
    const { [name]: _gone, ...services } = turn.world.services;
    const generationFloor = Math.max(turn.world.generationFloor, service.generation);
    turn.world = { ...turn.world, generationFloor, services };
  }
};

const startWhatMay = (turn: Turn, event: Event): void => {
  for (const [name, { state }] of servicesOf(turn)) {
    const service = serviceOf(turn, name);
    if (!service || (state !== 'waiting' && state !== 'skipped')) continue;
    const verdict = judgeDependencies(service, turn.world.services);
    if (verdict.kind !== 'met' && service.reason !== verdict.reason) patch(turn, name, { reason: verdict.reason });
    // Who was skipped waits again first; the next round starts it.
    const met = verdict.kind === 'met' && state === 'waiting';
    feed(turn, name, met ? 'deps.met' : verdict.kind === 'lost' ? 'deps.lost' : 'deps.pending', event);
  }
};

const endWhenDown = (turn: Turn): void => {
  if (servicesOf(turn).some(([, service]) => isLive(service.state))) return;
  turn.world = { ...turn.world, phase: 'ended' };
  turn.effects.push({ type: 'stack.end' });
};
