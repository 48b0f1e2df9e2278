/** A package `demo` from servers of all manners on this machine, for the tests of the archive source. */
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { BootyError } from '../../../source/core/error.ts';
import type { ArchiveFormat, Clock, Downloads } from '../../../source/ports.ts';
import { parseRegistry } from '../../../source/registry/load.ts';
import type { Registry } from '../../../source/registry/schema.ts';
import { createStore } from '../../../source/store/create-store.ts';
import type { Installed } from '../../../source/store/store.ts';
import { carriers, clock, files, hostWith, installAll, newHome, type Outcome } from '../world.ts';
import { serve, sha256 } from './mirror.ts';
import { tarGz } from './packed.ts';

export const script = '#!/bin/sh\necho demo 1.2.3\n';
// Noise, so that it stays large when packed.
const noise = Array.from({ length: 1_000 }, (_, index) => sha256(Buffer.from(`${index}`))).join('\n');
export const good = tarGz({ 'demo-1.2.3/demo': script, 'demo-1.2.3/LICENSE': noise });
export const quick: Clock = { ...clock, after: (delayMs, run) => clock.after(delayMs / 50, run) };
export const impatient: Downloads = {
  ...carriers.downloads,
  fetch: (download) => carriers.downloads.fetch({ ...download, stallTimeoutMs: 300 }),
};
const { platform, arch } = process;
const platformName = `${platform}-${arch === 'x64' ? 'amd64' : arch}`;

type Told = {
  readonly sha256?: string | null;
  readonly sizeBytes?: number;
  readonly format?: ArchiveFormat;
  readonly file?: string;
  readonly member?: string;
  readonly tree?: { readonly stripLevels: number };
};

/** One package `demo` with one version, on host up.example. */
export const registryOf = (bytes: Buffer, told: Told = {}): Registry => {
  const download = {
    url: `https://up.example/${told.file ?? 'demo.tar.gz'}`,
    format: told.format ?? 'tar.gz',
    members: { demo: told.member ?? 'demo-1.2.3/demo' },
    ...(told.sha256 === null
      ? { sha256: null, refused: 'upstream signs nothing' }
      : { sha256: told.sha256 ?? sha256(bytes) }),
    ...(told.sizeBytes !== undefined && { sizeBytes: told.sizeBytes }),
  };
  const demo = {
    title: 'Demo',
    homepage: 'https://up.example',
    licence: 'MIT',
    executables: ['demo'],
    components: { demo: { executable: 'demo', aliases: [] } },
    ...(told.tree && { tree: told.tree }),
    versions: { '1.2.3': { archives: [{ name: 'demo', platforms: { [platformName]: download } }] } },
  };
  return parseRegistry(JSON.stringify({ schemaVersion: 1, packages: { demo } }), 'test');
};

export const storeOf = (
  home: string,
  registry: Registry,
  mirror: string,
  sources = 'archive',
  downloads: Downloads = carriers.downloads,
) =>
  createStore({
    ...carriers,
    downloads,
    files,
    clock: quick,
    registry,
    home,
    host: hostWith({ BOOTY_MIRROR: mirror, BOOTY_SOURCES: sources }),
  });

export type Case = { readonly home: string; readonly outcome: Outcome; readonly asked: readonly string[] };

/** Installs `demo` from a server that answers as told. */
export const install = async (
  t: ExecutionContext,
  answers: Parameters<typeof serve>[1],
  registry: Registry = registryOf(good),
  downloads?: Downloads,
): Promise<Case> => {
  const { origin, asked } = await serve(t, answers);
  const home = await newHome(t);
  const outcome = await installAll(storeOf(home, registry, `up.example=${origin}`, 'archive', downloads), ['demo']);
  return { home, outcome, asked };
};

export const succeeds = async (t: ExecutionContext, { home, outcome }: Case): Promise<void> => {
  const installed = outcome.results.get('demo');
  t.like(installed, { version: '1.2.3', source: 'archive', reason: null });
  const file = (installed as Installed).executables['demo'] ?? '';
  t.is(await files.readText(file), script);
  t.is((await files.stat(file))?.mode, 0o555);
  t.deepEqual(await files.list(join(home, 'cache/downloads')), []);
};

export const fails = async (
  t: ExecutionContext,
  { home, outcome }: Case,
  code: string,
  message: RegExp,
): Promise<void> => {
  const error = outcome.results.get('demo') as BootyError;
  t.is(error.code, code as never, error.message);
  t.regex(error.message, message);
  t.deepEqual(await files.list(join(home, 'store/demo')), []);
  t.deepEqual(
    (await files.list(join(home, 'store'))).filter((name) => name.startsWith('.new')),
    [],
  );
};
