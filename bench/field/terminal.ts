import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import * as pty from '@lydell/node-pty';
import { readStat } from '../../source/edge/proc/stat.ts';
import { childrenOf, until } from './processes.ts';

export type Terminal = {
  /** The program's own pid; null when it has ended. */
  readonly pid: () => number | null;
  /** Types keys with a pause between them, as a hand does. */
  readonly type: (keys: readonly string[]) => Promise<void>;
  /** The window is closed: the kernel hangs up on the program. */
  readonly close: () => void;
  readonly hasEnded: () => boolean;
  /** The program's exit code as a shell tells it (128 + signal); null while it runs. */
  readonly exitCode: () => number | null;
  readonly bytes: () => number;
  /** A second after the end: whoever puts the terminal right in the program's place has had the time. */
  readonly isAtRest: () => boolean;
  /** What of the terminal was left changed, in words; empty when all is as it was. Only when it is at rest. */
  readonly leftChanged: () => readonly string[];
};

/**
Runs a program on a pty of 120x40 under a shell, as a user does; the shell notes the line discipline's settings before
and after in files that begin with `notes`.
*/
export const openTerminal = (
  command: readonly string[],
  options: {
    readonly folder: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly notes: string;
  },
): Terminal => {
  const { folder, environment, notes } = options;
  const child = pty.spawn('/bin/sh', ['-c', script, notes, ...command], {
    name: 'xterm-256color',
    cols: 120,
    rows: 40,
    cwd: folder,
    env: { ...environment },
  });
  let output = '';
  let bytes = 0;
  child.onData((data) => {
    bytes += data.length;
    // Modes are set in the first bytes and reset in the last; what lies between is not kept for ever.
    output = output.length > 4_000_000 ? output.slice(0, 65_536) + output.slice(-65_536) + data : output + data;
  });
  const note = (name: string): string | null =>
    existsSync(`${notes}.${name}`) ? readFileSync(`${notes}.${name}`, 'utf8').trim() : null;
  return {
    pid: () => childrenOf(child.pid)[0]?.pid ?? null,
    type: async (keys) => {
      for (const [index, key] of keys.entries()) {
        if (index > 0) await pause(300);
        child.write(key);
      }
    },
    close: () => (child as unknown as { destroy: () => void }).destroy(),
    hasEnded: () => note('code') !== null,
    isAtRest: () => note('after') !== null,
    exitCode: () => (note('code') === null ? null : Number(note('code'))),
    bytes: () => bytes,
    leftChanged: () => [
      ...(note('after') === note('before') ? [] : ['line settings (raw, no echo)']),
      ...privateModes.filter(({ mode, usual }) => lastSetting(output, mode, usual) !== usual).map(({ said }) => said),
    ],
  };
};

/**
Runs a program as the only one on a pty, for timing: no shell between. `onEnd` is not used to see its end: it waits for
everybody who holds the terminal.
*/
export const runOnPty = (
  command: readonly string[],
  options: { readonly folder: string; readonly environment: Readonly<Record<string, string>> },
): {
  readonly pid: number;
  readonly write: (keys: string) => void;
  readonly ended: (timeoutMs: number) => Promise<boolean>;
} => {
  const [file = '', ...args] = command;
  const child = pty.spawn(file, args, {
    name: 'xterm-256color',
    cols: 120,
    rows: 40,
    cwd: options.folder,
    env: { ...options.environment },
  });
  child.onData(() => {});
  const isGone = (): boolean => {
    const stat = readStat(child.pid);
    return stat === null || stat.state === 'Z' || stat.state === 'X';
  };
  return { pid: child.pid, write: (keys) => child.write(keys), ended: (timeoutMs) => until(isGone, timeoutMs) };
};

// The trap keeps the shell there for a ctrl-c that the terminal sends to everybody in front; it is not handed down.
const script =
  'trap : INT QUIT; stty -g >"$0.before"; "$@"; ' +
  'echo $? >"$0.new"; mv "$0.new" "$0.code"; sleep 1; stty -g >"$0.new"; mv "$0.new" "$0.after"';

/** DEC private modes, as XTerm Control Sequences names them, that a full-screen program sets and has to reset. */
const privateModes = [
  { mode: '1049', usual: 'l', said: 'alternate screen' },
  { mode: '1000', usual: 'l', said: 'mouse' },
  { mode: '1002', usual: 'l', said: 'mouse (drag)' },
  { mode: '1003', usual: 'l', said: 'mouse (motion)' },
  { mode: '2004', usual: 'l', said: 'bracketed paste' },
  { mode: '25', usual: 'h', said: 'cursor hidden' },
] as const;

const lastSetting = (output: string, mode: string, usual: 'h' | 'l'): 'h' | 'l' => {
  const found = [...output.matchAll(/\x1b\[\?([\d;]+)([hl])/g)].findLast(([, modes = '']) =>
    modes.split(';').includes(mode),
  );
  return (found?.[2] as 'h' | 'l' | undefined) ?? usual;
};
