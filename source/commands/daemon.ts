import { BootyError } from '../core/error.ts';
import { stackPaths } from '../core/paths.ts';
import type { Command } from './context.ts';

export const daemon: Command = {
  name: 'daemon',
  summary: 'be the daemon of a stack (started by the other commands)',
  usage: 'daemon run --stack NAME',
  details: [],
  hidden: true,
  options: { stack: { type: 'string', value: 'NAME', help: 'whole name of the stack' } },
  positionalsMax: 1,
  run: async (context, args) => {
    const stack = args.text('stack');
    if (args.positionals[0] !== 'run' || stack === undefined) {
      throw new BootyError('USAGE', { problem: 'booty daemon: nothing to do', usage: 'booty daemon run --stack NAME' });
    }
    await context.becomeDaemon(stack, stackPaths(context.ports.host, stack));
    return 0;
  },
};
