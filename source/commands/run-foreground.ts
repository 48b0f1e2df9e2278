import { constants } from 'node:os';
import type { Context } from './context.ts';

/** Runs a command on this terminal and resolves to its exit code as a shell would have it. Throws COMMAND_NOT_RUN. */
export const runForeground = async (
  context: Context,
  command: readonly string[],
  options: { readonly environment: Readonly<Record<string, string>>; readonly workingDir: string },
): Promise<number> => {
  const { code, signal } = await context.foreground.run(command, options);
  if (code !== null) return code;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return 128 + (numbers[signal ?? ''] ?? 0);
};
