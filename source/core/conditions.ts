import type { Dependency } from './model.ts';
import type { ServiceWorld } from './world.ts';

export type Verdict =
  | { readonly kind: 'met' }
  | { readonly kind: 'pending'; readonly reason: string }
  /** It cannot come true unless somebody acts. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Whether a service may start, by the states of what it depends on. */
export const judgeDependencies = (service: ServiceWorld, services: Readonly<Record<string, ServiceWorld>>): Verdict => {
  const open: string[] = [];
  for (const dependency of service.spec.dependencies) {
    const verdict = judge(dependency, services[dependency.service]);
    if (verdict.kind === 'lost' && dependency.required) return verdict;
    if (verdict.kind === 'pending') open.push(verdict.reason);
  }
  return open.length === 0 ? { kind: 'met' } : { kind: 'pending', reason: `after ${open.join(', ')}` };
};

const met: Verdict = { kind: 'met' };

const judge = (dependency: Dependency, other: ServiceWorld | undefined): Verdict => {
  const { service: name, condition } = dependency;
  if (!other) return { kind: 'lost', reason: `${name} is not part of this run` };
  const pending: Verdict = { kind: 'pending', reason: `${name} (${other.state})` };
  switch (other.state) {
    case 'ready':
      return condition === 'service_completed_successfully' ? pending : met;
    case 'starting':
      return condition === 'service_started' && other.identity ? met : pending;
    case 'unhealthy':
      return condition === 'service_started' ? met : pending;
    case 'completed':
      if (condition === 'service_healthy' && other.spec.readiness !== null) {
        return { kind: 'lost', reason: `${name} completed before it was ready` };
      }
      return met;
    case 'failed':
      return { kind: 'lost', reason: `${name} failed${other.reason ? `: ${other.reason}` : ''}` };
    case 'skipped':
      return { kind: 'lost', reason: `${name} was skipped` };
    case 'stopped':
      // Stopped by hand: it is up to the same hand to start it again.
      return pending;
    case 'waiting':
    case 'fetching':
    case 'backoff':
    case 'stopping':
      return pending;
  }
};
