/** What the cells of the lifecycle table do. Each action is called with the service in the state of its cell. */
import type { Event } from './event.ts';
import { openWindow } from './health.ts';
import type { ActionName } from './lifecycle.ts';
import { limits } from './limits.ts';
import { decideRestart, type End, endOf } from './restart.ts';
import { enter, patch, serviceOf, type Turn } from './turn.ts';
import type { ServiceWorld } from './world.ts';

type Action = (turn: Turn, service: ServiceWorld, event: Event) => void;

/** No process runs and none is due. */
const atRest = { identity: null, startedAtMs: null, probe: null, stop: null } as const;

/** Puts a service on its way: its binary first, then what it depends on. */
const enroll: Action = (turn, service) => {
  const { name } = service.spec;
  // A process that does not die holds ports and data: it is killed once more, and its end, should it come, brings the start.
  if (service.identity !== null) {
    turn.effects.push({ type: 'process.kill', service: name, generation: service.generation });
    return;
  }
  const { spec, version } = service.next ? { spec: service.next.spec, version: null } : service;
  const fingerprint = service.next?.fingerprint ?? service.fingerprint;
  const change = { ...atRest, spec, fingerprint, version, next: null };
  // After a crash the binary is known and verified; asking again would only cost time.
  if (!spec.needsBinary || version !== null) return enter(turn, name, 'waiting', null, change);
  enter(turn, name, 'fetching', null, change);
  turn.fetches.push(name);
};

const wait: Action = (turn, service, event) => {
  const version = event.type === 'binary.fetched' ? event.version : service.version;
  enter(turn, service.spec.name, 'waiting', null, { ...atRest, version });
};

const begin: Action = (turn, service) => {
  const { name } = service.spec;
  const generation = service.generation + 1;
  enter(turn, name, 'starting', null, { ...atRest, generation });
  turn.effects.push({ type: 'process.start', service: name, generation });
};

const skip: Action = (turn, service) => {
  enter(turn, service.spec.name, 'skipped', service.reason, atRest);
};

/** The failure is final until somebody asks again. */
const giveUp: Action = (turn, service, event) => {
  const reason = event.type === 'binary.failed' || event.type === 'process.refused' ? event.reason : service.reason;
  enter(turn, service.spec.name, 'failed', reason, atRest);
};

/** A command that never ran is wrong and stays so; one that has run before meets trouble that may pass. */
const refuse: Action = (turn, service, event) => {
  if (event.type !== 'process.refused') return;
  if (service.wanted !== 'up') return settleStop(turn, service, event);
  if (service.endsInRow === 0) return giveUp(turn, service, event);
  restartOrRest(turn, service, { clean: false, text: event.reason }, 0.5);
};

const noteStarted: Action = (turn, service, event) => {
  if (event.type !== 'process.started') return;
  const { name, readiness } = service.spec;
  const change = { identity: event.identity, startedAtMs: turn.atMs };
  if (readiness === null) return enter(turn, name, 'ready', null, change);
  patch(turn, name, { ...change, probe: openWindow(turn.atMs) });
};

const becomeReady: Action = (turn, service) => {
  enter(turn, service.spec.name, 'ready', null);
};

const becomeUnhealthy: Action = (turn, service, event) => {
  const { name, readiness } = service.spec;
  enter(turn, name, 'unhealthy', service.probe?.lastMessage ?? 'its health check fails');
  const unhealthy = serviceOf(turn, name);
  // Who is to end anyway does so in its turn.
  if (!unhealthy || readiness?.onUnhealthy !== 'restart' || service.wanted !== 'up') return;
  askStop(turn, unhealthy, event);
};

/** An end that nobody asked for: the restart policy decides, unless it was to end anyway. */
const settleExit: Action = (turn, service, event) => {
  if (event.type !== 'process.exited') return;
  if (service.wanted !== 'up') return settleStop(turn, service, event);
  patch(turn, service.spec.name, { lastExit: event.exit });
  restartOrRest(turn, service, endOf(event.exit), event.roll);
};

