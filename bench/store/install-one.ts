/** Installs `demo` by a registry file: `install-one.ts HOME REGISTRY MIRROR`. Prints seconds and the peak of its memory as JSON. */
import { createWorld } from '../../source/edge/world.ts';
import { readRegistry } from '../../source/registry/load.ts';
import { createStore } from '../../source/store/create-store.ts';

const [home = '', registryFile = '', mirror = ''] = process.argv.slice(2);
const world = createWorld();
const environment = { ...world.host.environment, BOOTY_MIRROR: mirror, BOOTY_SOURCES: 'archive' };
const registry = await readRegistry(world.files, registryFile);
const store = createStore({ ...world, host: { ...world.host, environment }, registry, home });
const startedAtMs = performance.now();
let failure: Error | null = null;
await store.install(
  [{ component: 'demo', range: null }],
  {
    progress: () => undefined,
    settled: (_, result) => {
      if (result instanceof Error) failure = result;
    },
  },
  new AbortController().signal,
);
if (failure !== null) throw failure as Error;
const seconds = (performance.now() - startedAtMs) / 1_000;
// resourceUsage counts in kilobytes on every system.
process.stdout.write(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1_024 }));
