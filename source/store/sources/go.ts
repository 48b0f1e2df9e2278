import { join } from 'node:path';
import type { World } from '../../ports.ts';
import type { MirrorClient } from '../mirror/client.ts';
import { build } from './go/build.ts';
import { findGo, goCache, goPlace } from './go/command.ts';
import { copy } from './go/copy.ts';
import { offer } from './go/offer.ts';
import { keyOf } from '../mirror/document.ts';
import type { Candidate, FetchListener, Pick as Picked, Source } from './source.ts';

/**
Go modules that the machine's own Go builds, from the module proxy and under the checksum database it is configured with.
Modules and compiled packages stay in Go's caches, so that the next version is built sooner. Where a mirror holds modules,
it is the proxy, also for the database, and only what it says it holds is offered: of a module that another one needs it
has no more than that one needs.
*/
export const createGoSource = (
  world: Pick<World, 'files' | 'host' | 'downloads'>,
  home: string,
  client: MirrorClient | null = null,
): Source => {
  /** Go remembers the newest tree of the database it saw, which a mirror cannot prove its own older one in: so a cache apart. */
  const mirrored = async (signal: AbortSignal) => {
    const document = (await client?.read(signal)) ?? null;
    if (client === null || document === null) return { document: null, environment: {} };
    return { document, environment: { GOPROXY: `${client.base}/go`, ...goCache(join(home, 'cache', 'go')) } };
  };
  return {
    name: 'go',
    unusable: async () => ((await findGo(world.host)) === null ? `no go on PATH or in ${goPlace}` : null),
    offer: async (wanted, _onMessage, signal) => {
      const { document, environment } = await mirrored(signal);
      if (document === null) return offer(world, wanted, signal);
      const held = document.packages.filter(({ source }) => source === 'go');
      const own = wanted.filter(({ package: name }) => held.some((one) => one.package === name));
      const keys = new Set(held.map(keyOf));
      const answer = await offer(world, own, signal, environment);
      const candidates = [...answer.candidates].map(([name, rows]): [string, readonly Candidate[]] => [
        name,
        rows.filter(({ sourceVersion }) => keys.has(keyOf({ package: name, source: 'go', sourceVersion }))),
      ]);
      return { ...answer, candidates: new Map(candidates) };
    },
    fetch: async (picks, folder, on, signal) => {
      const { environment } = await mirrored(signal);
      await each(picks, on, signal, (pick, onStep) => build(world, pick, folder, onStep, signal, environment));
    },
    copy: (picks, into, on, signal) =>
      each(picks, on, signal, (pick, onStep) => copy(world, pick, into, onStep, signal)),
  };
};

type Listener<Result> = {
  readonly progress: FetchListener['progress'];
  readonly settled: (pick: Picked, result: Result | Error) => void;
};

/** One after the other: a single build keeps all cores busy. */
const each = async <Result>(
  picks: readonly Picked[],
  on: Listener<Result>,
  signal: AbortSignal,
  work: (pick: Picked, onStep: (phase: 'downloading' | 'unpacking', message: string) => void) => Promise<Result>,
): Promise<void> => {
  for (const pick of picks) {
    const onStep = (phase: 'downloading' | 'unpacking', message: string): void =>
      on.progress(pick, { ...unmeasured, phase, version: pick.candidate.version, message });
    try {
      on.settled(pick, await work(pick, onStep));
    } catch (error) {
      signal.throwIfAborted();
      on.settled(pick, error instanceof Error ? error : new Error(String(error)));
    }
  }
};

/** Go does not tell how much it has to do. */
const unmeasured = { source: 'go', doneBytes: 0, totalBytes: null, bytesPerSecond: null, etaMs: null } as const;
