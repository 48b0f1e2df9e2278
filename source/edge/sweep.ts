import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../core/limits.ts';
import { takeCensus } from './census.ts';
import type { Family } from './family.ts';
import type { ProcessStat } from './proc/stat.ts';
import type { Swept } from './rung.ts';
import { sendTo } from './send.ts';

/** A process that forks faster than it is looked at may hide from one look, hardly from three. */
const cleanLooks = 3;
/** A group that grows while it is being frozen is frozen again, this often at most before it is killed. */
const freezeRounds = 8;
/** Between two looks; enough for what was killed to be gone. */
const roundMs = 2;

/**
Kills all members of a family and looks until none is found three times in a row. They are frozen first (SIGSTOP), so
that none can fork while the others die. Gives up after limits.killTimeoutMs: what then is left hangs in the kernel or
belongs to another user. The shim and its helpers are spared, they have yet to write the end down. All families that
are swept at a time share their looks at /proc; a family asked for again while it is swept shares the sweep.
*/
export const createSweeper = (): ((family: Family) => Promise<Swept>) => {
  const tasks = new Map<Family, Task>();
  let working = false;

  const work = async (): Promise<void> => {
    working = true;
    while (tasks.size > 0) {
      const members = freeze([...tasks.keys()]);
      for (const [family, task] of tasks) {
        if (isSettled(task, members?.get(family) ?? null)) tasks.delete(family);
      }
      if (tasks.size > 0) await pause(roundMs);
    }
    working = false;
  };

  return (family) => {
    const task = tasks.get(family) ?? newTask();
    tasks.set(family, task);
    if (!working) void Promise.resolve().then(() => (working ? undefined : work()));
    return task.result.promise;
  };
};

type Task = {
  readonly deadlineMs: number;
  readonly killed: Set<number>;
  readonly result: PromiseWithResolvers<Swept>;
  cleanInARow: number;
};

const newTask = (): Task => ({
  deadlineMs: performance.now() + limits.killTimeoutMs,
  killed: new Set(),
  result: Promise.withResolvers(),
  cleanInARow: 0,
});

/** Kills who is there, or counts that nobody is; true when the task has its result. */
const isSettled = (task: Task, members: readonly ProcessStat[] | null): boolean => {
  const isLate = performance.now() > task.deadlineMs;
  if (members === null) {
    // Nothing could be seen: at least one may be left.
    if (isLate) task.result.resolve({ killed: [...task.killed], left: 1 });
    return isLate;
  }
  task.cleanInARow = members.length === 0 ? task.cleanInARow + 1 : 0;
  const answers = members.map((member) => {
    const answer = sendTo(member, 'SIGKILL');
    if (answer === 'sent') task.killed.add(member.pid);
    return answer;
  });
  const isHopeless = members.length > 0 && answers.every((answer) => answer === 'refused');
  const isOver = task.cleanInARow >= cleanLooks || isHopeless || isLate;
  if (isOver) task.result.resolve({ killed: [...task.killed], left: members.length });
  return isOver;
};

/** Stops every member, and those that were born meanwhile, in one go; returns them all, or null if it cannot look. */
const freeze = (families: readonly Family[]): ReadonlyMap<Family, readonly ProcessStat[]> | null => {
  const frozen = new Set<string>();
  for (let round = 1; ; round++) {
    const census = tryCensus(families);
    if (census === null) return null;
    const running = [...census.values()].flat().filter(({ pid, startTicks }) => !frozen.has(`${pid} ${startTicks}`));
    if (running.length === 0 || round === freezeRounds) return census;
    for (const member of running) {
      frozen.add(`${member.pid} ${member.startTicks}`);
      sendTo(member, 'SIGSTOP');
    }
  }
};

const tryCensus = (families: readonly Family[]): ReturnType<typeof takeCensus> | null => {
  try {
    return takeCensus(families);
  } catch {
    // Out of descriptors or memory for a moment; a clean look is one that was had.
    return null;
  }
};
