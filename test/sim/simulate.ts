/**
One life of a stack, drawn from a seed: two minutes in which everything may go wrong and people ask for everything,
then time without faults in which the wanted state must be reached, then a stop. Time is simulated.
*/
import { isDeepStrictEqual } from 'node:util';
import type { Effect } from '../../source/core/effect.ts';
import type { Event } from '../../source/core/event.ts';
import { nextWakeAtMs, step } from '../../source/core/step.ts';
import { emptyWorld, type StackWorld } from '../../source/core/world.ts';
import { drawDefinition } from './definition.ts';
import { createFakeWorld, type Fact } from './fake-world.ts';
import { checkArrived, checkDown, checkEffect, checkWorld, createStopClock } from './invariants.ts';
import { createSeeded } from './seeded.ts';

const faultyMs = 120_000;
const calmMs = 400_000;
const downMs = 120_000;

/** Steps at one instant without time passing, above which the loop is held to spin. */
const stepsAtOnceMax = 500;

/** Plays a seed to its end; throws an error that names the broken invariant. Returns how many steps it took. */
export const simulate = (seed: number, trace: (line: string) => void = () => {}): number => {
  const seeded = createSeeded(seed);
  const beganAtMs = 1_700_000_000_000;
  let nowMs = beganAtMs;
  let jumpedMs = 0;
  let sequence = 0;
  let stepsAtOnce = 0;
  let world: StackWorld = emptyWorld;
  const history: Event[] = [];
  const queue: { readonly atMs: number; readonly sequence: number; readonly run: () => void }[] = [];
  const elapsedMs = (): number => nowMs - beganAtMs - jumpedMs;

  const schedule = (delayMs: number, run: () => void): void => {
    queue.push({ atMs: nowMs + delayMs, sequence: sequence++, run });
  };
  const say = (line: string): void => trace(`${((nowMs - beganAtMs) / 1000).toFixed(3).padStart(10)}  ${line}`);

  const post = (fact: Fact): void => {
    // Stamping gives the omitted field back; the union's members are otherwise untouched.
    const event = { ...fact, atMs: nowMs } as Event;
    const before = world;
    history.push(event);
    if (event.type.endsWith('.requested')) say(`${event.type} ${'service' in event ? event.service : ''}`);
    const result = step(before, event);
    world = result.world;
    for (const effect of result.effects) {
      tellEffect(effect, say);
      checkEffect(effect, before, world, fake);
      fake.perform(effect);
    }
    checkWorld(world, fake, nowMs, stopClock);
  };

  const fake = createFakeWorld(seeded, () => nowMs, schedule, post);
  const stopClock = createStopClock(
    () => nowMs,
    () => jumpedMs,
  );

  /** Lets simulated time pass: what is due is done in order, and the core is woken when it wants to be. */
  const run = (lengthMs: number): void => {
    const untilMs = nowMs + lengthMs;
    for (;;) {
      let first = queue[0];
      for (const each of queue) {
        if (first && (each.atMs < first.atMs || (each.atMs === first.atMs && each.sequence < first.sequence)))
          first = each;
      }
      const wakeAtMs = nextWakeAtMs(world);
      const atMs = Math.min(first?.atMs ?? Infinity, wakeAtMs ?? Infinity);
      if (atMs > untilMs) break;
      stepsAtOnce = atMs > nowMs ? 0 : stepsAtOnce + 1;
      if (stepsAtOnce > stepsAtOnceMax) throw new Error('the core is woken again and again without time passing');
      nowMs = Math.max(nowMs, atMs);
      if (first && first.atMs <= atMs) {
        queue.splice(queue.indexOf(first), 1);
        first.run();
      } else {
        post({ type: 'clock.ticked' });
      }
    }
    nowMs = Math.max(nowMs, untilMs);
  };

  let orders = drawDefinition(seeded, []);
  const names = (): readonly string[] => orders.map((order) => order.spec.name);
  const askUp = (all: boolean): void =>
    post({ type: 'up.requested', orders, start: all ? names() : names().filter(() => seeded.chance(0.5)) });
  const askSomething = (): void => {
    const service = seeded.pick([...Object.keys(world.services), 'nobody']);
    const kind = seeded.between(0, 99);
    if (kind < 22) post({ type: 'stop.requested', service });
    else if (kind < 44) post({ type: 'start.requested', service });
    else if (kind < 66) post({ type: 'restart.requested', service });
    else if (kind < 74) askUp(seeded.chance(0.7));
    else if (kind < 82) {
      orders = drawDefinition(seeded, orders);
      askUp(seeded.chance(0.7));
    } else if (kind < 86) post({ type: 'binary.fetched', service, version: '1.2.2' });
    else if (kind < 90) post({ type: 'binary.failed', service, reason: 'told late' });
    else if (kind < 92) {
      // A machine that slept.
      const jumpMs = seeded.between(20_000, 3_600_000);
      say(`the clock jumps by ${jumpMs} ms`);
      nowMs += jumpMs;
      jumpedMs += jumpMs;
      // A daemon that did not see it, because nobody let it run, is late by as much.
      if (seeded.chance(0.7)) post({ type: 'clock.jumped', byMs: jumpMs });
    } else {
      const force = seeded.pick([0, 0, 1, 2] as const);
      post({ type: 'down.requested', force, graceMsMax: seeded.chance(0.3) ? seeded.between(0, 2_000) : null });
      if (seeded.chance(0.6)) schedule(seeded.between(0, 12_000), () => askUp(true));
    }
  };

  askUp(true);
  for (const endAtMs = elapsedMs() + faultyMs; elapsedMs() < endAtMs;) {
    run(seeded.pick([0, 1, 30, 700, 3_000, 15_000]));
    askSomething();
    // People press a key twice.
    while (seeded.chance(0.3)) askSomething();
  }
  say('nothing goes wrong any more');
  fake.endFaults();
  // A `down` or an `up` of before may still be under way.
  run(60_000);
  askUp(true);
  run(calmMs);
  checkArrived(world);
  post({ type: 'down.requested', force: 0, graceMsMax: null });
  run(downMs);
  checkDown(world, fake);
  if (!isDeepStrictEqual(replay(history), world)) throw new Error('the same events lead to another world');
  return history.length;
};

const replay = (history: readonly Event[]): StackWorld =>
  history.reduce<StackWorld>((world, event) => step(world, event).world, emptyWorld);

const tellEffect = (effect: Effect, say: (line: string) => void): void => {
  if (effect.type === 'change.tell') {
    const reason = effect.reason === null ? '' : ` (${effect.reason})`;
    say(`${effect.service}: ${effect.from} -> ${effect.to}${reason}`);
  } else if (effect.type === 'process.signal') say(`${effect.service}: ${effect.signal} to ${effect.generation}`);
  else if (effect.type === 'process.kill') say(`${effect.service}: SIGKILL to ${effect.generation}`);
  else if (effect.type === 'stack.end') say('the stack has ended');
};
