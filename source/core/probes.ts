/** When services are asked whether they are well, and what their answers do. */
import type { Event } from './event.ts';
import { feed } from './feed.ts';
import { readAnswer } from './health.ts';
import { patch, serviceOf, servicesOf, type Turn } from './turn.ts';
import type { ServiceWorld } from './world.ts';

/** Takes an answer to a question that is open; any other (late, twice, of an older process) changes nothing. */
export const takeAnswer = (turn: Turn, event: Extract<Event, { readonly type: 'probe.answered' }>): void => {
  const service = serviceOf(turn, event.service);
  if (!service || service.generation !== event.generation || !service.probe?.inFlight || !isAsking(service)) return;
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

/** Asks every question that is due. */
export const askProbes = (turn: Turn): void => {
  for (const [name, service] of servicesOf(turn)) {
    const { probe, generation } = service;
    const policy = service.spec.readiness;
    const dueAtMs = nextQuestionAtMs(service);
    if (!probe || !policy || dueAtMs === null || dueAtMs > turn.atMs) continue;
    patch(turn, name, { probe: { ...probe, inFlight: true, asked: probe.asked + 1 } });
    turn.effects.push({
      type: 'probe.ask',
      service: name,
      generation,
      probe: policy.probe,
      timeoutMs: policy.timeoutMs,
    });
  }
};

/** When a service is to be asked next; null while a question is open or none is to come. */
export const nextQuestionAtMs = (service: ServiceWorld): number | null =>
  service.probe && !service.probe.inFlight && isAsking(service) ? service.probe.nextAtMs : null;

const isAsking = (service: ServiceWorld): boolean => {
  if (service.identity === null) return false;
  // A log probe has said its word once the service was ready: the line does not come twice.
  if (service.state === 'ready') return service.spec.readiness?.probe.kind !== 'log';
  return service.state === 'starting' || service.state === 'unhealthy';
};
