import { reasonOf } from '../source/core/error.ts';
import type { Clock } from '../source/ports.ts';
import { openScreen, type ScreenOptions } from '../source/tui/session.ts';
import { lookFor } from '../source/tui/theme.ts';
import type { Exit } from '../source/tui/ui-state.ts';
import { App } from './app.tsx';
import { sizeOf, takeTerminal, type Taken, type Terminal } from './take-terminal.tsx';

export type RunOptions = Pick<ScreenOptions, 'client' | 'session' | 'reconnect'> & {
  /** Shows a service's log in the person's pager, at that byte, on the terminal lent to it; null = cannot be done. */
  readonly page: ScreenOptions['page'];
  /** What `booty doctor` finds; null leaves its pane out. */
  readonly doctor: ScreenOptions['doctor'];
  /** The stacks to choose another one from. */
  readonly choices: ScreenOptions['choices'];
  readonly who: ScreenOptions['who'];
  readonly clock: Clock;
  readonly terminal: Terminal;
};

/**
Shows the stack full screen until the user leaves, the stack ends or the daemon is gone for good. Resolves, with the
terminal as it was, to the exit code and the lines to print on the normal screen. The caller has asked `canRunTui`.
*/
export const runTui = async (options: RunOptions): Promise<Exit> => {
  const { terminal, page } = options;
  const look = lookFor(terminal.environment);
  // The screen may ask for the terminal only once it is taken, below.
  const held: { taken: Taken | null } = { taken: null };
  const screen = openScreen({
    client: options.client,
    session: options.session,
    reconnect: options.reconnect,
    clock: options.clock,
    size: sizeOf(terminal.stdout),
    suspend: async () => held.taken?.suspend(),
    redraw: () => held.taken?.redraw(),
    copy: (text) => held.taken?.copy(text),
    page: page && (async (service, byte) => held.taken?.lend(() => page(service, byte))),
    doctor: options.doctor,
    choices: options.choices,
    who: options.who,
  });
  held.taken = takeTerminal(terminal, options.clock, <App screen={screen} look={look} />, {
    resized: screen.resize,
    signalled: (signal) => (signal === 'SIGINT' ? screen.key('ctrl+c') : screen.signal(signal)),
    failed: (error) => screen.end({ exitCode: 1, message: failure(error) }),
    drew: screen.drew,
  });
  try {
    return await screen.done;
  } finally {
    held.taken.release();
  }
};

const failure = (error: unknown): string =>
  `the screen failed, the stack was not touched: ${error instanceof Error ? (error.stack ?? error.message) : reasonOf(error)}`;