const restartOrRest = (turn: Turn, service: ServiceWorld, end: End, roll: number, policy = service.spec.restart) => {
  const { name } = service.spec;
  const ranLong = service.startedAtMs !== null && turn.atMs - service.startedAtMs >= limits.backoffResetMs;
  const endsInRow = ranLong ? 1 : service.endsInRow + 1;
  const decision = decideRestart(policy, end, endsInRow, roll);
  const change = { ...atRest, endsInRow };
  if (decision.kind === 'stay') return enter(turn, name, decision.state, decision.reason, change);
  enter(turn, name, 'backoff', decision.reason, {
    ...change,
    restarts: service.restarts + 1,
    deadlineAtMs: turn.atMs + decision.delayMs,
  });
};

const askStop: Action = (turn, service) => {
  const { name, stop } = service.spec;
  const graceMs = graceOf(turn, service);
  enter(turn, name, 'stopping', service.identity ? `asked with ${stop.signal}` : 'asked while it starts', {
    // A start under way is always answered; grace begins with the answer, there is nobody to wait for yet.
    deadlineAtMs: service.identity ? turn.atMs + graceMs : null,
    stop: { askedAtMs: turn.atMs, graceMs, isSent: false, killedAtMs: null },
  });
  if (service.identity) sendStop(turn, service);
};

/** Its process came to be after the stop was asked. */
const signalLate: Action = (turn, service, event) => {
  if (event.type !== 'process.started') return;
  const graceMs = graceOf(turn, service);
  patch(turn, service.spec.name, {
    identity: event.identity,
    startedAtMs: turn.atMs,
    reason: `asked with ${service.spec.stop.signal}`,
    deadlineAtMs: turn.atMs + graceMs,
    stop: { askedAtMs: turn.atMs, graceMs, isSent: false, killedAtMs: null },
  });
  if (turn.world.force === 2) return sendKill(turn, service.spec.name, service.generation, 'killed');
  sendStop(turn, service);
};

/** Grace is over, or it did not die of SIGKILL in time. */
const escalate: Action = (turn, service) => {
  const { name } = service.spec;
  const { stop, identity } = service;
  if (service.deadlineAtMs !== null && turn.atMs - service.deadlineAtMs > limits.lateMsMax) {
    const windowMs = stop?.killedAtMs === null ? stop.graceMs : limits.killTimeoutMs;
    const anew = stop && (stop.killedAtMs === null ? { ...stop, askedAtMs: turn.atMs } : stop);
    return patch(turn, name, { deadlineAtMs: turn.atMs + windowMs, stop: anew });
  }
  if (stop && stop.killedAtMs === null) {
    // Nobody is killed unasked: the signal is still on its way. One that never gets out is not waited for any longer.
    const lastAtMs = stop.askedAtMs + stop.graceMs + limits.signalTimeoutMs;
    if (!stop.isSent && turn.atMs < lastAtMs) return patch(turn, name, { deadlineAtMs: lastAtMs });
    return sendKill(turn, name, service.generation, `killed after ${(stop.graceMs / 1000).toFixed(1)} s of grace`);
  }
  enter(turn, name, 'failed', `pid ${identity?.pid ?? 'unknown'} does not die of SIGKILL`);
};

const askKill: Action = (turn, service) => {
  const { name } = service.spec;
  if (service.stop?.killedAtMs != null) return;
  if (service.state !== 'stopping') {
    enter(turn, name, 'stopping', 'killed', {
      stop: { askedAtMs: turn.atMs, graceMs: 0, isSent: false, killedAtMs: null },
    });
  }
  // While the start is under way there is nothing to kill yet: the start's answer brings the kill.
  if (service.identity) sendKill(turn, name, service.generation, 'killed');
};

