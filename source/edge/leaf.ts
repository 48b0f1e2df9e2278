import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Launch } from '../ports.ts';
import { cgroupMounts, folderIn, groupPathIn, removeIfEmpty } from './cgroup-hierarchy.ts';
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
  /** Takes the group away if nobody lives in it, and the folders above it that booty made and nobody needs any more. */
  remove(): Promise<void>;
};

/** A group is busy for a moment after its last member has died. */
const removeTimeoutMs = 1_000;
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
      mkdirSync(stack, { recursive: true });
      mkdirSync(folder);
      return leafAt(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // ENOENT: another stack's last service has just taken the folders above away.
      if ((code !== 'EEXIST' && code !== 'ENOENT') || number > 100) throw error;
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
    const deadlineMs = performance.now() + removeTimeoutMs;
    while (
      pidsBelow(folder).length === 0 &&
      !groupsIn(folder).toReversed().map(removeIfEmpty).every(Boolean) &&
      performance.now() < deadlineMs
    ) {
      await pause(removePauseMs);
    }
    // Only folders of the two levels booty made; while they hold other leaves they stay.
    for (const above of [dirname(folder), dirname(dirname(folder))]) removeIfEmpty(above);
  },
});

/** Takes away what is empty in the folder of the leaf's stack, but for those named: left by dead daemons, or by the last child. */
export const removeEmptySiblings = ({ folder }: Leaf, except: ReadonlySet<string>): void => {
  const stack = dirname(folder);
  for (const name of foldersIn(stack)) {
    const sibling = join(stack, name);
    if (name !== basename(folder) && !except.has(sibling)) removeIfEmpty(sibling);
  }
};

/** A group and all below it, each before those it holds. */
const groupsIn = (folder: string): readonly string[] => [
  folder,
  ...foldersIn(folder).flatMap((name) => groupsIn(join(folder, name))),
];

const pidsBelow = (folder: string): readonly number[] => groupsIn(folder).flatMap(pidsIn);

const foldersIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    // Gone meanwhile: then it holds nothing.
    return [];
  }
};

const pidsIn = (folder: string): readonly number[] =>
  (readProc(join(folder, 'cgroup.procs')) ?? '').split('\n').flatMap((line) => (line === '' ? [] : [Number(line)]));
