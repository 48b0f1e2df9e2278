import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, fstatSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from './node-readline.ts';
import type { Readable } from 'node:stream';

/** What a daemon's first line on its file descriptor 3 says: that clients can connect, or why not. */
export type FirstWord =
  | { readonly kind: 'listening' }
  | { readonly kind: 'error'; readonly document: unknown }
  | { readonly kind: 'nothing'; readonly why: string };

/**
Starts a daemon in a session of its own and resolves with its first word. It inherits nothing of this terminal: input
from nowhere, output into its log, so that it outlives the client and its ssh line.
*/
export const spawnDaemon = async (options: {
  readonly command: readonly string[];
  readonly logFile: string;
  readonly workingDir: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<FirstWord> => {
  mkdirSync(path.dirname(options.logFile), { recursive: true, mode: 0o700 });
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    const [file = '', ...args] = options.command;
    const child = spawn(file, args, {
      detached: true,
      cwd: options.workingDir,
      env: options.environment,
      stdio: ['ignore', log, log, 'pipe'],
    });
    const channel = child.stdio[3] as Readable;
    const failed = once(child, 'error').then(([error]): FirstWord => ({
      kind: 'nothing',
      why: (error as Error).message,
    }));
    const word = await Promise.race([readFirst(channel), failed]);
    channel.destroy();
    child.unref();
    return word;
  } finally {
    closeSync(log);
  }
};

const readFirst = async (channel: Readable): Promise<FirstWord> => {
  for await (const line of createInterface({ input: channel })) {
    if (line === 'listening') return { kind: 'listening' };
    return { kind: 'error', document: JSON.parse(line) };
  }
  return { kind: 'nothing', why: 'it ended without a word' };
};

/** The daemon's end of it: says the first word, once, and lets go. Does nothing when it was not spawned by a client. */
export const announce = (word: string): Promise<void> =>
  new Promise((resolve) => {
    // Where nobody listens the number belongs to Node itself, which does not survive the loss.
    if (!leadsToSomebody(3)) return resolve();
    const stream = createWriteStream('', { fd: 3 });
    stream.on('error', () => resolve());
    stream.end(`${word}\n`, () => resolve());
  });

/** A client listens on a socket, a warden on a pipe; of Node's own the lowest is neither. */
const leadsToSomebody = (fd: number): boolean => {
  try {
    const stats = fstatSync(fd);
    return stats.isSocket() || stats.isFIFO();
  } catch {
    return false;
  }
};
