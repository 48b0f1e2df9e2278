import { readdirSync, readlinkSync } from 'node:fs';
import { isDead, type ProcessStat, readProc, readStat } from './stat.ts';

/** Every live process of the machine at one moment, by pid. Zombies are not in it. */
export type ProcessTable = ReadonlyMap<number, ProcessStat>;

/** Reads all of /proc, about 10 µs for each process; a process that comes or goes meanwhile may be in it or not. */
export const readTable = (): ProcessTable => {
  const table = new Map<number, ProcessStat>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readStat(pid);
    if (stat !== null && !isDead(stat)) table.set(pid, stat);
  }
  return table;
};

/** Which run and service a process belongs to by the environment it was started with; null when it names none. */
export type Marker = { readonly runId: string; readonly service: string };

/** Reads markers from /proc/PID/environ, each pid once; make a new reader for every table. */
export const createMarkerReader = (): ((pid: number) => Marker | null) => {
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
  [1, 2].flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
    } catch {
      return [];
    }
  });

/** Reads outputs, each pid once; make a new reader for every table. */
export const createOutputsReader = (): ((pid: number) => readonly string[]) => {
  const known = new Map<number, readonly string[]>();
  return (pid) => {
    const outputs = known.get(pid) ?? readOutputs(pid);
    known.set(pid, outputs);
    return outputs;
  };
};

export const parseMarker = (environment: string): Marker | null => {
  const variable = (name: string): string | undefined =>
    environment
      .split('\0')
      .find((entry) => entry.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const runId = variable('BOOTY_RUN_ID');
  const service = variable('BOOTY_SERVICE');
  return runId === undefined || service === undefined ? null : { runId, service };
};
