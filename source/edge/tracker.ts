import { forgetTable, membersNow, takeUsualCensus } from './census.ts';
import { createFamily, type Family, noteHelpersOf } from './family.ts';
import { createLeaf, leafOfProcess, removeEmptyFolders } from './leaf.ts';
import { readUnits } from './proc/units.ts';
import { type ProcessStat, readStat } from './proc/stat.ts';
import { reaperWords } from './reaper.ts';
import { readOutputs } from './proc/table.ts';
import type { Birth, Delivery, Hold, Rung } from './rung.ts';
import { handlesSignal, isThere, sendTo, sendToGroup } from './send.ts';
import { survivedSignals } from './shim.ts';
import { createSweeper } from './sweep.ts';
import { createUsageMeter } from './usage.ts';

/**
The rungs that go by /proc: they tell a service's processes by every mark they carry (`family.ts`). With a cgroup v2
hierarchy each service is born into a leaf of its own besides; then no descendant can hide, and the kernel kills all at
once. `why` says what a person is told about the choice.
*/
export const createTracker = (hierarchy: string | null, why: string): Rung => {
  const units = readUnits();
  const sweep = createSweeper();
  const leaves = new Set<string>();
  const known = new WeakMap<Hold, { family: Family; meter: ReturnType<typeof createUsageMeter> }>();
  return {
    name: hierarchy === null ? 'tracker' : 'cgroup',
    why,
    reaper: reaperWords(),
    makeLeaf: (launch) => {
      if (hierarchy === null) return null;
      try {
        const leaf = createLeaf(hierarchy, launch);
        leaves.add(leaf.folder);
        removeEmptyFolders(leaf, leaves);
        return leaf;
      } catch {
        // A limit on groups, or a hierarchy taken away meanwhile: the other marks are left.
        return null;
      }
    },
    findLeaf: leafOfProcess,
    follow: (birth: Birth) => {
      const family = createFamily(
        birth.marker,
        birth.shim,
        birth.mode,
        birth.leaf,
        birth.mode === 'file' ? [birth.logFile] : [],
        birth.mode === 'pipe' ? birth.logFile : null,
      );
      const hold = holdOf(family, birth.isPrivate, sweep, leaves);
      known.set(hold, { family, meter: createUsageMeter(units, birth.atMs) });
      return hold;
    },
    usage: (holds, nowMs) => {
      const asked = holds.flatMap((hold) => {
        const entry = known.get(hold);
        return entry === undefined ? [] : [{ hold, ...entry }];
      });
      const census = takeUsualCensus(asked.map(({ family }) => family));
      return new Map(asked.map(({ hold, family, meter }) => [hold, meter(census.get(family) ?? [], nowMs)]));
    },
  };
};

const holdOf = (
  family: Family,
  isPrivate: boolean,
  sweep: ReturnType<typeof createSweeper>,
  leaves: Set<string>,
): Hold => {
  /** Whom the last signal to end was sent, by pid and start time. */
  let asked: { readonly signal: string; readonly members: ReadonlyMap<number, string> } | null = null;
  return {
    know: (identity, first) => {
      noteHelpersOf(family, identity, first, readStat);
      if (family.childrenOfShimHelp) notePipe(family, identity.pid);
      forgetTable();
    },
    signal: (signal, scope) => {
      const all = membersNow(family);
      const members = scope === 'tree' ? all : all.filter((member) => member.group === family.shim.pid);
      if (endings.has(signal))
        asked = { signal, members: new Map(members.map((member) => [member.pid, member.startTicks])) };
      // In the group of a namespace is also who must not hear it: the process that holds the namespace open.
      return scope === 'group' && !isPrivate && groupSurvives(signal) && family.groups.has(family.shim.pid)
        ? signalGroup(family, members, signal)
        : members.map((member) => deliver(member, signal));
    },
    isEnding: () => {
      const last = asked;
      if (last === null) return false;
      return membersNow(family).some(
        ({ pid, startTicks }) => last.members.get(pid) === startTicks && handlesSignal(pid, last.signal),
      );
    },
    sweep: async () => {
      const inLeaf = killAtOnce(family);
      const { killed, left } = await sweep(family);
      return { killed: [...new Set([...inLeaf, ...killed])], left };
    },
    members: () => membersNow(family).map((member) => member.pid),
    hasHelpers: () => [...family.helpers].some(([pid, startTicks]) => isThere({ pid, startTicks })),
    endHelpers: () => {
      for (const [pid, startTicks] of family.helpers) sendTo({ pid, startTicks }, 'SIGKILL');
    },
    release: async () => {
      if (family.leaf === null) return;
      await family.leaf.remove();
      leaves.delete(family.leaf.folder);
      removeEmptyFolders(family.leaf, leaves);
    },
  };
};

/** The shell that waits for the service has its output from the same pipe, whatever the service has made of its own. */
const notePipe = (family: Family, service: number): void => {
  const shell = readStat(service)?.parent ?? 0;
  if (!family.helpers.has(shell) || shell === family.shim.pid) return;
  for (const output of readOutputs(shell)) if (output.startsWith('pipe:')) family.outputs.add(output);
};

/** What the kernel can end in one go, however fast it forks: the leaf, the namespace. */
const killAtOnce = (family: Family): readonly number[] => {
  const { leaf, first } = family;
  // Whoever is not seen now is ended uncounted.
  forgetTable();
  const members = first === null ? [...(leaf?.pids() ?? [])] : membersNow(family).map(({ pid }) => pid);
  leaf?.kill();
  if (first !== null) sendTo(first, 'SIGKILL');
  return members;
};

const survived: ReadonlySet<string> = new Set(survivedSignals.split(' ').map((name) => `SIG${name}`));

const groupSurvives = (signal: string): boolean => survived.has(signal);

/** In one call, so that no child born meanwhile is missed. */
const signalGroup = (family: Family, members: readonly ProcessStat[], signal: string): readonly Delivery[] => {
  if (members.length === 0) return [];
  const answer = sendToGroup(family.shim.pid, signal);
  for (const member of members) wake(member, signal);
  return members.map(({ pid }) => ({ pid, answer }));
};

const deliver = (member: ProcessStat, signal: string): Delivery => {
  const answer = sendTo(member, signal);
  wake(member, signal);
  return { pid: member.pid, answer };
};

/** What asks a program to end; SIGHUP does not, to most servers it means: read your configuration again. */
const endings: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);

/** A stopped process cannot obey a request to end; systemd sends SIGCONT along for the same reason. */
const wake = (member: ProcessStat, signal: string): void => {
  if (member.state === 'T' && endings.has(signal)) sendTo(member, 'SIGCONT');
};
