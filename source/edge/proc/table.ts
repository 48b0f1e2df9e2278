import { readdirSync, readlinkSync } from 'node:fs';
import { isDead, type ProcessStat, readProc, readStat } from './stat.ts';

/** Every live process of the machine at one moment, by pid. Zombies are not in it. */
export type ProcessTable = ReadonlyMap<number, ProcessStat>;

/** Reads all of /proc, about 10 µs for each process; a process that comes or goes meanwhile may be in it or not. */
export const readTable = (): ProcessTable => readTableOf(pidsNow());

const pidsNow = (): readonly number[] => readdirSync('/proc').map(Number).filter(Number.isInteger);

const readTableOf = (pids: Iterable<number>, statOf = readStat): Map<number, ProcessStat> => {
  const table = new Map<number, ProcessStat>();
  for (const pid of pids) {
    const stat = statOf(pid);
    if (stat !== null && !isDead(stat)) table.set(pid, stat);
  }
  return table;
};

/** A pid that changed hands is found out after so many looks at the latest. */
const looksUntilReadAnew = 10;

/**
For who looks every second: a table of the processes born at `sinceTicks` or later. Whoever was found to be older is not
read again while its pid is there, but for now and then; most of a machine is older than the services it runs.
*/
export const createTableMemory = (
  read: { readonly pids: () => readonly number[]; readonly statOf: (pid: number) => ProcessStat | null } = {
    pids: pidsNow,
    statOf: readStat,
  },
): ((sinceTicks: number) => ProcessTable) => {
  let older = new Map<number, number>();
  let look = 0;
  return (sinceTicks) => {
    look += 1;
    const pids = read.pids();
    const isRead = (pid: number): boolean =>
      !((older.get(pid) ?? sinceTicks) < sinceTicks) || (pid + look) % looksUntilReadAnew === 0;
    const table = readTableOf(pids.filter(isRead), read.statOf);
    const stillOlder = new Map<number, number>();
    for (const pid of pids) {
      const stat = table.get(pid);
      const startTicks = stat === undefined ? older.get(pid) : Number(stat.startTicks);
      if (startTicks === undefined || startTicks >= sinceTicks) continue;
      stillOlder.set(pid, startTicks);
      table.delete(pid);
    }
    older = stillOlder;
    return table;
  };
};

/** Which run and service a process belongs to by the environment it was started with; null when it names none. */
export type Marker = { readonly runId: string; readonly service: string };

/** Reads markers from /proc/PID/environ, each pid once; make a new reader for every table. */
const createMarkerReader = (): ((pid: number) => Marker | null) => {
  const known = new Map<number, Marker | null>();
  return (pid) => {
    const before = known.get(pid);
    if (before !== undefined) return before;
    const marker = parseMarker(readProc(`/proc/${pid}/environ`, 'utf8') ?? '');
    known.set(pid, marker);
    return marker;
  };
};

/** What the standard output and error of a process are; nothing for one that is gone or another user's. */
export const readOutputs = (pid: number): readonly string[] =>
  [1, 2].flatMap((descriptor) => readDescriptor(pid, descriptor) ?? []);

/** What the standard input of a process is; null for one that is gone or another user's. */
export const readInput = (pid: number): string | null => readDescriptor(pid, 0);

const readDescriptor = (pid: number, descriptor: number): string | null => {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
  } catch {
    return null;
  }
};

/** Reads outputs, each pid once; make a new reader for every table. */
const createOutputsReader = (): ((pid: number) => readonly string[]) => {
  const known = new Map<number, readonly string[]>();
  return (pid) => {
    const outputs = known.get(pid) ?? readOutputs(pid);
    known.set(pid, outputs);
    return outputs;
  };
};

/** What tells whose a process is, of every process in one table. */
export type Marks = {
  readonly markerOf: (pid: number) => Marker | null;
  readonly outputsOf: (pid: number) => readonly string[];
};

/** Read anew, each pid once. */
export const readMarks = (): Marks => ({ markerOf: createMarkerReader(), outputsOf: createOutputsReader() });

/** A process forked a moment ago may have its own program only at the next look; from then on it is asked every so many. */
const looksUntilAsked = 10;

/**
For who looks every second: what was read of a process is taken for true at the next looks, as neither its environment nor
its output becomes a service's after its birth, but for the program it becomes by exec. Forgets who is gone.
*/
export const createMarksMemory = (): ((table: ProcessTable) => Marks) => {
  type Known = { readonly startTicks: string; readonly marks: Marks; asksAtLook: number };
  const known = new Map<number, Known>();
  let look = 0;
  return (table) => {
    look += 1;
    for (const pid of known.keys()) if (!table.has(pid)) known.delete(pid);
    const marksOf = (pid: number): Marks => {
      const startTicks = table.get(pid)?.startTicks ?? '';
      const before = known.get(pid);
      if (before !== undefined && before.startTicks === startTicks && look < before.asksAtLook) return before.marks;
      const isNew = before?.startTicks !== startTicks;
      const marks = readMarks();
      // Whoever bears a mark is of that service for life, whatever it runs later.
      const isMarked = !isNew && marks.markerOf(pid) !== null;
      const asksAtLook = isMarked ? Number.POSITIVE_INFINITY : look + (isNew ? 1 : looksUntilAsked - (pid % 3));
      known.set(pid, { startTicks, marks, asksAtLook });
      return marks;
    };
    return { markerOf: (pid) => marksOf(pid).markerOf(pid), outputsOf: (pid) => marksOf(pid).outputsOf(pid) };
  };
};

export const parseMarker = (environment: string): Marker | null => {
  const text = `\0${environment}`;
  const variable = (name: string): string | null => {
    const at = text.indexOf(`\0${name}=`);
    if (at < 0) return null;
    const from = at + name.length + 2;
    const end = text.indexOf('\0', from);
    return text.slice(from, end < 0 ? text.length : end);
  };
  const runId = variable('BOOTY_RUN_ID');
  const service = runId === null ? null : variable('BOOTY_SERVICE');
  return runId === null || service === null ? null : { runId, service };
};
