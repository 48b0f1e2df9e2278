import { authority } from '../catalog/address.ts';
import type { ConfigFile, OfferKind } from '../catalog/recipe.ts';
import { joinCommand } from '../config/split-command.ts';
import { BootyError } from '../core/error.ts';
import type { Dependency, Probe, ProbePolicy, RestartPolicy, StackDefinition, StopPolicy } from '../core/model.ts';
import { assemble, type BinaryRequest } from './assemble.ts';
import type { StackDirs } from './dirs.ts';
import { expectedPorts, type ExpectedPort } from './expected-ports.ts';
import { jointsOf } from './joints.ts';
import type { Link } from './links.ts';
import { createDefinitionMask, mapTexts, maskEnvironment } from './mask.ts';
import type { PortTable } from './ports.ts';
import type { Binary, Rendered } from './render.ts';

/** Which binary a service runs and where it is from; null in `installed`: `booty up` fetches it. */
export type ResolvedVersion = {
  readonly range: string | null;
  readonly installed: string | null;
  readonly source: string | null;
  readonly sourceVersion: string | null;
  readonly folder: string | null;
};

/** One service as it is started. Secrets are masked; a port that is chosen at the start stands as `<service.port>`. */
export type ResolvedService = {
  readonly component: string | null;
  readonly version: ResolvedVersion | null;
  readonly command: readonly string[];
  /** What booty and booty.yaml set, on top of the environment booty is called in. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly ports: Readonly<Record<string, ExpectedPort>>;
  readonly bind: string;
  readonly files: readonly (Omit<ConfigFile, 'mode'> & { readonly mode: string })[];
  readonly folders: readonly string[];
  readonly log: 'file' | 'pipe';
  readonly dependencies: readonly Dependency[];
  readonly takes: readonly { readonly kind: OfferKind; readonly from: readonly string[] }[];
  readonly gives: readonly { readonly kind: OfferKind; readonly to: readonly string[] }[];
  /** null: ready as soon as it runs. */
  readonly readiness: (Omit<ProbePolicy, 'probe'> & { readonly probe: string }) | null;
  readonly restart: RestartPolicy;
  readonly stop: StopPolicy;
  readonly profiles: readonly string[];
};

export type Resolved = {
  readonly stack: string;
  readonly file: string | null;
  readonly folder: string;
  readonly services: Readonly<Record<string, ResolvedService>>;
  readonly links: readonly Link[];
};

/** What is known of a service's binary; `binary` is null when it is not installed. */
export type KnownBinary = { readonly binary: Binary | null; readonly version: ResolvedVersion };

/**
The whole truth about a stack, as far as it can be told without starting it: what the daemon would run, with which files,
ports and environment. Expects a definition that `checkDefinition` finds nothing wrong with. Pure.
*/
export const resolveStack = (
  definition: StackDefinition,
  input: {
    /** Of the running stack; empty when it is down. */
    readonly running: PortTable;
    readonly dirs: StackDirs;
    readonly platform: string;
    /** By service; those of own commands are not asked for. */
    readonly binaries: ReadonlyMap<string, KnownBinary>;
  },
): Resolved => {
  const { ports, table, withoutStandIns } = expectedPorts(definition, input.running);
  const mask = createDefinitionMask(definition);
  const shown = (text: string): string => withoutStandIns(mask(text));
  const { dirs, platform } = input;
  const { specs, binaries, render, links } = assemble(definition, { ports: table, dirs, environment: {}, platform });
  const services = specs.map((spec) => {
    const service = definition.services.find(({ name }) => name === spec.name);
    const request = binaries.find((each) => each.service === spec.name);
    const known = input.binaries.get(spec.name);
    const rendered = renderAnyway((binary) => render(spec.name, binary), request, known?.binary ?? null);
    const resolved: ResolvedService = {
      component: spec.component,
      version: request === undefined ? null : (known?.version ?? notInstalled(request)),
      command: rendered.command,
      environment: maskEnvironment(rendered.environment, (text) => text),
      workingDir: rendered.workingDir,
      ports: ports[spec.name] ?? {},
      bind: service?.bind ?? '127.0.0.1',
      files: rendered.files.map((file) => ({ ...file, mode: file.mode.toString(8).padStart(4, '0') })),
      folders: rendered.folders.map(({ path }) => path),
      log: rendered.logMode,
      dependencies: spec.dependencies,
      ...jointsOf(definition, spec.name),
      readiness: spec.readiness === null ? null : { ...spec.readiness, probe: questionOf(spec.readiness.probe) },
      restart: spec.restart,
      stop: spec.stop,
      profiles: service?.profiles ?? [],
    };
    return [spec.name, mapTexts(resolved, shown)] as const;
  });
  const { name: stack, file, folder } = definition;
  return { stack, file, folder, services: Object.fromEntries(services), links: mapTexts(links, shown) };
};

/** A package that is not there, or lacks the executable, is no reason not to show how it would be run. */
const renderAnyway = (
  render: (binary: Binary | null) => Rendered,
  request: BinaryRequest | undefined,
  binary: Binary | null,
): Rendered => {
  if (request === undefined) return render(null);
  const standIn = { version: newestVersion, executables: { [request.executable]: request.executable } };
  try {
    return render(binary ?? standIn);
  } catch (error) {
    if (error instanceof BootyError && error.code === 'EXECUTABLE_MISSING') return render(standIn);
    throw error;
  }
};

/** What is not installed yet will be new. */
const newestVersion = '9999.0.0';

const notInstalled = ({ range }: BinaryRequest): ResolvedVersion => ({
  range,
  installed: null,
  source: null,
  sourceVersion: null,
  folder: null,
});

/** What is asked, in one line: the port of a TCP probe may be one that is not chosen yet. */
const questionOf = (probe: Probe): string => {
  switch (probe.kind) {
    case 'http':
      return `GET ${probe.url}`;
    case 'tcp':
      return `connect to ${authority(probe.host, probe.port)}`;
    case 'log':
      return `look for /${probe.pattern}/ in its log`;
    case 'file':
      return `look for the file ${probe.path}`;
    case 'exec':
    default:
      return `run ${joinCommand(probe.command)}`;
  }
};
