import { BootyError } from '../../core/error.ts';
import type { Context } from '../context.ts';

/** Runs npm, git or the new booty with the user's own settings and resolves with what it printed. Throws SELF_FAILED. */
export const runTool = async (
  { ports }: Pick<Context, 'ports'>,
  command: readonly string[],
  options: { readonly workingDir?: string; readonly timeoutMs: number },
): Promise<string> => {
  const { environment } = ports.host;
  const [name = ''] = command;
  const file = await ports.host.findExecutable(name, options.workingDir ?? '/', environment['PATH'] ?? '');
  if (file === null) throw new BootyError('SELF_FAILED', { command: command.join(' '), said: `${name} is not there` });
  const result = await ports.host.run([file, ...command.slice(1)], { ...options, environment });
  if (result.code === 0) return result.stdout.trim();
  const said = result.timedOut
    ? `no end after ${options.timeoutMs / 1000} s`
    : (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-6).join('\n');
  throw new BootyError('SELF_FAILED', { command: command.join(' '), said });
};
