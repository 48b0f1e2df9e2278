import type { Leaf } from './leaf.ts';
import type { ProcessStat } from './proc/stat.ts';
import { indexOf } from './proc/index-table.ts';
import type { Marker, ProcessTable } from './proc/table.ts';
import type { ShimPart } from './shim.ts';

/**
All that is known of one service's processes. No single mark finds them all: a child may leave the group (setsid), the
tree (a double fork), or shed its environment. Whoever was seen once is remembered by pid and start time for as long as
they live, and so are the groups and sessions they lead, so a family must be looked at often to be known well.

Whoever writes to the service's log, or into the pipe to it, is of the family: nobody else was given that. What would slip
through is a daemon that forks twice, leaves the session, wipes its environment and closes its output, all between two looks.
Only the kernel's own bookkeeping closes that: a leaf counts every descendant, and whoever lost its parent becomes a child of
the shim (`reaper.ts`), or in a pid namespace of that namespace's first process, which is a helper here. The other marks are
looked for all the same: a server that runs others (Nomad, containers) puts them into groups of its own.
*/
export type Family = {
  readonly marker: Marker;
  /** The shim: leader of the group and session that the service is born into. */
  readonly shim: { readonly pid: number; readonly startTicks: string };
  /** In the pipe mode the shells that are children of the shim are its own helpers. */
  readonly childrenOfShimHelp: boolean;
  readonly leaf: Leaf | null;
  /** What the output of its processes is, as /proc/PID/fd tells it: the log, the pipe to it. */
  readonly outputs: Set<string>;
  /** What the reader of the pipe writes to; null where there is no pipe. */
  readonly log: string | null;
  /** The first process of the service's own pid namespace, whose end is everybody's; null without one. */
  first: { readonly pid: number; readonly startTicks: string } | null;
  /** pid → start time of the shim and its helpers, which are no stragglers. */
  readonly helpers: Map<number, string>;
  /** Those of the helpers that stand between the shim and the service; null while the service is not known. */
  between: ReadonlySet<number> | null;
  /** Those of the helpers that somebody had stopped (SIGSTOP) at the last look: nobody would hear of the end. */
  halted: readonly ProcessStat[];
  /** pid → start time of the members at the last look. */
  readonly members: Map<number, string>;
  /**
  Groups and sessions that members are in, with the start time of their leader (null when it was dead already). The
  shim begins a session of its own, so whatever session or group a descendant is in was begun by a descendant.
  */
  readonly groups: Map<number, string | null>;
};

export const createFamily = (
  marker: Marker,
  shim: { readonly pid: number; readonly startTicks: string },
  mode: 'file' | 'pipe',
  leaf: Leaf | null = null,
  outputs: readonly string[] = [],
  log: string | null = null,
): Family => ({
  marker,
  shim,
  childrenOfShimHelp: mode === 'pipe',
  leaf,
  outputs: new Set(outputs),
  log,
  first: null,
  helpers: new Map([[shim.pid, shim.startTicks]]),
  between: null,
  halted: [],
  members: new Map(),
  groups: new Map([[shim.pid, shim.startTicks]]),
});

