import type { HealthcheckDefinition, OfferDefinition, ServiceDefinition } from '../core/model.ts';
import type { WrittenOffer } from './offers.ts';
import { resolvePath } from './path.ts';
import type { CheckedService } from './schema.ts';

/** Gives a checked service the form the other rooms read; what was not written is null. */
export const defineService = (
  name: string,
  service: CheckedService,
  environment: Readonly<Record<string, string>>,
  folder: string,
): ServiceDefinition => {
  const workingDir = service.working_dir === undefined ? folder : resolveWritten(folder, service.working_dir);
  return {
    name,
    component: service.component ?? null,
    version: service.version ?? null,
    command: service.command ?? null,
    environment,
    workingDir,
    dependencies: service.depends_on ?? [],
    healthcheck: service.healthcheck === undefined ? null : withAbsoluteFile(service.healthcheck, workingDir),
    onUnhealthy: service.on_unhealthy ?? null,
    restart: service.restart ?? null,
    stopSignal: service.stop_signal ?? null,
    stopGraceMs: service.stop_grace_period ?? null,
    stopScope: service.stop_scope ?? null,
    ports: service.ports ?? {},
    bind: service.bind ?? '127.0.0.1',
    log: service.log ?? null,
    profiles: service.profiles ?? [],
    openFilesMax: service.ulimits ?? null,
    ...(service.pid === 'private' ? { isPidPrivate: true } : {}),
    ...(service.offers === undefined ? {} : { offers: service.offers.map((offer) => withPort(offer, service)) }),
  };
};

/** `checkStack` reports an offer of a service that has no port to mean. */
const withPort = ({ kind, port, path }: WrittenOffer, { ports = {} }: CheckedService): OfferDefinition => ({
  kind,
  port: port ?? Object.keys(ports)[0] ?? '',
  path,
});

/** A path that begins with a reference is absolute once that is put in. */
const resolveWritten = (folder: string, written: string): string =>
  written.startsWith('${{') ? written : resolvePath(folder, written);

const withAbsoluteFile = (healthcheck: HealthcheckDefinition, workingDir: string): HealthcheckDefinition => {
  const { probe } = healthcheck;
  if (probe.kind !== 'file' || probe.path.startsWith('${{')) return healthcheck;
  // Joined by hand where the working dir is a reference: tidying could eat into it.
  const path =
    workingDir.startsWith('${{') && !probe.path.startsWith('/')
      ? `${workingDir}/${probe.path}`
      : resolvePath(workingDir, probe.path);
  return { ...healthcheck, probe: { kind: 'file', path } };
};
