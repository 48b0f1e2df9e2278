import { render, useApp, type Instance, type SuspendTerminal } from 'ink';
import { useEffect, type ReactNode } from 'react';
import type { TerminalGuard } from '../source/core/terminal-guard.ts';
import type { Clock } from '../source/ports.ts';
import type { Size } from '../source/tui/ui-state.ts';

/** The terminal a person sits at. */
export type Terminal = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Sets up what gives the terminal back when this process cannot; null = nothing can. */
  readonly guard?: () => TerminalGuard | null;
};

export type TerminalEvents = {
  readonly resized: (size: Size) => void;
  /** SIGHUP also stands for the end of the input and for a terminal that takes no more output. */
  readonly signalled: (signal: 'SIGTERM' | 'SIGHUP' | 'SIGINT') => void;
  /** Something threw that nobody caught; the terminal is already given back. */
  readonly failed: (error: unknown) => void;
  /** A drawing went out. */
  readonly drew: (bytes: number) => void;
};

export type Taken = {
  /** Gives the terminal back as it was found. Idempotent. */
  readonly release: () => void;
  /** Gives the terminal back, stops this process group as ctrl-z would, and draws again once it goes on. */
  readonly suspend: () => Promise<void>;
  /** Draws everything anew on a cleared screen. */
  readonly redraw: () => void;
  /** Gives the terminal back while another program has it, and draws again afterwards. */
  readonly lend: (meanwhile: () => Promise<void>) => Promise<void>;
  /** Sends text to the terminal's clipboard; whether it takes it is not told. */
  readonly copy: (text: string) => void;
};

