import { join } from 'node:path';
import type { World } from '../../ports.ts';
import { waitForLock } from '../wait-for-lock.ts';
import type { Configured } from './apt/choose-targets.ts';
import { fetch } from './apt/fetch.ts';
import { offer } from './apt/offer.ts';
import { openSuite, type SuiteTree } from './apt/suite-tree.ts';
import { createTree, type Tree } from './apt/tree.ts';
import type { Candidate, Source } from './source.ts';

/**
Debian's and Ubuntu's archive, through the mirror, suites and keys that this machine's apt is configured with. Needs no
root: apt works on a private tree below BOOTY_HOME, whose signatures it checks. One booty process at a time uses the tree.
*/
export const createAptSource = (world: Pick<World, 'files' | 'host' | 'clock'>, home: string): Source => {
  const folder = join(home, 'cache', 'apt');
  const tree = createTree(world, folder);
  /** Which tree knows a candidate; the others are the machine's own. */
  const from = new WeakMap<Candidate, Tree>();
  const withLock = async <Result>(
    work: () => Promise<Result>,
    onMessage: (message: string) => void,
    signal: AbortSignal,
  ): Promise<Result> => {
    await tree.prepare();
    const onWait = ({ pid }: { readonly pid: number }): void =>
      onMessage(pid === world.host.pid ? 'waiting for another installation' : `waiting for booty with pid ${pid}`);
    const release = await waitForLock(world.files, tree.paths.lock, onWait, signal);
    try {
      return await work();
    } finally {
      await release();
    }
  };
  return {
    name: 'apt',
    unusable: async () => {
      if (/["\n]/.test(home)) return 'the path of BOOTY_HOME holds a quote or a line break';
      for (const name of ['apt-get', 'apt-cache', 'dpkg-deb']) {
        const file = await world.host.findExecutable(name, '/', world.host.environment['PATH'] ?? '');
        if (file === null) return `no ${name}`;
      }
      return null;
    },
    offer: (wanted, onMessage, signal) =>
      withLock(
        () => {
          const open = (suite: string, own: readonly Configured[]): Promise<SuiteTree | null> =>
            openSuite(world, join(folder, 'suites', suite), suite, own, onMessage, signal);
          return offer(world, tree, open, from, wanted, onMessage, signal);
        },
        onMessage,
        signal,
      ),
    fetch: (picks, into, on, signal) => {
      const onMessage = (message: string): void => {
        for (const pick of picks) on.progress(pick, { ...waiting, version: pick.candidate.version, message });
      };
      return withLock(
        async () => {
          const trees = new Set(picks.map(({ candidate }) => from.get(candidate) ?? tree));
          for (const each of trees) {
            const own = picks.filter(({ candidate }) => (from.get(candidate) ?? tree) === each);
            await fetch(world, each, own, each === tree ? 'machine' : 'suite', into, on, signal);
          }
        },
        onMessage,
        signal,
      );
    },
  };
};

const waiting = {
  phase: 'looking',
  source: 'apt',
  doneBytes: 0,
  totalBytes: null,
  bytesPerSecond: null,
  etaMs: null,
} as const;