/** A process that was to end is gone, or never came to be. */
const settleStop: Action = (turn, service, event) => {
  const { name, restart, readiness } = service.spec;
  const exit = event.type === 'process.exited' ? event.exit : null;
  const how = exit ? endOf(exit).text : 'had not started';
  patch(turn, name, { lastExit: exit ?? service.lastExit });
  // Nobody but its health check wanted it down: the policy paces and counts such ends like any other.
  if (service.wanted === 'up' && event.type === 'process.exited') {
    const policy = readiness?.onUnhealthy === 'restart' ? ({ ...restart, when: 'always' } as const) : restart;
    return restartOrRest(turn, service, { clean: false, text: `was unhealthy, ${how}` }, event.roll, policy);
  }
  const reason = service.stop?.killedAtMs == null ? how : (service.reason ?? how);
  enter(turn, name, 'stopped', reason, { ...atRest, stop: service.stop, endsInRow: 0 });
  const stopped = serviceOf(turn, name);
  if (service.wanted !== 'again' || !stopped) return;
  patch(turn, name, { wanted: 'up' });
  enroll(turn, stopped, event);
};

const settleStopped: Action = (turn, service) => {
  enter(turn, service.spec.name, 'stopped', null, atRest);
};

const graceOf = (turn: Turn, service: ServiceWorld): number => {
  const { force, graceMsMax } = turn.world;
  const graceMs = Math.min(service.spec.stop.graceMs, graceMsMax ?? Number.POSITIVE_INFINITY);
  if (force === 2) return 0;
  return force === 1 ? Math.min(graceMs, limits.shortenedGraceMs) : graceMs;
};

/**
The signal that a service is asked to end with went out: its grace begins. What was to be written down first, and who was
to be found, took its time, and that was none of the service's.
*/
export const noteSent = (turn: Turn, service: ServiceWorld): void => {
  const { state, stop, spec } = service;
  if (state !== 'stopping' || !stop || stop.isSent) return;
  const begins = stop.killedAtMs === null ? { deadlineAtMs: turn.atMs + stop.graceMs } : {};
  const askedAtMs = stop.killedAtMs === null ? turn.atMs : stop.askedAtMs;
  patch(turn, spec.name, { ...begins, stop: { ...stop, askedAtMs, isSent: true } });
};

/** A daemon died before it had sent what it was to: the service is asked now, and has all of its grace. */
export const askAgain = (turn: Turn, service: ServiceWorld): void => {
  const { state, stop, spec, identity } = service;
  if (state !== 'stopping' || !stop || stop.killedAtMs !== null || !identity) return;
  patch(turn, spec.name, { deadlineAtMs: turn.atMs + stop.graceMs, stop: { ...stop, askedAtMs: turn.atMs } });
  sendStop(turn, service);
};

const sendStop = (turn: Turn, service: ServiceWorld): void => {
  const { name, stop } = service.spec;
  turn.effects.push({
    type: 'process.signal',
    service: name,
    generation: service.generation,
    signal: stop.signal,
    scope: stop.scope,
  });
};

const sendKill = (turn: Turn, name: string, generation: number, reason: string): void => {
  const stop = serviceOf(turn, name)?.stop;
  patch(turn, name, {
    reason,
    deadlineAtMs: turn.atMs + limits.killTimeoutMs,
    stop: {
      askedAtMs: stop?.askedAtMs ?? turn.atMs,
      graceMs: stop?.graceMs ?? 0,
      isSent: stop?.isSent ?? false,
      killedAtMs: turn.atMs,
    },
  });
  turn.effects.push({ type: 'process.kill', service: name, generation });
};

export const actions: Readonly<Record<ActionName, Action>> = {
  enroll,
  wait,
  begin,
  skip,
  giveUp,
  refuse,
  noteStarted,
  becomeReady,
  becomeUnhealthy,
  settleExit,
  askStop,
  askKill,
  signalLate,
  escalate,
  settleStopped,
  settleStop,
};
