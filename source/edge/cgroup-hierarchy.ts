import { spawnSync } from 'node:child_process';
import { randomBytes } from './node-crypto.ts';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../core/error.ts';

/** Where booty's groups go, or why they cannot. */
export type Hierarchy = { readonly folder: string } | { readonly folder: null; readonly why: string };

/**
Looks for a cgroup v2 hierarchy (kernel documentation, admin-guide/cgroup-v2) in which this user can put processes into
groups and kill a group as a whole, and proves it on a process of its own. The groups go below the group this process is
in, so that whoever limits or ends that one reaches them too. A folder that only looks like a group (mkdir and writes
"succeed" on the tmpfs of a hybrid layout) does not pass: the mount must be of type cgroup2, the new group must have a
`cgroup.kill` (5.14), and the process must say that it is there. Takes some milliseconds; asked once by each daemon.
*/
export const findHierarchy = (): Hierarchy => {
  if (!existsSync('/proc/self/mountinfo')) return { folder: null, why: 'there is no /proc with mounts' };
  const mounts = cgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
  if (mounts.length === 0) return { folder: null, why: 'no cgroup2 file system is mounted' };
  const own = groupPathIn(readFileSync('/proc/self/cgroup', 'utf8'));
  const folders = mounts.flatMap((mount) => folderIn(mount, own) ?? []);
  const [first] = folders;
  if (first === undefined) return { folder: null, why: `the cgroup of this process, ${own}, is not mounted` };
  return tryOut(join(first, `booty-${process.getuid?.() ?? 0}`));
};

export type CgroupMount = {
  /** The group that is seen at the mount point. */
  readonly root: string;
  readonly mountPoint: string;
};

/** The cgroup2 mounts in a text of the form of proc_pid_mountinfo(5). */
export const cgroupMounts = (text: string): readonly CgroupMount[] =>
  text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ', 2);
    const [, , , root = '', mountPoint = ''] = before.split(' ');
    return after.startsWith('cgroup2 ') ? [{ root: unescaped(root), mountPoint: unescaped(mountPoint) }] : [];
  });

/** The v2 group in a text of the form of /proc/PID/cgroup; null where there is only v1. */
export const groupPathIn = (text: string): string | null => /^0::(.*)$/m.exec(text)?.[1] ?? null;

/** Where a group stands in the file system; null when the mount does not show it. */
export const folderIn = ({ root, mountPoint }: CgroupMount, group: string | null): string | null => {
  // A group outside of the cgroup namespace is shown with dots.
  if (group === null || group.split('/').includes('..')) return null;
  if (root === '/') return join(mountPoint, group);
  return group === root || group.startsWith(`${root}/`) ? join(mountPoint, group.slice(root.length)) : null;
};

/** Blanks and backslashes are written as octal numbers. */
const unescaped = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

const tryOut = (folder: string): Hierarchy => {
  const probe = join(folder, `probe-${randomBytes(4).toString('hex')}`);
  try {
    makeBelow(folder, probe);
  } catch (error) {
    return { folder: null, why: `this user may make no group below its own: ${reasonOf(error)}` };
  }
  try {
    if (!existsSync(join(probe, 'cgroup.kill')))
      return { folder: null, why: 'this kernel has no cgroup.kill (it came with 5.14)' };
    const text = 'echo 0 >"$1/cgroup.procs" && exec cat /proc/self/cgroup';
    const { stdout, status } = spawnSync('/bin/sh', ['-c', text, 'sh', probe], { encoding: 'utf8' });
    const isThere = status === 0 && (groupPathIn(stdout) ?? '').endsWith(probe.slice(-'/probe-00000000'.length));
    if (isThere) removeStale(folder);
    return isThere ? { folder } : { folder: null, why: `a process could not be moved into ${probe}` };
  } finally {
    for (const each of [probe, folder]) removeIfEmpty(each);
  }
};

/** Makes both; another daemon that leaves may take the empty upper one away in between. */
export const makeBelow = (folder: string, child: string): void => {
  for (let tries = 1; ; tries += 1) {
    try {
      mkdirSync(folder, { recursive: true });
      return mkdirSync(child);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 100) throw error;
    }
  }
};

/** A leaf gets its first member within milliseconds; one that is empty and older was left by a daemon that was killed. */
const staleAfterMs = 60_000;

const removeStale = (folder: string): void => {
  for (const stack of foldersIn(folder)) {
    for (const leaf of foldersIn(stack)) if (isStale(leaf)) removeIfEmpty(leaf);
    // Another daemon may just be trying out its own group, or making its first leaf.
    if (isStale(stack)) removeIfEmpty(stack);
  }
};

const isStale = (leaf: string): boolean => {
  const stats = statSync(leaf, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > staleAfterMs;
};

/** Empty for a folder that somebody else has just taken away. */
export const foldersIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(folder, entry.name)] : [],
    );
  } catch {
    return [];
  }
};

/** Whether the group is gone; one that still has members or groups below it stays. */
export const removeIfEmpty = (folder: string): boolean => {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
};
