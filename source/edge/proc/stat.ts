import { closeSync, constants, openSync, readSync } from 'node:fs';

/** One process as /proc/PID/stat tells it; the fields are those of proc_pid_stat(5). */
export type ProcessStat = {
  readonly pid: number;
  readonly name: string;
  /** One letter: R, S, D, T, Z, … */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** User and system time of this process alone, in clock ticks. */
  readonly cpuTicks: number;
  readonly threads: number;
  /** Clock ticks since boot; text because it is compared, never reckoned with. */
  readonly startTicks: string;
  readonly residentPages: number;
};

/**
Reads the text of /proc/PID/stat; null when it is not of that form. A process chooses its own name, which may hold
spaces, brackets and line breaks, so the fields are counted from the last closing bracket.
*/
export const parseStat = (text: string): ProcessStat | null => {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 1 || close < open) return null;
  // The field that proc_pid_stat(5) numbers n stands at n - 3: pid and name are cut off already. What follows 24 is not asked
  // for, and of a hundred processes every second it would be most of what is thrown away.
  const fields = text.slice(close + 2).split(' ', 24 - 2);
  const field = (number: number): string => fields[number - 3] ?? '';
  if (field(22) === '') return null;
  return {
    pid: Number(text.slice(0, open - 1)),
    name: text.slice(open + 1, close),
    state: field(3),
    parent: Number(field(4)),
    group: Number(field(5)),
    session: Number(field(6)),
    cpuTicks: Number(field(14)) + Number(field(15)),
    threads: Number(field(20)),
    startTicks: field(22),
    residentPages: Number(field(24)),
  };
};

/** Looks at one process; null when there is none. Synchronous: /proc answers from memory within microseconds. */
export const readStat = (pid: number): ProcessStat | null => {
  // One line, which the kernel hands out whole.
  const text = readProc(`/proc/${pid}/stat`, 'latin1', true);
  return text === null ? null : parseStat(text);
};

/**
A zombie has ended, and X is the moment after: both are dead although their pids still answer. A program whose first
thread has ended while others run on is shown as a zombie too; it is alive.
*/
export const isDead = (stat: ProcessStat): boolean => (stat.state === 'Z' && stat.threads <= 1) || stat.state === 'X';

/**
Text of a file under /proc, null when the process is gone or belongs to somebody else. Such a file is read in one go
into a buffer that is kept: readFileSync would ask for its size, which is 0, and leave 64 kB of garbage for each. Of one
line (`isOneLine`) no end is looked for.
*/
export const readProc = (path: string, encoding: 'latin1' | 'utf8' = 'latin1', isOneLine = false): string | null => {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY);
    let bytes = 0;
    for (;;) {
      const more = readSync(file, buffer, bytes, buffer.length - bytes, null);
      bytes += more;
      // The kernel hands long tables out page by page: only an empty read is the end.
      if (more === 0 || isOneLine) break;
      if (bytes === buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)]);
    }
    return buffer.toString(encoding, 0, bytes);
  } catch (error) {
    // A process can vanish between any two looks at it: ENOENT, ESRCH and EACCES all say "nothing to see". But when this
    // process has no descriptor or memory left to look with, nothing has been seen, and nobody may be taken for dead.
    if (blindness.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
};

const blindness: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

let buffer = Buffer.alloc(65_536);
