import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Warden } from '../ports.ts';
import { placeScript } from './shim-file.ts';
import { formatSecondWords, wardenText } from './warden-script.ts';

/**
Starts the warden of this daemon, in a session of its own, which starts its second. They hold nothing of the daemon but the
lines that tell them of the daemon's end; `command` starts a successor, in the environment given here. Rejects with the
system's error.
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
  const words = [stack, logFile, runFolder, String(count), ...command];
  const secondWords = formatSecondWords([String(process.pid), ...words]);
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn('/bin/sh', [script, ...words], {
      detached: true,
      cwd: '/',
      env: environment,
      // Not its input: Node closes that with the process, and the second may still be listening to its own.
      stdio: ['ignore', log, log, 'pipe', secondWords === null ? 'ignore' : 'pipe'],
    });
    if (child.pid === undefined) await new Promise((_, reject) => child.once('error', reject));
    // Neither the process nor the lines keep a daemon that is done.
    child.unref();
    const lines = child.stdio.slice(3).filter((line) => line !== null && line !== undefined) as unknown as Socket[];
    const ends = lines.map(endOf);
    if (secondWords !== null) lines[1]?.write(secondWords);
    const { pid = 0 } = child;
    return {
      pid,
      say: (word) => {
        for (const line of lines) line.write(`${word}\n`);
      },
      kill: () => void child.kill('SIGKILL'),
      ended: Promise.race(ends),
      gone: Promise.all(ends).then(() => {}),
    };
  } finally {
    closeSync(log);
  }
};

/** Resolves when nobody holds the other end of the line any more, that is when its process is gone. */
const endOf = (line: Socket): Promise<void> =>
  new Promise((resolve) => {
    line.unref();
    // A word that finds nobody is no fault.
    line.on('error', () => {});
    line.once('close', () => resolve());
    line.resume();
  });