/**
Takes the terminal over (alternate screen, raw mode, no line wrap) and draws the node on it. Whatever ends the process
afterwards gives it back first: a normal release, a signal, an error nobody caught, an exit; after a SIGKILL its guard does.
*/
export const takeTerminal = (terminal: Terminal, clock: Clock, node: ReactNode, on: TerminalEvents): Taken => {
  const { stdin, stdout } = terminal;
  // Before anything is changed: it gives back what it finds.
  const guard = terminal.guard?.();
  guard?.hold();
  let suspendTerminal: SuspendTerminal | null = null;
  let isAway = false;
  let isReleased = false;
  let written = stdout.bytesWritten;

  const resized = () => on.resized(sizeOf(stdout));
  const sigterm = () => on.signalled('SIGTERM');
  // A ctrl-c in a pager is the pager's, also one that is heard when it has left. On the screen ctrl-c is a key like any.
  let backAtMs = Number.NEGATIVE_INFINITY;
  const sigint = () => {
    if (!isAway && clock.steadyMs() - backAtMs > signalLateMs) on.signalled('SIGINT');
  };
  const hangup = () => on.signalled('SIGHUP');
  const fail = (error: unknown) => {
    if (isReleased) return;
    release();
    on.failed(error);
  };
  const redraw = () => {
    void away(() => {});
  };
  const listeners = [
    ['SIGTERM', sigterm],
    ['SIGINT', sigint],
    ['SIGHUP', hangup],
    ['SIGCONT', redraw],
    ['uncaughtException', fail],
    ['unhandledRejection', fail],
    ['exit', () => release()],
  ] as const;

  const release = () => {
    if (isReleased) return;
    isReleased = true;
    for (const [name, listener] of listeners) process.off(name, listener);
    stdout.off('resize', resized);
    stdin.off('end', hangup);
    instance.unmount();
    if (!stdout.destroyed) stdout.write(wrapOn);
    // Ink gives raw mode back in a microtask, which never runs when the process is exiting.
    if (stdin.isTTY && !stdin.destroyed) stdin.setRawMode(false);
    stdin.pause();
    guard?.end();
  };

  const away = async (meanwhile: () => void | Promise<void>) => {
    if (!suspendTerminal || isAway || isReleased) return;
    isAway = true;
    try {
      await suspendTerminal(async () => {
        stdout.write(wrapOn);
        guard?.free();
        // Ink stops listening and goes on reading: what is typed for another program would be ours.
        await turn();
        stdin.pause();
        await turn();
        await meanwhile();
        if (isReleased) return;
        // Typed before the other program had the terminal; nobody means the screen by it any more.
        while (stdin.read() !== null);
        guard?.hold();
        stdout.write(wrapOff);
      });
    } finally {
      isAway = false;
    }
  };

  const suspend = () =>
    away(async () => {
      // The whole group, as the terminal itself would: the shell waits for all of a job, `npm start` included.
      process.kill(0, 'SIGTSTP');
      // The stop comes while this waits; a group without a shell is not stopped and just goes on.
      await new Promise<void>((resolve) => {
        clock.after(stopTakesMs, resolve);
      });
    });

  const lend = async (meanwhile: () => Promise<void>) => {
    try {
      await away(meanwhile);
    } finally {
      backAtMs = clock.steadyMs();
    }
  };

  for (const [name, listener] of listeners) process.on(name, listener);
  // Before Ink's own listener, so that the first drawing after a resize already has the new size.
  stdout.on('resize', resized);
  // A terminal that went away shows as an error of either stream; the listeners stay, later writes fail as well.
  stdout.on('error', hangup);
  stdin.on('error', hangup);
  stdin.on('end', hangup);

  const ready = (suspender: SuspendTerminal) => {
    suspendTerminal = suspender;
  };
  // At once, not only with Ink's first effects: a key pressed meanwhile must neither echo nor become a signal.
  if (stdin.isTTY) stdin.setRawMode(true);
  const instance: Instance = render(
    <>
      <Handle ready={ready} />
      {node}
    </>,
    {
      stdin,
      stdout: sized(stdout),
      // The caller has made sure of a terminal; a CI variable in someone's shell must not change that.
      interactive: true,
      alternateScreen: true,
      // Measured on 160x50 in a flood: a key costs a fifth fewer bytes, and the same bytes carry more drawings.
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: true,
      // The session sets the pace; Ink only has to keep up with keys.
      maxFps: 120,
      onRender: () => {
        on.drew(stdout.bytesWritten - written);
        written = stdout.bytesWritten;
      },
    },
  );
  // A row measured wrongly is cut at the edge instead of pushing all others down.
  stdout.write(wrapOff);
  instance.waitUntilExit().then(() => {}, fail);
  const copy = (text: string) => {
    stdout.write(`${clipboard}${Buffer.from(text).toString('base64')}\u0007`);
  };
  return { release, suspend, redraw, lend, copy };
};

/** The terminal's size; one that does not tell its own gets a single short row. */
export const sizeOf = (stdout: NodeJS.WriteStream): Size => ({
  columns: stdout.columns || 20,
  rows: stdout.rows || 1,
});

// DECAWM, https://vt100.net/docs/vt510-rm/DECAWM.html
const wrapOff = '\u001B[?7l';
const wrapOn = '\u001B[?7h';
// OSC 52, https://invisible-island.net/xterm/ctlseqs/ctlseqs.html: `c` is the clipboard, base64 follows.
const clipboard = '\u001B]52;c;';
const stopTakesMs = 50;
/** From the pager's end on: on a busy machine a signal to all of a job reaches one of them late. */
const signalLateMs = 1_000;

/** A stream takes in that a listener is gone, or that it is paused, only then. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const Handle = ({ ready }: { readonly ready: (suspender: SuspendTerminal) => void }): ReactNode => {
  const { suspendTerminal } = useApp();
  useEffect(() => ready(suspendTerminal), [ready, suspendTerminal]);
  return null;
};

/** The stream with a size that is never 0: Ink would start a program at each drawing to find one out. */
const sized = (stdout: NodeJS.WriteStream): NodeJS.WriteStream =>
  new Proxy(stdout, {
    get: (target, name) => {
      if (name === 'columns' || name === 'rows') return sizeOf(target)[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