/** Looks for the family in a table, remembers what it finds, and returns the living members without the helpers. */
export const findMembers = (
  family: Family,
  table: ProcessTable,
  markerOf: (pid: number) => Marker | null,
  outputsOf: (pid: number) => readonly string[] = () => [],
  inputOf: (pid: number) => string | null = () => null,
  partOf: (pid: number) => ShimPart | null = () => 'shell',
): readonly ProcessStat[] => {
  const bornTicks = Number(family.shim.startTicks);
  const index = indexOf(table, markerOf, outputsOf);
  for (const [id, leaderStart] of family.groups) {
    // While anybody is in a group its number is not given away: a leader with another start time says it was.
    const leader = table.get(id);
    if (leader !== undefined && leader.startTicks !== leaderStart) family.groups.delete(id);
  }
  const found = new Map<number, ProcessStat>();
  const take = (stats: Iterable<ProcessStat | undefined>): void => {
    for (const stat of stats)
      if (stat !== undefined && isYounger(stat, family) && stat.pid !== process.pid) found.set(stat.pid, stat);
  };
  const takeGroup = (id: number): void => {
    take(index.inGroup(id));
    take(index.inSession(id));
  };
  for (const id of family.groups.keys()) takeGroup(id);
  for (const remembered of [family.members, family.helpers]) {
    for (const [pid, startTicks] of remembered) {
      const stat = table.get(pid);
      if (stat?.startTicks === startTicks) take([stat]);
    }
  }
  // Asked after the table was read: a pid that changed hands between the two does not match its start time any more.
  take([...(family.leaf?.pids() ?? [])].map((pid) => table.get(pid)));
  take(index.marked(family.marker, bornTicks));
  for (const output of family.outputs) take(index.writingTo(output, bornTicks));
  // Whoever is found brings its group, session and children along: a map goes on to what is added to it meanwhile.
  for (const stat of found.values()) {
    for (const id of [stat.group, stat.session]) {
      if (id <= 1 || family.groups.has(id)) continue;
      family.groups.set(id, table.get(id)?.startTicks ?? null);
      takeGroup(id);
    }
    take(index.childrenOf(stat.pid));
  }
  const inUse = new Set([...found.values()].flatMap((stat) => [stat.group, stat.session]));
  for (const id of family.groups.keys()) if (!inUse.has(id)) family.groups.delete(id);
  for (const stat of found.values()) {
    // A shim that is given orphans has other children, too.
    const isChild = stat.parent === family.shim.pid && stat.session === family.shim.pid;
    if (!isChild || family.members.get(stat.pid) === stat.startTicks) continue;
    const part = partOf(stat.pid);
    if (part === 'pause' || (part === 'shell' && family.childrenOfShimHelp))
      family.helpers.set(stat.pid, stat.startTicks);
  }
  for (const stat of found.values()) {
    const isReader = isOfReader(stat, family, table) || isOfOrphanedReader(stat, family, { table, outputsOf, inputOf });
    if (isReader) family.helpers.set(stat.pid, stat.startTicks);
  }
  const isHelper = (stat: ProcessStat): boolean => family.helpers.get(stat.pid) === stat.startTicks;
  family.halted = [...found.values()].filter((stat) => stat.state === 'T' && isHelper(stat));
  const members = [...found.values()].filter((stat) => !isHelper(stat)).toSorted((one, other) => one.pid - other.pid);
  family.members.clear();
  for (const stat of members) family.members.set(stat.pid, stat.startTicks);
  return members;
};

/**
Notes who stands between the shim and the service: the shells that help it and, with a pid namespace of its own, that
namespace's first process. Does nothing when the shim is dead and its children have other parents.
*/
export const noteHelpersOf = (
  family: Family,
  service: { readonly pid: number },
  first: Family['first'],
  statOf: (pid: number) => ProcessStat | null,
): void => {
  const between: ProcessStat[] = [];
  family.first = first;
  family.between ??= new Set();
  const lowest = first === null ? (statOf(service.pid)?.parent ?? 0) : first.pid;
  for (let pid = lowest; pid !== family.shim.pid;) {
    const stat = pid > 1 ? statOf(pid) : null;
    if (stat === null || !isYounger(stat, family)) return;
    between.push(stat);
    pid = stat.parent;
  }
  for (const { pid, startTicks } of between) family.helpers.set(pid, startTicks);
  family.between = new Set(between.map(({ pid }) => pid));
};

/**
What the shell that reads the pipe runs: the `cat`, and a `sleep` before the next one. Of the shim's children it alone has
no service below it. Nobody of the service's can become its child: the shim may be given orphans, it is not.
*/
const isOfReader = ({ parent, pid }: ProcessStat, family: Family, table: ProcessTable): boolean =>
  family.childrenOfShimHelp &&
  family.between !== null &&
  parent !== family.shim.pid &&
  parent !== family.first?.pid &&
  !family.between.has(parent) &&
  !family.between.has(pid) &&
  family.helpers.has(parent) &&
  family.helpers.get(parent) === table.get(parent)?.startTicks;

/** Nobody that was there before the shim can be of its family, however it looks. */
const isYounger = (stat: ProcessStat, family: Family): boolean =>
  Number(stat.startTicks) >= Number(family.shim.startTicks);

/**
The same when the shim was killed, and its children have other parents: whoever has still the session of the shim and reads
a pipe into the log. What lies in that pipe is the service's last words, so it is not ended with what the service left.
*/
const isOfOrphanedReader = (
  { pid, session }: ProcessStat,
  { childrenOfShimHelp, log, shim }: Family,
  by: {
    readonly table: ProcessTable;
    readonly outputsOf: (pid: number) => readonly string[];
    readonly inputOf: (pid: number) => string | null;
  },
): boolean =>
  childrenOfShimHelp &&
  log !== null &&
  session === shim.pid &&
  by.table.get(shim.pid)?.startTicks !== shim.startTicks &&
  by.outputsOf(pid)[0] === log &&
  (by.inputOf(pid)?.startsWith('pipe:') ?? false);
