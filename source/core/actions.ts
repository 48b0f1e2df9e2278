/** What the cells of the lifecycle table do. Each action is called with the service in the state of its cell. */
import type { Event } from './event.ts';
import { openWindow } from './health.ts';
import type { ActionName } from './lifecycle.ts';
import { limits } from './limits.ts';
import { decideRestart, exitText } from './restart.ts';
import { enter, patch, type Turn } from './turn.ts';
import type { ServiceWorld } from './world.ts';

type Action = (turn: Turn, service: ServiceWorld, event: Event) => void;

/** No process runs and none is due. */
const atRest = { identity: null, startedAtMs: null, probe: null, stop: null } as const;

/** Puts a service on its way: its binary first, then what it depends on. */
const enroll: Action = (turn, service) => {
  const { name, needsBinary } = service.spec;
  // After a crash the binary is known and verified; asking again would only cost time.
  if (needsBinary && service.version === null) {
    enter(turn, name, 'fetching', null, atRest);
    turn.fetches.push(name);
    return;
  }
  enter(turn, name, 'waiting', null, atRest);
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
  const reason = service.probe?.lastMessage ?? 'its health check fails';
  enter(turn, name, 'unhealthy', reason);
  if (readiness?.onUnhealthy !== 'restart') return;
  const unhealthy = turn.world.services[name];
  if (!unhealthy) return;
  patch(turn, name, { restarts: unhealthy.restarts + 1 });
  askStop(turn, unhealthy, event);
};

/** An end that nobody asked for: the restart policy decides. */
const settleExit: Action = (turn, service, event) => {
  if (event.type !== 'process.exited') return;
  const { name, restart } = service.spec;
  const ranLong = service.startedAtMs !== null && turn.atMs - service.startedAtMs >= limits.backoffResetMs;
  const endsInRow = ranLong ? 1 : service.endsInRow + 1;
  const change = { ...atRest, lastExit: event.exit, endsInRow };
  const decision = decideRestart(restart, event.exit, endsInRow, event.roll);
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
    deadlineAtMs: turn.atMs + graceMs,
    stop: { askedAtMs: turn.atMs, graceMs, killedAtMs: null },
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
    stop: { askedAtMs: turn.atMs, graceMs, killedAtMs: null },
  });
  if (turn.world.force === 2) return sendKill(turn, service.spec.name, service.generation, 'killed');
  sendStop(turn, service);
};

/** Grace is over, or it did not die of SIGKILL in time. */
const escalate: Action = (turn, service) => {
  const { name } = service.spec;
  // Its start is still under way and will be answered; only then is there somebody to kill.
  if (!service.identity) return patch(turn, name, { deadlineAtMs: turn.atMs + limits.spawnTimeoutMs });
  if (service.stop?.killedAtMs === null || service.stop === null) {
    const graceMs = service.stop?.graceMs ?? 0;
    return sendKill(turn, name, service.generation, `killed after ${(graceMs / 1000).toFixed(1)} s of grace`);
  }
  enter(turn, name, 'failed', `pid ${service.identity.pid} does not die of SIGKILL`);
};

const askKill: Action = (turn, service) => {
  const { name } = service.spec;
  if (service.stop?.killedAtMs != null) return;
  if (service.state !== 'stopping') {
    enter(turn, name, 'stopping', 'killed', { stop: { askedAtMs: turn.atMs, graceMs: 0, killedAtMs: null } });
  }
  // While the start is under way there is nothing to kill yet: the start's answer brings the kill.
  if (service.identity) sendKill(turn, name, service.generation, 'killed');
};

/** A stop that was asked for is over. */
const settleStop: Action = (turn, service, event) => {
  const { name } = service.spec;
  const lastExit = event.type === 'process.exited' ? event.exit : service.lastExit;
  const how = event.type === 'process.exited' ? exitText(event.exit) : 'had not started';
  enter(turn, name, 'stopped', service.stop?.killedAtMs == null ? how : `${service.reason ?? 'killed'}`, {
    ...atRest,
    lastExit,
    endsInRow: 0,
  });
  const stopped = turn.world.services[name];
  if (stopped?.wanted === 'up') enroll(turn, stopped, event);
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
  const stop = turn.world.services[name]?.stop;
  patch(turn, name, {
    reason,
    deadlineAtMs: turn.atMs + limits.killTimeoutMs,
    stop: { askedAtMs: stop?.askedAtMs ?? turn.atMs, graceMs: stop?.graceMs ?? 0, killedAtMs: turn.atMs },
  });
  turn.effects.push({ type: 'process.kill', service: name, generation });
};

export const actions: Readonly<Record<ActionName, Action>> = {
  enroll,
  wait,
  begin,
  skip,
  giveUp,
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
