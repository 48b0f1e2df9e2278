import { BootyError } from '../core/error.ts';
import type { Context } from './context.ts';
import { runForeground } from './run-foreground.ts';

/**
Opens a file in the person's pager, at the line that holds that byte where the pager is less. PAGER is run by a shell,
as git and man do, so it may hold options. Resolves when they are back. Throws COMMAND_NOT_RUN.
*/
export const openPager = async (context: Context, file: string, atByte: number): Promise<void> => {
  const { environment } = context.ports.host;
  const pager = environment['PAGER'] || 'less';
  const isLess = /^(?:\S*\/)?less(?:\s|$)/.test(pager);
  const place = isLess ? [`+${atByte}P`] : [];
  const command = ['/bin/sh', '-c', `${pager} "$@"`, 'sh', ...place, file];
  // Colours are shown as colours, as git does.
  const code = await runForeground(context, command, {
    environment: { LESS: '-R', ...environment },
    workingDir: context.folder,
  });
  if (code === 126 || code === 127) {
    throw new BootyError('COMMAND_NOT_RUN', { command: pager, problem: 'the shell did not find it (PAGER)' });
  }
};
