import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isatty } from 'node:tty';
import { BootyError, reasonOf } from '../core/error.ts';
import type { Foreground } from '../ports.ts';
import { startProblem } from './executable.ts';

/** Runs commands on booty's own terminal, in its own process group, so that job control reaches both. */
export const createForeground = (): Foreground => ({
  run: async (command, { environment, workingDir, input }) => {
    const [file = '', ...args] = command;
    const problem = await startProblem(command, workingDir, environment['PATH']);
    if (problem !== null) throw new BootyError('COMMAND_NOT_RUN', { command: command.join(' '), problem });
    const stdio = [input ? 'pipe' : 'inherit', 'inherit', 'inherit'] as const;
    const child = spawn(file, args, { stdio: [...stdio], cwd: workingDir, env: environment });
    // One that is quit in the middle has read enough.
    if (input && child.stdin) pipeline(Readable.from(input), child.stdin).catch(() => undefined);
    const stopForwarding = forwardSignals(child);
    try {
      // An 'error' rejects the wait.
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      return { code, signal };
    } catch (error) {
      const facts = { command: command.join(' '), problem: reasonOf(error) };
      throw new BootyError('COMMAND_NOT_RUN', facts, { cause: error });
    } finally {
      stopForwarding();
    }
  },
});

/** SIGUSR1 is left out: without a listener Node opens its inspector, with one it is still its own. */
const forwarded = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

/** ctrl-c and ctrl-\ reach the whole group from the terminal itself; passed on as well they would come twice. */
const fromKeyboard: readonly string[] = ['SIGINT', 'SIGQUIT'];

const forwardSignals = (child: ChildProcess): (() => void) => {
  const onTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  const handlers = forwarded.map((signal) => {
    const handle = (): void => {
      if (!(onTerminal && fromKeyboard.includes(signal))) child.kill(signal);
    };
    process.on(signal, handle);
    return [signal, handle] as const;
  });
  return () => {
    for (const [signal, handle] of handlers) process.off(signal, handle);
  };
};
