import type { StackPaths } from '../core/paths.ts';
import type { TerminalGuard } from '../core/terminal-guard.ts';
import type { Foreground, Machine, Terminal, World } from '../ports.ts';
import type { Store } from '../store/store.ts';
import type { Print } from './print.ts';

/** What every command is given: the world, the terminal, and how to do what only the composition root can. */
export type Context = {
  readonly ports: World;
  readonly terminal: Terminal;
  readonly print: Print;
  readonly foreground: Foreground;
  readonly machine: Machine;
  /** Where the command was called; absolute and real. */
  readonly folder: string;
  /** Where booty's own files are (registry.json, examples). */
  readonly packageFolder: string;
  readonly nodePath: string;
  /** The sample program of the built-in stacks. */
  readonly mainProgram: string;
  readonly version: string;
  /** By the registries of `project`, a folder, else of the folder the command was called in. */
  readonly openStore: (project?: string) => Promise<Store>;
  /** Serves a folder over HTTP, for reading; rejects with what the system says when the address is not to be had. */
  readonly serveFolder: (
    folder: string,
    where: { readonly bind: string; readonly port: number },
    onAnswer: (method: string, path: string, status: number) => void,
  ) => Promise<{ readonly port: number; close(): Promise<void> }>;
  /** Starts the daemon of a stack and resolves once it can be spoken to. Throws what the daemon could not do. */
  readonly startDaemon: (stack: string, paths: StackPaths) => Promise<void>;
  /** Turns this process into the daemon of a stack; resolves when the stack is down. */
  readonly becomeDaemon: (stack: string, paths: StackPaths) => Promise<void>;
  /** What a full screen needs: the streams, and a guard that gives the terminal back after a SIGKILL. */
  readonly screen: {
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
    readonly guard?: () => TerminalGuard | null;
  };
};

export type OptionSpec = {
  readonly type: 'string' | 'boolean';
  readonly short?: string | undefined;
  /** Name of the value in help: `FILE`. */
  readonly value?: string;
  readonly help: string;
};

export type Arguments = {
  readonly text: (name: string) => string | undefined;
  readonly flag: (name: string) => boolean;
  readonly positionals: readonly string[];
};

/** One verb of the command line. */
export type Command = {
  readonly name: string;
  readonly summary: string;
  /** After `booty`: `up [SERVICE…] [-d]`. */
  readonly usage: string;
  readonly details: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Whole command lines, a `#` and what they do after some. */
  readonly examples?: readonly string[];
  /** Beside those every command has, or in other words than those. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /** What its words are, for completion. */
  readonly words?: 'service' | 'component' | 'shell';
  /** After this many words all the rest belongs to another command, options too. */
  readonly wordsBeforeCommand?: number;
  /** How many words it takes besides options; more is an error. */
  readonly positionalsMax: number;
  /** Left out of the list of commands: not for people. */
  readonly hidden?: boolean;
  /** Resolves to the exit code. */
  readonly run: (context: Context, args: Arguments) => Promise<number>;
};

/** Options of every command that speaks to a stack. */
export const stackOptions = {
  file: {
    type: 'string',
    short: 'f',
    value: 'FILE',
    help: 'the booty.yaml to use (default: the one of this folder or above)',
  },
  stack: { type: 'string', value: 'NAME', help: 'a stack by its name, or a built-in one: observe' },
} satisfies Record<string, OptionSpec>;

export const frozenOption = {
  frozen: { type: 'boolean', help: 'the lock must fit as it is, and is not written (also: BOOTY_FROZEN=1)' },
} satisfies Record<string, OptionSpec>;

export const jsonOption = {
  json: { type: 'boolean', help: 'one JSON document and nothing else on stdout' },
} satisfies Record<string, OptionSpec>;
