import { bootyPeer } from '../peers/booty.ts';
import { byHand } from '../peers/by-hand.ts';
import type { Peer } from '../peers/peer.ts';
import { type Growth, measureGrowth, measureWaited, measureWarmChain, measureWarmStart } from './booty-only.ts';
import { measureFlood } from './flood.ts';
import { measureRest } from './rest.ts';
import type { Bench } from './run.ts';
import { add, type Failure, type Samples } from './samples.ts';
import { measureChain, measureStart } from './start.ts';
import { measureStop } from './stop.ts';

/** All that was measured; every value of every round is kept. */
export type Results = {
  readonly cases: ReadonlyMap<CaseName, Samples>;
  readonly failures: readonly Failure[];
  /** How many processes `start200` really started. */
  readonly many: number;
  readonly floodLines: number;
  readonly growthLines: number;
};

export const caseNames = [
  'start20',
  'start200',
  'chain',
  'stop12',
  'stopLayers',
  'floodSeconds',
  'floodCpuSeconds',
  'floodPeakBytes',
  'restCpuPercent',
  'restRssBytes',
  'listMs',
  'growthBytes',
] as const;
export type CaseName = (typeof caseNames)[number];

/** Names of what only booty has, as contenders beside the peers. */
export const asked = {
  warm: 'booty, daemon up',
  wait: 'booty up -d --wait',
  daemon: 'booty daemon alone',
  before: 'before',
  after: 'after',
  peak: 'peak',
} as const;

/**
Measures every case so many times: each round goes once through all contenders, so that what the machine does besides
hits all alike. A contender that fails in a case is not asked again there.
*/
export const measureRounds = async (
  bench: Bench,
  peers: readonly Peer[],
  rounds: number,
  say: (line: string) => void,
): Promise<Results> => {
  const cases = new Map<CaseName, Samples>(caseNames.map((name) => [name, new Map<string, number[]>()]));
  const failures: Failure[] = [];
  const put = (name: CaseName, contender: string, value: number): void => {
    const samples = cases.get(name);
    if (samples) add(samples, contender, value);
  };
  const attempt = async (contender: string, what: string, measure: () => Promise<void>): Promise<void> => {
    if (failures.some((each) => each.contender === contender && each.what === what)) return;
    await measure().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      say(`${contender}, ${what}: ${why}`);
      failures.push({ contender, what, why });
    });
  };
  const up = bootyPeer(bench.booty, 'up');
  const detached = [bootyPeer(bench.booty, 'up -d', 'file'), bootyPeer(bench.booty, 'up -d')];
  const supervisors = [up, ...peers.filter(({ name }) => name !== 'pm2')];
  const contenders = [byHand, ...supervisors];
  const many = bench.isQuick ? 50 : 200;
  const floodLines = bench.isQuick ? 200_000 : 2_000_000;
  const growthLines = bench.isQuick ? 1_400_000 : 14_000_000;
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    for (const peer of contenders) {
      await attempt(peer.name, '20 processes', async () =>
        put('start20', peer.name, await measureStart(bench, peer, 20)),
      );
    }
    await attempt(asked.warm, '20 processes', async () =>
      put('start20', asked.warm, await measureWarmStart(bench, 20)),
    );
    for (const peer of contenders.filter(({ servicesMax }) => servicesMax >= many)) {
      await attempt(peer.name, `${many} processes`, async () =>
        put('start200', peer.name, await measureStart(bench, peer, many)),
      );
    }
    await attempt(asked.warm, `${many} processes`, async () =>
      put('start200', asked.warm, await measureWarmStart(bench, many)),
    );
    say('  ready');
    for (const peer of contenders.filter(({ hasReadiness }) => hasReadiness)) {
      await attempt(peer.name, 'chain', async () => put('chain', peer.name, await measureChain(bench, peer)));
    }
    await attempt(asked.wait, 'chain', async () => put('chain', asked.wait, await measureWaited(bench)));
    await attempt(asked.warm, 'chain', async () => put('chain', asked.warm, await measureWarmChain(bench)));
    say('  stop');
    for (const peer of contenders) {
      await attempt(peer.name, 'stop', async () => put('stop12', peer.name, await measureStop(bench, peer, 1)));
    }
    for (const peer of contenders.filter(({ hasOrder }) => hasOrder)) {
      await attempt(peer.name, 'stop in order', async () =>
        put('stopLayers', peer.name, await measureStop(bench, peer, 3)),
      );
    }
    say('  log');
    for (const peer of [byHand, ...detached, ...supervisors]) {
      await attempt(peer.name, 'log', async () => {
        const flood = await measureFlood(bench, peer, floodLines);
        put('floodSeconds', peer.name, flood.seconds);
        put('floodCpuSeconds', peer.name, flood.cpuSeconds);
        put('floodPeakBytes', peer.name, flood.peakBytes);
      });
    }
    say('  idle');
    // All at once: each is asked for its own processor time, and idle they hardly meet.
    await Promise.all(
      supervisors.map((peer) =>
        attempt(peer.name, 'idle', async () => {
          const rest = await measureRest(bench, peer);
          put('restCpuPercent', peer.name, rest.cpuPercent);
          put('restRssBytes', peer.name, rest.rssBytes);
          if (rest.listMs !== null) put('listMs', peer.name, rest.listMs);
          if (!rest.daemon) return;
          put('restCpuPercent', asked.daemon, rest.daemon.cpuPercent);
          put('restRssBytes', asked.daemon, rest.daemon.rssBytes);
        }),
      ),
    );
    await attempt('booty', 'memory', async () => putGrowth(put, await measureGrowth(bench, growthLines)));
  }
  return { cases, failures, many, floodLines, growthLines };
};

const putGrowth = (put: (name: CaseName, contender: string, value: number) => void, growth: Growth): void => {
  put('growthBytes', asked.before, growth.beforeBytes);
  put('growthBytes', asked.after, growth.afterBytes);
  put('growthBytes', asked.peak, growth.peakBytes);
};
