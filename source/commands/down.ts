import { type Command, stackOptions } from './context.ts';
import { seconds } from './service.ts';
import { takeDown } from './take-down.ts';
import { reach, targetToUse } from './target.ts';
import { secondsText } from './text.ts';

export const down: Command = {
  name: 'down',
  summary: 'stop a stack in order; data stays',
  usage: 'down [--force] [--timeout S]',
  details: [
    'Layer by layer, those first that nothing depends on. ctrl-c while it waits asks harder, as in the foreground.',
  ],
  options: {
    ...stackOptions,
    force: { type: 'boolean', help: 'SIGKILL everything at once' },
    timeout: { type: 'string', value: 'S', help: 'give each service at most S seconds of grace' },
  },
  exitCodes: { 0: 'all is down, also when nothing ran', 130: 'cut short: some were killed' },
  examples: ['booty down', 'booty down --stack observe --timeout 5'],
  positionalsMax: 0,
  run: async (context, args) => {
    const { print, ports } = context;
    const graceMsMax = args.text('timeout') === undefined ? null : seconds(args.text('timeout') ?? '');
    const target = await targetToUse(context, args);
    const client = await reach(context, target);
    if (!client) {
      await print.line(`${target.stack} is down already`);
      return 0;
    }
    const startedMs = ports.clock.steadyMs();
    const ended = await takeDown(context, client, { force: args.flag('force'), graceMsMax });
    if (ended === null) {
      print.note('booty: the daemon went away before the stack was down\n  hint: booty ps');
      return 3;
    }
    await print.line(`${ended.message} (${secondsText(ports.clock.steadyMs() - startedMs)})`);
    return ended.exitCode === 130 && args.flag('force') ? 0 : ended.exitCode;
  },
};
