import { join } from 'node:path';
import { BootyError } from '../../core/error.ts';
import type { World } from '../../ports.ts';
import { waitForLock } from '../wait-for-lock.ts';
import type { Configured } from './apt/choose-targets.ts';
import type { MirrorClient } from '../mirror/client.ts';
import { copy } from './apt/copy.ts';
import { fetch } from './apt/fetch.ts';
import { offerMirrored } from './apt/mirrored.ts';
import { offer } from './apt/offer.ts';
import { openSuite, type SuiteTree } from './apt/suite-tree.ts';
import { createTree, type Tree } from './apt/tree.ts';
import { platformName } from './archive/platform.ts';
import type { Candidate, Source } from './source.ts';

/**
Debian's and Ubuntu's archive, through the mirror, suites and keys that this machine's apt is configured with. Needs no
root: apt works on a private tree below BOOTY_HOME, whose signatures it checks. One booty process at a time uses the tree.
Where a mirror says what it holds, that alone is offered.
*/
export const createAptSource = (
  world: Pick<World, 'files' | 'host' | 'clock'>,
  home: string,
  client: MirrorClient | null = null,
): Source => {
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
        async () => {
          const document = (await client?.read(signal)) ?? null;
          if (client !== null && document !== null) {
            const own = createTree(world, join(folder, 'mirror'));
            await own.prepare();
            return offerMirrored(world, own, { base: client.base, document }, from, wanted, onMessage, signal);
          }
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
    copy: (picks, into, on, signal) => {
      const own = platformName(world.host);
      const isOther = into.platforms.every((platform) => platform !== own);
      if (isOther) {
        const found = `it can be copied on ${into.platforms.join(', ')} only`;
        for (const pick of picks) {
          const doing = `copying ${pick.package} for another platform than this machine's`;
          on.settled(pick, new BootyError('STORE_SOURCE_FAILED', { source: 'apt', doing, found }));
        }
        return Promise.resolve();
      }
      return withLock(
        async () => {
          for (const each of new Set(picks.map(({ candidate }) => from.get(candidate) ?? tree))) {
            const mine = picks.filter(({ candidate }) => (from.get(candidate) ?? tree) === each);
            await copy(world, each, mine, own, into, on, signal);
          }
        },
        () => undefined,
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
