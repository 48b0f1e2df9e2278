/** Calls a command as cli.tsx does, in a folder and a home of its own, with a terminal that remembers and answers. */
import { mkdir, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Context } from '../../source/commands/context.ts';
import { runCommand } from '../../source/commands/main.ts';
import { createPrint } from '../../source/commands/print.ts';
import { registriesOf } from '../../source/commands/registries-of.ts';
import { createWorld } from '../../source/edge/world.ts';
import type { Terminal } from '../../source/ports.ts';
import { createStore } from '../../source/store/create-store.ts';
import { removeTree } from '../remove-tree.ts';

export type Called = { readonly code: number; readonly out: string; readonly err: string };

export type Desk = {
  readonly folder: string;
  /** Calls `booty WORDS…`; with an answer there is a terminal that gives it. */
  readonly call: (words: readonly string[], answer?: string) => Promise<Called>;
  readonly read: (name: string) => Promise<string>;
  /** As ctrl-c: tells the commands that listen for it. */
  readonly interrupt: () => void;
  /** From now on commands think it is that much later than it is. */
  readonly later: (ms: number) => void;
};

const packageFolder = path.resolve(import.meta.dirname, '../..');

/** Runs with a new folder that holds the given files, and removes it afterwards. */
export const atDesk = async <Result>(
  contents: Readonly<Record<string, string>>,
  run: (desk: Desk) => Promise<Result>,
  variables: Readonly<Record<string, string>> = {},
): Promise<Result> => {
  const base = await realpath(await mkdtemp(path.join(tmpdir(), 'booty-desk-')));
  const folder = path.join(base, 'shop');
  const home = path.join(base, 'home');
  try {
    await mkdir(folder);
    for (const [name, text] of Object.entries(contents)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    let aheadMs = 0;
    const onInterrupt = new Set<() => void>();
    const call = (words: readonly string[], answer?: string) =>
      callIn(
        {
          aheadMs,
          folder,
          onInterrupt,
          environment: { PATH: process.env['PATH'] ?? '', BOOTY_HOME: home, ...variables },
        },
        words,
        answer,
      );
    return await run({
      folder,
      call,
      read: (name) => readFile(path.join(folder, name), 'utf8'),
      interrupt: () => {
        for (const tell of onInterrupt) tell();
      },
      later: (ms) => {
        aheadMs += ms;
      },
    });
  } finally {
    removeTree(base);
  }
};

const callIn = async (
  {
    aheadMs,
    folder,
    onInterrupt,
    environment,
  }: {
    readonly aheadMs: number;
    readonly folder: string;
    readonly onInterrupt: Set<() => void>;
    readonly environment: Readonly<Record<string, string>>;
  },
  words: readonly string[],
  answer: string | undefined,
): Promise<Called> => {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    inputIsTerminal: answer !== undefined,
    outputIsTerminal: false,
    errorIsTerminal: answer !== undefined,
    columns: 80,
    write: async (text) => void (out += text),
    writeError: (text) => void (err += text),
    ask: async (question) => {
      err += question;
      return answer ?? '';
    },
    readerIsGone: () => false,
    on: (what, tell) => {
      if (what === 'SIGINT') onInterrupt.add(tell);
      return () => void onInterrupt.delete(tell);
    },
  };
  const world = createWorld();
  const clock = { ...world.clock, nowMs: () => world.clock.nowMs() + aheadMs };
  const ports = { ...world, clock, host: { ...world.host, environment, homeFolder: path.dirname(folder) } };
  const refused = () => Promise.reject(new Error('this command starts nothing'));
  const context: Context = {
    ports,
    terminal,
    print: createPrint(terminal, environment),
    foreground: { run: refused },
    machine: {} as Context['machine'],
    folder,
    packageFolder,
    nodePath: process.execPath,
    mainProgram: '/booty/examples/main/main.ts',
    version: '0.0.0',
    serveFolder: refused,
    openStore: async (project) => {
      const { registry, caution } = await registriesOf({ ports, folder, packageFolder }, project);
      return createStore({ ...ports, registry, caution, home: environment['BOOTY_HOME'] ?? '' });
    },
    startDaemon: refused,
    becomeDaemon: refused,
    screen: { stdin: process.stdin, stdout: process.stdout },
  };
  return { code: await runCommand(context, words), out, err };
};
