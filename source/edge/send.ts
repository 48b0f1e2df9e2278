import { constants } from 'node:os';
import type { ProcessStat } from './proc/stat.ts';
import { isDead, readProc, readStat } from './proc/stat.ts';

type Target = Pick<ProcessStat, 'pid' | 'startTicks'>;

export type Sent = 'sent' | 'gone' | 'refused';

/**
Signals one process, if it still is that one: its start time is looked at right before. Linux offers Node no handle on
a process (pidfd), so between the look and the signal lie some microseconds in which a pid would have to be freed, and
all other pids used up, for a stranger to be hit.
*/
export const sendTo = (target: Target, signal: string): Sent => (isThere(target) ? send(target.pid, signal) : 'gone');

/** Whether that very process lives; on Linux only. */
export const isThere = (target: Target): boolean => {
  const stat = readStat(target.pid);
  return stat !== null && !isDead(stat) && stat.startTicks === target.startTicks;
};

/** Whether a process has a handler for the signal: SigCgt of proc_pid_status(5), a mask in hexadecimal. */
export const handlesSignal = (pid: number, signal: string): boolean => {
  const number = (constants.signals as Readonly<Record<string, number>>)[signal] ?? 0;
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(number - 1)) & 1n) === 1n;
};

/** Signals a whole group by its id, which must be known to be ours. */
export const sendToGroup = (group: number, signal: string): Sent => send(-group, signal);

/** Name of a signal by its number; null when there is none of that number. */
export const signalName = (number: number): string | null =>
  Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;

const send = (pid: number, signal: string): Sent => {
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'refused';
    throw error;
  }
};
