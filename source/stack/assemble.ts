import { assert } from '../core/error.ts';
import type { ServiceSpec, StackDefinition, StopPolicy } from '../core/model.ts';
import type { OwnSnapshot } from '../catalog/recipe.ts';
import type { WayBack } from '../core/upgrade/way-back.ts';
import { dependenciesOf } from './dependencies.ts';
import { serviceDirs, type StackDirs } from './dirs.ts';
import { linksOf, type Link } from './links.ts';
import { membersOf, type Member } from './member.ts';
import type { PortTable } from './ports.ts';
import { readinessOf } from './probe.ts';
import { renderService, type Binary, type Rendered } from './render.ts';
import type { SecretTable } from './secrets.ts';
import type { Scope } from './substitute.ts';
import { whereIs } from './where.ts';
import { wiringOf } from './wiring.ts';

/** What the store must have before a service can start. */
export type BinaryRequest = {
  readonly service: string;
  readonly component: string;
  readonly package: string;
  readonly executable: string;
  /** semver; null = any. */
  readonly range: string | null;
  /** What the catalog says of its upgrades. */
  readonly wayBack: WayBack;
  readonly oneAtATime: 'major' | 'minor' | null;
  /** True: it makes snapshots of its own while it runs. */
  readonly hasOwnSnapshot: boolean;
};

/** A stack made whole: what to decide with, what to fetch, how to start, where to look. */
export type Assembled = {
  readonly specs: readonly ServiceSpec[];
  readonly binaries: readonly BinaryRequest[];
  /**
  One start's command, environment, files and folders; called right before each start, as the version of the binary
  may have changed. `binary` is null for an own command. Throws EXECUTABLE_MISSING.
  */
  readonly render: (service: string, binary: Binary | null) => Rendered;
  /** How a service that runs in that version is asked for a snapshot of its own; null: it makes none. */
  readonly ownSnapshot: (service: string, version: string) => OwnSnapshot | null;
  readonly links: readonly Link[];
};

/** What a definition is joined with. */
export type AssembleInput = {
  /** A number for each of `portRequests`. */
  readonly ports: PortTable;
  /** The values of `secretRequests`; left out, each is shown as the mask: for what is only looked at. */
  readonly secrets?: SecretTable;
  /** Absolute folders of the stack. */
  readonly dirs: StackDirs;
  /** What every service's environment begins with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Node's name of it; `linux` unless said. */
  readonly platform?: string;
};

/** Makes a definition whole. Expects one that `checkDefinition` finds nothing wrong with. Pure and repeatable. */
export const assemble = (definition: StackDefinition, input: AssembleInput): Assembled => {
  const members = membersOf(definition);
  const dependencies = dependenciesOf(members);
  const place = { stack: definition.name, platform: input.platform ?? 'linux', environment: input.environment };
  const scopeOf = (member: Member): Scope => ({
    member,
    members,
    ports: input.ports,
    secrets: input.secrets ?? null,
    dirs: serviceDirs(member.service.name, input.dirs),
    where: whereIs(definition, `services.${member.service.name}`),
  });
  const memberOf = (name: string): Member => {
    const member = members.find(({ service }) => service.name === name);
    assert(member !== undefined, `service ${name} is one of the stack`);
    return member;
  };
  return {
    specs: members.map((member) => ({
      name: member.service.name,
      component: member.service.component,
      needsBinary: member.recipe !== null,
      dependencies: dependencies.get(member.service.name) ?? [],
      readiness: readinessOf(scopeOf(member)),
      restart: member.service.restart ?? { when: member.recipe ? 'unless-stopped' : 'no', retriesMax: null },
      stop: stopOf(member),
      ports: input.ports[member.service.name] ?? {},
    })),
    binaries: members.flatMap(({ service, recipe }) =>
      recipe === null
        ? []
        : [
            {
              service: service.name,
              component: recipe.name,
              package: recipe.package,
              executable: recipe.executable,
              range: service.version,
              wayBack: recipe.wayBack,
              oneAtATime: recipe.oneAtATime ?? null,
              hasOwnSnapshot: recipe.ownSnapshot !== undefined,
            },
          ],
    ),
    render: (name, binary) => renderService(scopeOf(memberOf(name)), place, binary),
    ownSnapshot: (name, version) => {
      const member = memberOf(name);
      return member.recipe?.ownSnapshot?.(wiringOf(scopeOf(member), place, version)) ?? null;
    },
    links: linksOf(members, input.ports),
  };
};

const stopOf = ({ service, recipe }: Member): StopPolicy => {
  const base = recipe?.stop ?? ownCommandStop;
  return {
    signal: service.stopSignal ?? base.signal,
    graceMs: service.stopGraceMs ?? base.graceMs,
    scope: service.stopScope ?? base.scope,
  };
};

/** Compose's signal and grace. */
const ownCommandStop: StopPolicy = { signal: 'SIGTERM', graceMs: 10_000, scope: 'group' };
