import type { Dependency } from './model.ts';
import { isDone, type ServiceWorld } from './world.ts';

/** What the states of its dependencies mean for a service that wants to start. */
export type Verdict =
  | { readonly kind: 'met' }
  | { readonly kind: 'pending'; readonly reason: string }
  /** It cannot come true unless somebody acts. */
  | { readonly kind: 'lost'; readonly reason: string };

/**
Whether a service may start, by the states of what it depends on, as Compose means the conditions: `service_started`
asks only that a process came to be, whatever became of it; the others ask for what is true now.
*/
export const judgeDependencies = (service: ServiceWorld, services: Readonly<Record<string, ServiceWorld>>): Verdict => {
  const open: string[] = [];
  for (const dependency of service.spec.dependencies) {
    const verdict = judge(dependency, find(services, dependency.service));
    if (verdict.kind === 'lost' && dependency.required) return verdict;
    if (verdict.kind === 'pending') open.push(verdict.reason);
  }
  return open.length === 0 ? { kind: 'met' } : { kind: 'pending', reason: `after ${open.join(', ')}` };
};

const find = (services: Readonly<Record<string, ServiceWorld>>, name: string): ServiceWorld | undefined =>
  Object.hasOwn(services, name) ? services[name] : undefined;

const met: Verdict = { kind: 'met' };

const judge = (dependency: Dependency, other: ServiceWorld | undefined): Verdict => {
  const { service: name, condition } = dependency;
  if (!other) return { kind: 'lost', reason: `${name} is not part of this run` };
  const pending: Verdict = { kind: 'pending', reason: `${name} (${other.state})` };
  const onlyStarted = condition === 'service_started';
  switch (other.state) {
    case 'ready':
      return condition === 'service_completed_successfully' ? pending : met;
    case 'starting':
      return onlyStarted && other.identity ? met : pending;
    case 'unhealthy':
    case 'backoff':
      return onlyStarted ? met : pending;
    case 'completed':
      // Without a health check there was nothing to wait for but the start.
      if (condition === 'service_healthy' && !isDone(other)) {
        return { kind: 'lost', reason: `${name} completed and cannot be ready any more` };
      }
      return met;
    case 'failed':
      // It has ended, so it had started; one that never came to run (no binary, start refused) has no such end.
      if (onlyStarted && other.endsInRow > 0) return met;
      return { kind: 'lost', reason: `${name} failed${other.reason ? `: ${other.reason}` : ''}` };
    case 'skipped':
      return { kind: 'lost', reason: `${name} was skipped` };
    case 'stopped':
      // Stopped by hand: it is up to the same hand to start it again. Who can do without does not wait for that.
      return dependency.required ? pending : { kind: 'lost', reason: `${name} is stopped` };
    case 'waiting':
    case 'fetching':
    case 'stopping':
      break;
  }
  return pending;
};
