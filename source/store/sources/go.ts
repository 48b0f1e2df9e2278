import type { World } from '../../ports.ts';
import { build } from './go/build.ts';
import { findGo, goPlace } from './go/command.ts';
import { offer } from './go/offer.ts';
import type { Source } from './source.ts';

/**
Go modules that the machine's own Go builds, from the module proxy and under the checksum database it is configured with.
Modules and compiled packages stay in Go's caches, so that the next version is built sooner.
*/
export const createGoSource = (world: Pick<World, 'files' | 'host'>): Source => ({
  name: 'go',
  unusable: async () => ((await findGo(world.host)) === null ? `no go on PATH or in ${goPlace}` : null),
  offer: (wanted, _onMessage, signal) => offer(world, wanted, signal),
  fetch: async (picks, folder, on, signal) => {
    // One after the other: a single build keeps all cores busy.
    for (const pick of picks) {
      const onStep = (phase: 'downloading' | 'unpacking', message: string): void =>
        on.progress(pick, { ...unmeasured, phase, version: pick.candidate.version, message });
      try {
        on.settled(pick, await build(world, pick, folder, onStep, signal));
      } catch (error) {
        signal.throwIfAborted();
        on.settled(pick, error instanceof Error ? error : new Error(String(error)));
      }
    }
  },
});

/** Go does not tell how much it has to do. */
const unmeasured = { source: 'go', doneBytes: 0, totalBytes: null, bytesPerSecond: null, etaMs: null } as const;
