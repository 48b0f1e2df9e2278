/** A real booty in a real terminal that nobody sees: typed at, waited on, and drawn. */
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as pty from '@lydell/node-pty';
import headless from '@xterm/headless';
import { removeTree } from '../../test/remove-tree.ts';

export type Stage = {
  readonly terminal: headless.Terminal;
  readonly type: (keys: string) => void;
  /** Resolves once the screen shows all of these; rejects with the screen when it does not in time. */
  readonly shows: (...texts: readonly RegExp[]) => Promise<void>;
  /** Nothing new on the screen for this long. */
  readonly quiet: (forMs: number) => Promise<void>;
  readonly ended: Promise<number>;
};

export type Folders = {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly remove: () => void;
};

/** Folders of its own, so that the pictures show nothing of the machine they were made on. */
export const makeFolders = (name: string): Folders => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'booty-picture-')));
  const folder = path.join(root, name);
  for (const each of [folder, path.join(root, 'home')]) mkdirSync(each);
  const { PATH = '', LANG = 'C.UTF-8' } = process.env;
  const environment = { PATH, LANG, HOME: path.join(root, 'home'), TERM: 'xterm-256color', COLORTERM: '' };
  return { folder, environment, remove: () => removeTree(root) };
};

export const openStage = (
  command: readonly string[],
  folders: Folders,
  size: { readonly cols: number; readonly rows: number },
): Stage => {
  const terminal = new headless.Terminal({ ...size, allowProposedApi: true });
  const [file = '', ...args] = command;
  const child = pty.spawn(file, args, { ...size, cwd: folders.folder, env: { ...folders.environment } });
  let changedAtMs = Date.now();
  const watchers = new Set<() => void>();
  child.onData((data) => {
    terminal.write(data, () => {
      changedAtMs = Date.now();
      for (const look of watchers) look();
    });
  });
  const ended = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
  const text = (): string =>
    Array.from(
      { length: size.rows },
      (_, row) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + row)?.translateToString(true) ?? '',
    ).join('\n');
  return {
    terminal,
    type: (keys) => child.write(keys),
    shows: (...texts) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const screen = text();
          if (!texts.every((wanted) => wanted.test(screen))) return;
          finish(resolve);
        };
        const timer = setTimeout(
          () => finish(() => reject(new Error(`the screen never showed ${texts.join(' and ')}:\n${text()}`))),
          120_000,
        );
        const finish = (then: () => void): void => {
          clearTimeout(timer);
          watchers.delete(look);
          then();
        };
        watchers.add(look);
        look();
      }),
    quiet: (forMs) =>
      new Promise((resolve) => {
        const look = (): void => {
          const leftMs = changedAtMs + forMs - Date.now();
          if (leftMs <= 0) resolve();
          else setTimeout(look, leftMs);
        };
        look();
      }),
    ended,
  };
};
