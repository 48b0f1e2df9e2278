import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isDead, type ProcessStat, readProc, readStat } from '../../source/edge/proc/stat.ts';
import { readTable } from '../../source/edge/proc/table.ts';

/** Every process a run starts inherits this variable, and is found by it again. booty keeps BOOTY_… to itself. */
export const runVariable = 'BENCH_RUN';

/** A process that cannot be mistaken for another: its pid may be given away, its start time not. */
export type Known = { readonly pid: number; readonly startTicks: string };

export const isAlive = ({ pid, startTicks }: Known): boolean => {
  const stat = readStat(pid);
  return stat !== null && !isDead(stat) && stat.startTicks === startTicks;
};

/** All live processes of a run that still carry its mark. */
export const findMarked = (run: string): readonly ProcessStat[] => findByVariable(`${runVariable}=${run}\0`);

/** All live processes whose environment holds a variable, given as its name, `=` and the beginning of its value. */
export const findByVariable = (beginning: string): readonly ProcessStat[] =>
  [...readTable().values()].filter(({ pid }) =>
    `\0${readProc(`/proc/${pid}/environ`, 'utf8') ?? ''}`.includes(`\0${beginning}`),
  );

/** Live children of a process. */
export const childrenOf = (pid: number): readonly ProcessStat[] =>
  [...readTable().values()].filter(({ parent }) => parent === pid);

/** The pid in a file, null when there is none. */
export const readPid = (file: string): number | null => {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
};

/** Waits until a state has come, looking every few milliseconds; false when it did not in time. */
export const until = async (holds: () => boolean, timeoutMs: number): Promise<boolean> => {
  const deadlineMs = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadlineMs) return false;
    await pause(2);
  }
  return true;
};

/**
Ends everything of a run with SIGKILL, one by one, and looks again until nobody new turned up for a while: a killed
supervisor may have a successor. `known` are processes that may have shed the mark. Throws when some will not end.
*/
export const endRun = (run: string, known: readonly Known[] = []): Promise<void> =>
  endAll(() => [...findMarked(run), ...known.filter(isAlive)]);

/** The same for whatever is found, again and again. */
export const endAll = async (find: () => readonly Known[]): Promise<void> => {
  let quietLooks = 0;
  for (let looks = 0; quietLooks < 5; looks += 1) {
    const left = find();
    for (const each of left) end(each);
    quietLooks = left.length === 0 ? quietLooks + 1 : 0;
    if (looks > 200) throw new Error(`will not end: ${left.map(({ pid }) => pid).join(' ')}`);
    await pause(30);
  }
};

const end = (known: Known): void => {
  try {
    if (isAlive(known)) process.kill(known.pid, 'SIGKILL');
  } catch (error) {
    // It ended between the two.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Clock ticks that processes and their waited-for children used, fields 14 to 17 of proc_pid_stat(5). */
export const cpuTicks = (pids: readonly number[]): number => {
  let ticks = 0;
  for (const pid of pids) {
    const text = readProc(`/proc/${pid}/stat`) ?? '';
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  }
  return ticks;
};

/** A line of /proc/PID/status in bytes, such as `VmRSS` or `VmHWM`; 0 when the process is gone. */
export const memoryBytes = (pid: number, line: 'VmRSS' | 'VmHWM'): number => {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readProc(`/proc/${pid}/status`) ?? '');
  return Number(found?.[1] ?? 0) * 1024;
};
