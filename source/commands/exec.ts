import { BootyError } from '../core/error.ts';
import { type Command, type Context, stackOptions } from './context.ts';
import { runForeground } from './run-foreground.ts';
import { reach, targetToUse } from './target.ts';

export const exec: Command = {
  name: 'exec',
  summary: "run a command with a service's environment",
  usage: 'exec [-f FILE | --stack NAME] SERVICE [--] CMD…',
  details: [
    "The command gets the service's environment and working folder, and this terminal. It is no part of the stack:",
    'it is not restarted, and it outlives the service. The service itself need not run.',
  ],
  options: stackOptions,
  exitCodes: { 1: "failed; else the command's own exit code, 128 and the signal's number when a signal ended it" },
  examples: ['booty exec main -- env', "booty exec main -- sh -c 'curl -s localhost:$PORT/health'"],
  words: 'service',
  wordsBeforeCommand: 1,
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const [service, ...command] = args.positionals;
    if (service === undefined || command.length === 0) {
      const problem = `booty exec needs ${service === undefined ? 'a service and a command' : 'a command to run'}`;
      throw new BootyError('USAGE', { problem, usage: `booty ${exec.usage}` });
    }
    const target = await targetToUse(context, args);
    const client = await reach(context, target);
    if (!client) throw new BootyError('STACK_DOWN', { stack: target.stack });
    const { environment, workingDir } = await client.launch(service);
    return runForeground(context, command, { environment: { ...environment, ...terminalOf(context) }, workingDir });
  },
};

/** What the terminal can do is a matter of whoever sits at it, not of whoever started the stack. */
const terminalOf = ({ ports }: Context): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['TERM', 'COLORTERM', 'NO_COLOR'].flatMap((name) => {
      const value = ports.host.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
