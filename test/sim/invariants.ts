/** What must hold after every step, whatever happened. Each throws with a sentence that names what it found. */
import type { Effect } from '../../source/core/effect.ts';
import { findCycle } from '../../source/core/graph.ts';
import { limits } from '../../source/core/limits.ts';
import { nextWakeAtMs } from '../../source/core/step.ts';
import { isDone, isOccupied, type ServiceWorld, type StackWorld } from '../../source/core/world.ts';
import { isTask } from './definition.ts';
import type { FakeWorld } from './fake-world.ts';

const demand = (holds: boolean, sentence: string): void => {
  if (!holds) throw new Error(sentence);
};

/** Checked before the fake world carries an effect out; `before` is the world the step began with. */
export const checkEffect = (effect: Effect, before: StackWorld, world: StackWorld, fake: FakeWorld): void => {
  if (effect.type === 'process.start') {
    const running = fake.processes.filter((process) => process.alive && process.service === effect.service);
    demand(running.length === 0, `${effect.service} is started while its generation ${running[0]?.generation} lives`);
    checkConditions(effect.service, world, fake);
  }
  if (effect.type === 'process.signal' || effect.type === 'process.kill') {
    const { service, generation } = effect;
    const known = before.services[service];
    demand(known?.generation === generation, `${effect.type} goes to generation ${generation} of ${service}`);
    const process = fake.processes.find((each) => each.service === service && each.generation === generation);
    demand(process?.told === true, `${effect.type} goes to ${service}, which nobody has said to run`);
    if (effect.type === 'process.signal' && known?.state !== 'stopping') checkStopOrder(service, world, fake);
  }
  if (effect.type === 'stack.end') {
    const left = fake.processes.filter((process) => process.alive && !process.undying);
    demand(left.length === 0, `the stack has ended and ${left.map((each) => each.service).join(', ')} is alive`);
  }
};

/** By what is so in the fake world, not by what the core believes. */
const checkConditions = (name: string, world: StackWorld, fake: FakeWorld): void => {
  for (const { service, condition, required } of world.services[name]?.spec.dependencies ?? []) {
    if (!required) continue;
    const other = world.services[service];
    const claim = `${name} starts although ${service} is ${other?.state} (${condition})`;
    demand(
      fake.processes.some((process) => process.service === service),
      claim,
    );
    // Without a health check, what has done its work is as well as it ever was.
    const fine = other !== undefined && (other.state === 'ready' || isDone(other));
    if (condition === 'service_healthy') demand(fine, claim);
    if (condition === 'service_completed_successfully') demand(fake.lastCodes.get(service) === 0, claim);
  }
};

/** In a stop of the whole stack nobody is asked while somebody uses it. */
const checkStopOrder = (name: string, world: StackWorld, fake: FakeWorld): void => {
  const specs = Object.values(world.services).map((service) => service.spec);
  if (world.phase !== 'stopping' || world.force === 2 || findCycle(specs) !== null) return;
  const users = specs.filter((spec) => spec.dependencies.some((dependency) => dependency.service === name));
  for (const user of users) {
    const lives = fake.processes.some((process) => process.service === user.name && process.alive && !process.undying);
    demand(!lives, `${name} is asked to stop while ${user.name} uses it`);
  }
};

/** Checked after each step and its effects. */
export const checkWorld = (world: StackWorld, fake: FakeWorld, nowMs: number, since: StopClock): void => {
  for (const process of fake.processes) {
    if (!process.alive) continue;
    const service = world.services[process.service];
    const claim = `${process.service} generation ${process.generation} lives`;
    demand(service !== undefined && service.generation === process.generation, `${claim} and the core has lost it`);
    demand(
      service !== undefined && (isOccupied(service) || !process.told),
      `${claim} and the core says ${service?.state}`,
    );
  }
  const next = nextWakeAtMs(world);
  demand(next === null || next >= nowMs, `the core wants to wake ${nowMs - (next ?? 0)} ms ago`);
  for (const service of Object.values(world.services)) {
    checkService(service, world);
    since.check(service);
  }
};

const checkService = (service: ServiceWorld, world: StackWorld): void => {
  const { spec, state, identity, deadlineAtMs, wanted } = service;
  const waitsForTime = state === 'backoff' || (state === 'stopping' && identity !== null);
  demand(waitsForTime === (deadlineAtMs !== null), `${spec.name} is ${state} with deadline ${deadlineAtMs}`);
  if (state === 'waiting' || state === 'fetching' || state === 'backoff' || state === 'skipped') {
    demand(wanted === 'up', `${spec.name} is ${state} although ${wanted} is wanted`);
    demand(world.phase === 'up', `${spec.name} is ${state} in a stack that is ${world.phase}`);
  }
  if (state === 'waiting')
    demand(!spec.needsBinary || service.version !== null, `${spec.name} waits without its binary`);
  if (state === 'ready' || state === 'unhealthy')
    demand(identity !== null, `${spec.name} is ${state} without a process`);
};

/** Follows how long each service has been stopping. */
export type StopClock = { readonly check: (service: ServiceWorld) => void };

/**
Holds every stop to its limit: the time until its signal is out, its own grace, then the time in which SIGKILL works. After a jump of the clock
(`jumpedMs` has changed) the time counts from there: nobody had the time that was jumped over.
*/
export const createStopClock = (nowMs: () => number, jumpedMs: () => number): StopClock => {
  const began = new Map<string, number>();
  const check = ({ spec, state, identity, generation, stop }: ServiceWorld): void => {
    if (state !== 'stopping' || identity === null) return;
    const isSent = stop?.isSent === true;
    const key = `${spec.name} ${generation} ${jumpedMs()} ${isSent}`;
    const atMs = began.get(key) ?? nowMs();
    began.set(key, atMs);
    const limitMs = spec.stop.graceMs + limits.killTimeoutMs + (isSent ? 0 : limits.signalTimeoutMs);
    demand(nowMs() - atMs <= limitMs, `${spec.name} is stopping for more than ${limitMs} ms`);
  };
  return { check };
};

/** Once nothing goes wrong any more, everything that is wanted is there. */
export const checkArrived = (world: StackWorld): void => {
  for (const service of Object.values(world.services)) {
    const { spec, state, reason } = service;
    const wanted = isTask(spec.name) ? 'completed' : 'ready';
    // What ended with 0 while faults lasted passes for a task, unless it has a health check.
    demand(state === wanted || isDone(service), `${spec.name} should be ${wanted} by now and is ${state} (${reason})`);
  }
};

/** Nothing runs after a stop of the whole stack. */
export const checkDown = (world: StackWorld, fake: FakeWorld): void => {
  demand(world.phase === 'ended', `the stack should have ended and is ${world.phase}`);
  demand(!fake.processes.some((process) => process.alive), 'a process is alive after the stack has ended');
};
