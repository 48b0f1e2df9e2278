import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Warden } from '../ports.ts';
import { placeScript } from './shim-file.ts';
import { wardenText } from './warden-script.ts';

/**
Starts the warden of this daemon, in a session of its own. It holds nothing of the daemon but the pipe that tells it of
the daemon's end; `command` starts a successor, in the environment given here. Rejects with the system's error.
*/
export const spawnWarden = async (options: {
  readonly stack: string;
  readonly runFolder: string;
  readonly logFile: string;
  /** How many daemons before this one have died in a row. */
  readonly count: number;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}): Promise<Warden> => {
  const { stack, runFolder, logFile, count, command, environment } = options;
  const script = await placeScript(runFolder, { name: 'warden', text: wardenText });
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', [script, stack, logFile, runFolder, String(count), ...command], {
      detached: true,
      cwd: '/',
      env: environment,
      stdio: ['pipe', log, log],
    });
    const ended = new Promise<void>((resolve, reject) => {
      child.once('exit', () => resolve());
      child.once('error', reject);
    });
    if (child.pid === undefined) await ended;
    const input = child.stdin as Writable;
    // Its end is told by `ended`; a word that finds nobody is no fault.
    input.on('error', () => {});
    // Neither the process nor the pipe keeps a daemon that is done.
    child.unref();
    (input as Writable & { unref?: () => void }).unref?.();
    const { pid = 0 } = child;
    return { pid, say: (word) => void input.write(`${word}\n`), kill: () => void child.kill('SIGKILL'), ended };
  } finally {
    closeSync(log);
  }
};
