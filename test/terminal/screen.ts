/** A real terminal for the built booty: a pty, a shell that tells the modes before and after, and an emulator that reads. */
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import type { ExecutionContext } from 'ava';
import { until } from '../until.ts';
import type { Booty } from './booty.ts';

export type Screen = {
  readonly press: (keys: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Ends the shell in the terminal with SIGHUP, and with it the session. */
  readonly hangUp: () => void;
  /** Takes the terminal itself away, as a killed emulator or a dropped ssh line does: nothing can be written any more. */
  readonly close: () => void;
  readonly text: () => string;
  readonly rows: () => readonly string[];
  /** Waits until the screen is as described. */
  readonly shows: (what: string | RegExp) => Promise<void>;
  readonly isAlternate: () => boolean;
  /** Resolves to the exit code once booty and its shell are gone and all is read. */
  readonly ended: () => Promise<number>;
  readonly raw: () => string;
};

// The terminal's modes before and after, and the exit code.
const shell = 'stty -g; "$@"; code=$?; stty -g; echo "code=$code"';

/** Asks for the modes only after a line, so that a guard has had its turn; a terminal left raw gives no line for enter. */
export const patientShell = 'stty -g; "$@"; code=$?; echo "ended"; read -r line; stty -g; stty -a; echo "code=$code"';

export const openScreen = (
  t: ExecutionContext,
  booty: Booty,
  words: readonly string[],
  size = { cols: 80, rows: 24 },
  script = shell,
  environment: Readonly<Record<string, string>> = {},
): Screen => {
  const child = pty.spawn('/bin/sh', ['-c', script, 'sh', booty.launcher, ...words], {
    name: 'xterm-256color',
    ...size,
    cwd: booty.folder,
    env: { ...booty.environment, ...environment, TERM: 'xterm-256color' },
  });
  const terminal = new xterm.Terminal({ ...size, allowProposedApi: true });
  let raw = '';
  child.onData((data) => {
    raw += data;
    terminal.write(data);
  });
  let isGone = false;
  child.onExit(() => {
    isGone = true;
  });
  t.teardown(() => {
    if (!isGone) child.kill('SIGKILL');
    terminal.dispose();
  });
  const rows = () =>
    Array.from({ length: terminal.rows }, (_, row) => {
      const { active } = terminal.buffer;
      return active.getLine(active.viewportY + row)?.translateToString(true) ?? '';
    });
  const text = () => rows().join('\n');
  const wait = (claim: string, holds: () => boolean): Promise<void> =>
    until(claim, holds, 15_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${text()}`);
    });
  return {
    press: (keys) => child.write(keys),
    resize: (columns, height) => {
      child.resize(columns, height);
      terminal.resize(columns, height);
    },
    hangUp: () => child.kill('SIGHUP'),
    close: () => (child as unknown as { readonly destroy: () => void }).destroy(),
    text,
    rows,
    shows: (what) =>
      wait(`it shows ${what}`, () => (typeof what === 'string' ? text().includes(what) : what.test(text()))),
    isAlternate: () => terminal.buffer.active.type === 'alternate',
    ended: async () => {
      await wait('the end', () => /code=\d+/.test(raw) && isGone);
      await new Promise<void>((resolve) => {
        terminal.write('', resolve);
      });
      return Number(/code=(\d+)/.exec(raw)?.[1]);
    },
    raw: () => raw,
  };
};

/** What `stty -g` said each time it was asked in the terminal. */
export const modesSeen = (screen: Screen): readonly string[] => screen.raw().match(/[0-9a-f]+:[0-9a-f:]{20,}/g) ?? [];

/** The terminal is as it was: modes, screen, cursor, line wrap, paste. */
export const assertRestored = (t: ExecutionContext, screen: Screen): void => {
  const modes = modesSeen(screen);
  t.is(modes.length, 2);
  t.is(modes[0], modes[1]);
  t.false(screen.isAlternate());
  const last = (mode: string, state: 'h' | 'l'): number => screen.raw().lastIndexOf(`\u001B[${mode}${state}`);
  for (const mode of ['?1049', '?2004']) t.true(last(mode, 'l') > last(mode, 'h'), mode);
  for (const mode of ['?25', '?7']) t.true(last(mode, 'h') >= last(mode, 'l'), mode);
};
