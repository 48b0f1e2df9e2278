import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createArchives } from '../../source/edge/archives.ts';
import { createClock } from '../../source/edge/clock.ts';
import { createDownloads } from '../../source/edge/downloads.ts';
import { createFiles } from '../../source/edge/files.ts';
import { createHost } from '../../source/edge/host.ts';
import { createRandom } from '../../source/edge/random.ts';
import type { Host } from '../../source/ports.ts';
import { readRegistry } from '../../source/registry/load.ts';
import type { Registry } from '../../source/registry/schema.ts';
import type { Installed, InstallProgress, Store } from '../../source/store/store.ts';

export const files = createFiles();
export const clock = createClock();
/** All that a store needs besides files, clock and host. */
export const carriers = { random: createRandom(), downloads: createDownloads({}), archives: createArchives() };

/** The registry that comes with booty. */
export const shippedRegistry = (): Promise<Registry> =>
  readRegistry(files, new URL('../../registry.json', import.meta.url).pathname);

/** A new BOOTY_HOME, removed after the test. */
export const newHome = async (t: ExecutionContext): Promise<string> => {
  const home = await mkdtemp(join(tmpdir(), 'booty-store-'));
  t.teardown(() => files.remove(home));
  return home;
};

/** Removes something of a version folder, which is closed to everybody. */
export const breakOff = async (path: string): Promise<void> => {
  await files.chmod(dirname(path), 0o755);
  await files.remove(path);
};

/** The real machine, with some of its environment changed for commands it runs. */
export const hostWith = (environment: Readonly<Record<string, string>>): Host => {
  const host = createHost();
  return { ...host, environment: { ...host.environment, ...environment } };
};

export type Outcome = {
  /** By the name that was asked for. */
  readonly results: ReadonlyMap<string, Installed | Error>;
  readonly progress: readonly (InstallProgress & { readonly component: string })[];
};

/** Installs and collects what is said meanwhile. `name@range` or `name`. */
export const installAll = async (
  store: Store,
  names: readonly string[],
  signal: AbortSignal = new AbortController().signal,
  onProgress: (progress: InstallProgress) => void = () => undefined,
): Promise<Outcome> => {
  const results = new Map<string, Installed | Error>();
  const progress: (InstallProgress & { component: string })[] = [];
  const wanted = names.map((name) => {
    const [component = '', range = null] = name.split('@');
    return { component, range };
  });
  await store.install(
    wanted,
    {
      progress: (component, state) => {
        progress.push({ component, ...state });
        onProgress(state);
      },
      settled: (component, result) => {
        results.set(component, result);
      },
    },
    signal,
  );
  return { results, progress };
};

/** The code of the error a component failed with. */
export const codeOf = (outcome: Outcome, component: string): string | null => {
  const result = outcome.results.get(component);
  return result instanceof Error && 'code' in result ? String(result.code) : null;
};
