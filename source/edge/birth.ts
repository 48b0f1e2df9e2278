import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { BootyError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Identity } from '../core/model.ts';
import type { Launch } from '../ports.ts';
import { bootIdOf, identityOf } from './identity.ts';
import { isDead, readProc, readStat } from './proc/stat.ts';
import { isShimShell, limitRefusedCode, notFoundCode, unstartedFile } from './shim.ts';
import type { Shim } from './shim-process.ts';

/**
Resolves with the service's identity once its own program runs, or has run and ended. Throws SERVICE_NOT_STARTED when
the program could not be executed or did not come up within limits.spawnTimeoutMs.
*/
export const serviceBirth = async (launch: Launch, shim: Shim): Promise<Identity> => {
  const deadlineMs = performance.now() + limits.spawnTimeoutMs;
  const late = (): BootyError => notStarted(launch, `it did not come up within ${limits.spawnTimeoutMs} ms`);
  const known = await Promise.race([shim.serviceKnown, pause(limits.spawnTimeoutMs, 'late' as const, { ref: false })]);
  if (known === 'late') throw late();
  if (known === null) throw notStarted(launch, await shellProblem(launch, shim));
  const bootId = await bootIdOf();
  if (known.startTicks === null) return (await identityOf(known.pid)) ?? { pid: known.pid, startTicks: '', bootId };
  const identity = { pid: known.pid, startTicks: known.startTicks, bootId };
  for (;;) {
    const stat = readStat(known.pid);
    if (stat === null || isDead(stat) || stat.startTicks !== known.startTicks) {
      const code = await shim.serviceEnded;
      if (existsSync(unstartedFile(launch.statusFile))) throw notStarted(launch, execProblem(code));
      return identity;
    }
    // Between the old program and the new one there is a moment without a command line.
    const commandLine = readProc(`/proc/${known.pid}/cmdline`, 'utf8') ?? '';
    if (commandLine !== '' && !isShimShell(commandLine)) return identity;
    if (performance.now() > deadlineMs) throw late();
    await pause(1);
  }
};

export const notStarted = (launch: Launch, problem: string, cause?: unknown): BootyError =>
  new BootyError(
    'SERVICE_NOT_STARTED',
    { service: launch.service, command: launch.command.join(' '), problem },
    { cause },
  );

/** Why no pid came to be known. */
const shellProblem = async (launch: Launch, shim: Shim): Promise<string> => {
  if ((await shim.serviceEnded) === limitRefusedCode) {
    return `this user may not have ${launch.openFilesMax} open files (the hard limit is shown by: ulimit -Hn)`;
  }
  const { code, signal } = await shim.ended;
  return signal === null
    ? `its shell gave up with code ${code}, as it does when no more processes are allowed (see: ulimit -u)`
    : `its shell was ended by ${signal}`;
};

const execProblem = (code: number | null): string =>
  code === notFoundCode
    ? 'the program, or the loader it needs, does not exist (is it built for another C library?)'
    : `the system refuses to execute it (code ${code})`;
