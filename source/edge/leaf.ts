import { createHash } from './node-crypto.ts';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Launch } from '../ports.ts';
import { cgroupMounts, folderIn, foldersIn, groupPathIn, makeBelow, removeIfEmpty } from './cgroup-hierarchy.ts';
import { readProc } from './proc/stat.ts';

/** The group of the kernel's that holds all processes of one service, its shim and helpers left out. */
export type Leaf = {
  readonly folder: string;
  /** What a process writes `0` into to join. */
  readonly joinFile: string;
  /** Of all members, those in groups that the service made below it too; zombies are not among them. */
  pids(): ReadonlySet<number>;
  /** SIGKILL to all members at once; the kernel sees to those that are being forked. */
  kill(): void;
  /** Takes the group away if nobody lives in it. */
  remove(): Promise<void>;
};

/** A group is busy for a moment after its last member has died, and a member shows for a moment while it dies. */
const removeTimeoutMs = 1_000;
const dyingTimeoutMs = 100;
const removePauseMs = 5;

/**
Makes the leaf of a service: `<hierarchy>/<stack>-<hash of its run folder>/<service>.<generation>`. When a group of that
name has members still, the new one gets a number after its name: nobody is born among strangers.
*/
export const createLeaf = (
  hierarchy: string,
  launch: Pick<Launch, 'stack' | 'service' | 'generation' | 'statusFile'>,
): Leaf => {
  const hash = createHash('sha256').update(dirname(launch.statusFile)).digest('hex').slice(0, 8);
  const stack = join(hierarchy, `${launch.stack}-${hash}`);
  const name = `${launch.service}.${launch.generation}`;
  for (let number = 0; ; number += 1) {
    const folder = join(stack, number === 0 ? name : `${name}.${number}`);
    removeIfEmpty(folder);
    try {
      makeBelow(stack, folder);
      return leafAt(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number > 100) throw error;
    }
  }
};

/** The leaf a running process is in; null when it is in none of booty's. */
export const leafOfProcess = (pid: number): Leaf | null => {
  const group = groupPathIn(readProc(`/proc/${pid}/cgroup`, 'utf8') ?? '');
  const leaf = /^(.*\/booty-\d+\/[^/]+\/[^/]+)(\/.*)?$/.exec(group ?? '')?.[1];
  if (leaf === undefined) return null;
  const mounts = cgroupMounts(readProc('/proc/self/mountinfo', 'utf8') ?? '');
  const folder = mounts.flatMap((mount) => folderIn(mount, leaf) ?? [])[0];
  return folder === undefined ? null : leafAt(folder);
};

export const leafAt = (folder: string): Leaf => ({
  folder,
  joinFile: join(folder, 'cgroup.procs'),
  pids: () => new Set(pidsBelow(folder)),
  kill: () => {
    try {
      writeFileSync(join(folder, 'cgroup.kill'), '1');
    } catch {
      // The group is gone, and with it its members; should it not be, the sweep over /proc finds them.
    }
  },
  remove: async () => {
    const startMs = performance.now();
    while (!groupsIn(folder).toReversed().map(removeIfEmpty).every(Boolean)) {
      const waitMs = pidsBelow(folder).length > 0 ? dyingTimeoutMs : removeTimeoutMs;
      if (performance.now() - startMs > waitMs) return;
      await pause(removePauseMs);
    }
  },
});

/**
Takes away what is empty in the folder of the leaf's stack, but for those named: left by dead daemons, by starts that were
cut off, by the last child of a service. Then the folders above, which booty made, if nobody needs them any more.
*/
export const removeEmptyFolders = ({ folder }: Pick<Leaf, 'folder'>, except: ReadonlySet<string>): void => {
  const stack = dirname(folder);
  for (const leaf of foldersIn(stack)) if (!except.has(leaf)) removeIfEmpty(leaf);
  for (const above of [stack, dirname(stack)]) removeIfEmpty(above);
};

/** A group and all below it, each before those it holds. */
const groupsIn = (folder: string): readonly string[] => [folder, ...foldersIn(folder).flatMap(groupsIn)];

const pidsBelow = (folder: string): readonly number[] => groupsIn(folder).flatMap(pidsIn);

const pidsIn = (folder: string): readonly number[] =>
  (readProc(join(folder, 'cgroup.procs')) ?? '').split('\n').flatMap((line) => (line === '' ? [] : [Number(line)]));
