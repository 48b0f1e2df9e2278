import { BootyError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Host } from '../ports.ts';

/**
Runs a command to its end without a shell, in a process group of its own that is killed when the time is over or the
signal aborts. `environment` is laid over booty's own. What it left in the background may hold its output open: that is
waited for no longer than limits.drainTimeoutMs. Throws COMMAND_NOT_RUN when it cannot be started.
*/
export const run: Host['run'] = async (command, options) => {
  // Loaded only here: most commands run nothing.
  const { execa } = await import('execa');
  const [file = '', ...args] = command;
  const { onLine } = options;
  const lines = onLine
    ? function* (line: unknown) {
        onLine(String(line));
        yield line;
      }
    : undefined;
  const child = execa(file, args, {
    stdin: 'ignore',
    ...(lines && { stdout: lines, stderr: lines }),
    ...(options.workingDir !== undefined && { cwd: options.workingDir }),
    ...(options.environment && { env: options.environment }),
    detached: true,
    cleanup: true,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: limits.commandOutputCharactersMax,
  });
  let timedOut = false;
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group ended by itself between the decision and the signal.
    }
  };
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup();
  }, options.timeoutMs);
  options.signal?.addEventListener('abort', killGroup, { once: true });
  if (options.signal?.aborted) killGroup();
  let drain: NodeJS.Timeout | undefined;
  child.nodeChildProcess.once('exit', () => {
    drain = setTimeout(() => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, limits.drainTimeoutMs);
  });
  const result = await child;
  clearTimeout(timer);
  clearTimeout(drain);
  options.signal?.removeEventListener('abort', killGroup);
  if (child.pid === undefined) {
    const problem = result.originalMessage?.split('\n', 1)[0] ?? 'it did not start';
    throw new BootyError('COMMAND_NOT_RUN', { command: command.join(' '), problem }, { cause: result });
  }
  return {
    code: child.nodeChildProcess.exitCode,
    signal: child.nodeChildProcess.signalCode,
    stdout: result.stdout,
    stderr: result.stderr,
    timedOut,
  };
};
