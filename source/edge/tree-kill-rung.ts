import { execFileSync } from 'node:child_process';
import treeKill from 'tree-kill';
import type { Birth, Hold, Rung } from './rung.ts';
import { sendToGroup } from './send.ts';

/**
The rung for systems without /proc, that is macOS; not tested there. Signals go to the process group, the sweep to the
tree as well. Usage is not known.
*/
export const createTreeKillRung = (): Rung => ({
  name: 'tree-kill',
  why: 'this system has no /proc',
  reaper: null,
  makeLeaf: () => null,
  findLeaf: () => null,
  follow: holdOf,
  usage: () => new Map(),
});

const holdOf = ({ shim }: Birth): Hold => ({
  know: () => {},
  signal: (signal) => [{ pid: shim.pid, answer: sendToGroup(shim.pid, signal) }],
  isEnding: () => false,
  sweep: async () => {
    if (canListChildren()) await new Promise<void>((resolve) => treeKill(shim.pid, 'SIGKILL', () => resolve()));
    const answer = sendToGroup(shim.pid, 'SIGKILL');
    return { killed: answer === 'sent' ? [shim.pid] : [], left: answer === 'refused' ? 1 : 0 };
  },
  members: () => [],
  hasHelpers: () => false,
  endHelpers: () => {
    sendToGroup(shim.pid, 'SIGKILL');
  },
  release: async () => {},
});

/** tree-kill runs pgrep (macOS) or ps; when that is missing it throws where nobody can catch, so it is tried first. */
const canListChildren = (): boolean => {
  try {
    execFileSync(process.platform === 'darwin' ? 'pgrep' : 'ps', process.platform === 'darwin' ? ['-P', '1'] : [], {
      stdio: 'ignore',
    });
    return true;
  } catch (error) {
    // pgrep ends with 1 when it found none: it is there all the same.
    return (error as { status?: number | null }).status === 1;
  }
};
