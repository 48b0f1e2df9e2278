import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { isatty } from 'node:tty';
import { BootyError, reasonOf } from '../core/error.ts';
import type { Foreground } from '../ports.ts';
import { startProblem } from './executable.ts';

/** Runs commands on booty's own terminal, in its own process group, so that job control reaches both. */
export const createForeground = (): Foreground => ({
  run: async (command, { environment, workingDir }) => {
    const [file = '', ...args] = command;
    const problem = await startProblem(command, workingDir, environment['PATH']);
    if (problem !== null) throw new BootyError('COMMAND_NOT_RUN', { command: command.join(' '), problem });
    const child = spawn(file, args, { stdio: 'inherit', cwd: workingDir, env: environment });
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
