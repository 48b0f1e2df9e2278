import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Identity } from '../core/model.ts';
import { isDead, readProc, readStat } from './proc/stat.ts';

/**
What makes a pid unmistakable. On Linux the boot id of the kernel and the start time of /proc/PID/stat. Elsewhere
(not tested) the boot time and the start time that `ps` prints, which is exact to a second only.
*/
export const bootIdOf = async (): Promise<string> => (remembered ??= await readBootId());

/** Null when there is no such process or it is a zombie. */
export const identityOf = async (pid: number): Promise<Identity | null> => {
  const startTicks = await startOf(pid);
  return startTicks === null ? null : { pid, startTicks, bootId: await bootIdOf() };
};

/** Whether that very process lives: same boot, same pid, same start, not a zombie. */
export const isAlive = async (identity: Identity): Promise<boolean> =>
  identity.bootId === (await bootIdOf()) && identity.startTicks === (await startOf(identity.pid));

let remembered: string | undefined;

const execute = promisify(execFile);

const readBootId = async (): Promise<string> => {
  const text = readProc('/proc/sys/kernel/random/boot_id');
  if (text !== null) return text.trim();
  const { stdout } = await execute('sysctl', ['-n', 'kern.boottime']);
  return /sec = (\d+)/.exec(stdout)?.[1] ?? stdout.trim();
};

const startOf = async (pid: number): Promise<string | null> => {
  if (process.platform === 'linux') {
    const stat = readStat(pid);
    return stat === null || isDead(stat) ? null : stat.startTicks;
  }
  try {
    const { stdout } = await execute('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [, state = 'Z', start = ''] = /^\s*(\S+)\s+(.*\S)/.exec(stdout) ?? [];
    return state.startsWith('Z') ? null : start;
  } catch {
    // ps ends with 1 when there is no such process.
    return null;
  }
};
