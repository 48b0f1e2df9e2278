import { writeDefinition } from '../config/write-definition.ts';
import { BootyError } from '../core/error.ts';
import type { StackDefinition, StackRow } from '../core/model.ts';
import { readRunFile } from '../daemon/run-file.ts';
import { lockPath, readLock } from '../lock/lock-file.ts';
import { staleReason } from '../lock/stale.ts';
import { assemble } from '../stack/assemble.ts';
import { expectedPorts } from '../stack/expected-ports.ts';
import { createDefinitionMask, mapTexts, maskEnvironment } from '../stack/mask.ts';
import type { PortTable } from '../stack/ports.ts';
import { resolveStack, type KnownBinary } from '../stack/resolve.ts';
import type { Context } from './context.ts';
import { resolvedText } from './resolved-text.ts';
import { rowInTime } from './row-in-time.ts';
import type { Target } from './target.ts';

/** One thing to show, as a document and as a text. */
export type View = { readonly document: unknown; readonly text: string };

/** A definition as it was understood, secrets masked. */
export const definitionView = (definition: StackDefinition): View => {
  const mask = createDefinitionMask(definition);
  const services = definition.services.map((service) => ({
    ...mapTexts(service, mask),
    environment: maskEnvironment(service.environment, mask),
  }));
  const { positions: _, ...document } = { ...definition, services };
  return { document, text: writeDefinition({ ...definition, services }) };
};

/** What is run for a definition; asks the daemon, if there is one, for the ports and versions it runs with. */
export const resolvedView = async (context: Context, target: Target, definition: StackDefinition): Promise<View> => {
  const { host } = context.ports;
  const row = await rowOf(context, target);
  const running = row === null ? {} : await portsOf(context, target, row);
  const { data, config, logs, run } = target.paths;
  const dirs = { data, config, logs, run };
  const { binaries: requests } = assemble(definition, {
    ports: expectedPorts(definition, running).table,
    dirs,
    environment: {},
    platform: host.platform,
  });
  const store = await context.openStore(definition.folder);
  const lock = await readLock(context.ports.files, lockPath(definition.file, target.paths.root));
  const binaries = new Map<string, KnownBinary>();
  for (const request of requests) {
    const { service, package: packageName, range } = request;
    const runs = row?.services.find((each) => each.name === service)?.version ?? null;
    const version = runs ?? (staleReason(lock, request) === null ? (lock.services[service]?.version ?? null) : null);
    const found = await store.find(packageName, version ?? range).catch((error: unknown) => {
      if (error instanceof BootyError && error.code === 'STORE_UNKNOWN_COMPONENT') return null;
      throw error;
    });
    binaries.set(service, {
      binary: found,
      version: {
        range,
        installed: found?.version ?? null,
        source: found?.source ?? null,
        sourceVersion: found?.sourceVersion ?? null,
        folder: found?.folder ?? null,
      },
    });
  }
  const { warnings } = definition;
  const resolved = resolveStack(definition, { running, dirs, platform: host.platform, binaries });
  const state = row?.state ?? 'down';
  const document = { ...resolved, state, home: target.paths.root, warnings };
  return { document, text: resolvedText(resolved, state) };
};

/** Nobody at the socket is an answer; no daemon is started to be asked. */
const rowOf = async (context: Context, target: Target): Promise<StackRow | null> => {
  try {
    return await rowInTime(context, target);
  } catch (error) {
    if (error instanceof BootyError && error.code === 'DAEMON_UNREACHABLE') return null;
    throw error;
  }
};

/** Those of services as the daemon says; that of booty's own page stands in its run file only. */
const portsOf = async (context: Context, target: Target, row: StackRow): Promise<PortTable> => {
  const booty = (await readRunFile(context.ports.files, target.paths.runFile))?.ports['booty'];
  const services = row.services.map(({ name, ports }) => [name, ports] as const);
  return { ...Object.fromEntries(services), ...(booty === undefined ? {} : { booty }) };
};
