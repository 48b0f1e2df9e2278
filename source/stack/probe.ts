import { BootyError } from '../core/error.ts';
import type { HealthcheckDefinition, Probe, ProbePolicy } from '../core/model.ts';
import { siteOf } from './site.ts';
import { substitute, type Scope } from './substitute.ts';

/**
How a member's readiness is asked: as its definition says, else as its recipe does; null when neither does or the
definition says NONE. Timings that are not written are Compose's for own commands (every 30 s, within 30 s, 3 times)
and tighter for the catalog's. Without a written start period failures count from the moment they would under Compose,
which asks first after one interval: booty asks at once, so three of them may come within two seconds.
Throws REFERENCE_UNKNOWN and PROBE_ADDRESS_BAD.
*/
export const readinessOf = (scope: Scope): ProbePolicy | null => {
  const { service, recipe } = scope.member;
  const written = service.healthcheck;
  const probe =
    written === null || written.probe.kind === 'catalog' ? recipeProbe(scope) : probeOf(written.probe, scope);
  if (probe === null) return null;
  const timings = recipe === null ? composeTimings : catalogTimings;
  const intervalMs = written?.intervalMs ?? timings.intervalMs;
  const retries = written?.retries ?? timings.retries;
  return {
    probe,
    intervalMs,
    startIntervalMs: written?.startIntervalMs ?? timings.startIntervalMs,
    timeoutMs: written?.timeoutMs ?? timings.timeoutMs,
    retries,
    startPeriodMs: written?.startPeriodMs ?? intervalMs * retries,
    onUnhealthy: service.onUnhealthy ?? 'report',
  };
};

const composeTimings = { intervalMs: 30_000, startIntervalMs: 500, timeoutMs: 30_000, retries: 3 } as const;
const catalogTimings = { intervalMs: 10_000, startIntervalMs: 250, timeoutMs: 3_000, retries: 3 } as const;

const recipeProbe = ({ member, ports }: Scope): Probe | null => {
  if (member.recipe === null) return null;
  const { port, path } = member.recipe.readiness;
  return { kind: 'http', url: `${siteOf(member, port, ports).origin}${path}` };
};

type WrittenProbe = Exclude<HealthcheckDefinition['probe'], { kind: 'catalog' }>;

const probeOf = (written: WrittenProbe, scope: Scope): Probe | null => {
  if (written.kind === 'none') return null;
  if (written.kind === 'http') return { kind: 'http', url: substitute(written.url, scope, 'public') };
  if (written.kind === 'tcp')
    return { kind: 'tcp', ...hostAndPort(substitute(written.address, scope, 'public'), scope) };
  if (written.kind === 'log') return { kind: 'log', pattern: substitute(written.pattern, scope, 'public') };
  if (written.kind === 'file') return { kind: 'file', path: substitute(written.path, scope, 'public') };
  return { kind: 'exec', command: written.command.map((word) => substitute(word, scope, 'public')) };
};

const hostAndPort = (address: string, scope: Scope): { readonly host: string; readonly port: number } => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new BootyError('PROBE_ADDRESS_BAD', {
      service: scope.member.service.name,
      address,
      where: scope.where,
    });
  }
  return { host, port };
};
