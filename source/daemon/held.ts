import { createHash } from 'node:crypto';
import type { UpRequest } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import type { ServiceOrder } from '../core/event.ts';
import { withDependencies } from '../core/graph.ts';
import type { StackDefinition } from '../core/model.ts';
import type { StackPaths } from '../core/paths.ts';
import { isOccupied, type StackWorld } from '../core/world.ts';
import type { Sockets } from '../ports.ts';
import { type Assembled, assemble } from '../stack/assemble.ts';
import { checkDefinition } from '../stack/check.ts';
import type { Binary, Rendered } from '../stack/render.ts';
import { portRequests } from '../stack/ports.ts';
import { createMask, secretRequests } from '../stack/secrets.ts';
import { type PortNumbers, type PortTable, reservePorts } from './port-table.ts';
import type { Secrets } from './secrets.ts';

/** A definition made whole and held while it runs: ports reserved, services wired. */
export type Held = {
  readonly definition: StackDefinition;
  readonly assembled: Assembled;
  readonly ports: PortTable;
  readonly orders: readonly ServiceOrder[];
  /** Puts a mask in the place of the stack's secrets. */
  readonly mask: (text: string) => string;
  /** A service as it would be started, its files in another folder: for looking at them without touching those in use. */
  readonly renderInto: (config: string, service: string, binary: Binary) => Rendered;
  /** Names to start, dependencies not yet added. */
  readonly start: readonly string[];
};

/**
Makes a request whole. Services that run keep their ports. Throws what `checkDefinition` and `assemble` throw,
SECRETS_UNREADABLE, SERVICE_UNKNOWN for a name that is not there, PORT_TAKEN for a strict port that is not free; nothing
stays reserved then.
*/
export const hold = async (
  request: UpRequest,
  with_: {
    readonly paths: StackPaths;
    readonly sockets: Sockets;
    readonly secrets: Secrets;
    readonly platform: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly world: StackWorld;
    /** Ports to take over from a predecessor, whoever has them now; null = those of what runs. */
    readonly kept: PortNumbers | null;
    /** What the definition before holds for services that have not been started. */
    readonly reserved: PortNumbers;
    /** Where booty's own page answers already. */
    readonly own: Readonly<Record<string, number>> | null;
  },
): Promise<Held> => {
  const definition = withoutIdleProfiles(request);
  const [problem] = checkDefinition(definition);
  if (problem) throw problem;
  const start = chosen({ ...request, definition });
  const secrets = await with_.secrets.with(secretRequests(definition));
  const ports = await reservePorts(
    with_.sockets,
    portRequests(definition),
    with_.kept ?? keptPorts(with_.reserved, with_.world, with_.own),
  );
  try {
    const { data, config, logs, run } = with_.paths;
    const input = {
      ports: ports.numbers,
      secrets,
      dirs: { data, config, logs, run },
      environment: with_.environment,
      platform: with_.platform,
    };
    const assembled = assemble(definition, input);
    const renderInto: Held['renderInto'] = (folder, service, binary) =>
      assemble(definition, { ...input, dirs: { ...input.dirs, config: folder } }).render(service, binary);
    const orders = assembled.specs.map((spec) => ({
      spec,
      fingerprint: digest([
        spec,
        // Its range is held against the version that runs, by `withMoves`.
        { ...definition.services.find((service) => service.name === spec.name), version: null },
        wiringOf(assembled, spec.name),
      ]),
    }));
    return { definition, assembled, ports, orders, start, mask: createMask(secrets), renderInto };
  } catch (error) {
    await ports.releaseAll();
    throw error;
  }
};

/** Services of profiles that nobody asked for are no part of this run: they take no port and offer nothing. */
const withoutIdleProfiles = ({ definition, services, profiles }: UpRequest): StackDefinition => {
  const isAsked = (service: StackDefinition['services'][number]): boolean =>
    service.profiles.length === 0 || service.profiles.some((profile) => profiles.includes(profile));
  const asked = definition.services.filter(isAsked).map((service) => service.name);
  const kept = withDependencies(definition.services, [...asked, ...services]);
  return { ...definition, services: definition.services.filter((service) => kept.has(service.name)) };
};

const chosen = ({ definition, services }: UpRequest): readonly string[] => {
  const known = definition.services.map((service) => service.name);
  const unknown = services.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new BootyError('SERVICE_UNKNOWN', { service: unknown, stack: definition.name, known });
  return services.length > 0 ? services : known;
};

const keptPorts = (
  reserved: PortNumbers,
  world: StackWorld,
  own: Readonly<Record<string, number>> | null,
): PortNumbers => {
  const kept: Record<string, Readonly<Record<string, number>>> = { ...reserved };
  // Of one that was found by the record of its start alone no port is known; what is held for it is held by us.
  for (const [name, service] of Object.entries(world.services))
    if (isOccupied(service)) kept[name] = { ...reserved[name], ...service.spec.ports };
  // The daemon's own page goes on answering where it does.
  return own ? { ...kept, booty: own } : kept;
};

/**
What a service is started with, whatever the version of its binary: it changes when a port of somebody it speaks to does.
*/
const wiringOf = (assembled: Assembled, service: string): unknown => {
  const wish = assembled.binaries.find((binary) => binary.service === service);
  return assembled.render(service, wish ? { version: '0.0.0', executables: { [wish.executable]: '/' } } : null);
};

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');
