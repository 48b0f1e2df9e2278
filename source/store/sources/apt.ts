import { join } from 'node:path';
import type { World } from '../../ports.ts';
import { waitForLock } from '../wait-for-lock.ts';
import { fetch } from './apt/fetch.ts';
import { offer } from './apt/offer.ts';
import { createTree } from './apt/tree.ts';
import type { Source } from './source.ts';

/**
Debian's and Ubuntu's archive, through the mirror, suites and keys that this machine's apt is configured with. Needs no
root: apt works on a private tree below BOOTY_HOME, whose signatures it checks. One booty process at a time uses the tree.
*/
export const createAptSource = (world: Pick<World, 'files' | 'host' | 'clock'>, home: string): Source => {
  const folder = join(home, 'cache', 'apt');
  const tree = createTree(world, folder);
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
      withLock(() => offer(world, tree, wanted, onMessage, signal), onMessage, signal),
    fetch: (picks, into, on, signal) => {
      const onMessage = (message: string): void => {
        for (const pick of picks) on.progress(pick, { ...waiting, version: pick.candidate.version, message });
      };
      return withLock(() => fetch(world, tree, picks, into, on, signal), onMessage, signal);
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
