import { constants } from 'node:os';
import { BootyError } from '../core/error.ts';
import { type Command, jsonOption, stackOptions } from './context.ts';
import { reach, targetToUse } from './target.ts';

export const kill: Command = {
  name: 'kill',
  summary: 'send services a signal',
  usage: 'kill SERVICE… [-s SIGNAL] [--json]',
  details: [
    'SIGKILL, the default, ends everything of the service at once; any other signal reaches its own process alone.',
    'What happens then is up to its restart policy: this is how to see that a stack heals. To keep a service down,',
    'use `booty stop`.',
  ],
  options: {
    ...stackOptions,
    signal: { type: 'string', short: 's', value: 'SIGNAL', help: 'by name or number: HUP, SIGUSR1, 15 (default KILL)' },
    ...jsonOption,
  },
  exitCodes: { 1: 'a service did not run, or the signal was refused' },
  examples: ['booty kill nats              # and watch it come back: booty events -f', 'booty kill caddy -s USR1'],
  words: 'service',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const signal = signalNamed(args.text('signal') ?? 'SIGKILL');
    if (args.positionals.length === 0) {
      throw new BootyError('USAGE', {
        problem: 'booty kill needs the name of a service',
        usage: `booty ${kill.usage}`,
      });
    }
    const target = await targetToUse(context, args);
    const client = await reach(context, target);
    if (!client) throw new BootyError('STACK_DOWN', { stack: target.stack });
    const sent: { service: string; signal: string; reached: number }[] = [];
    for (const service of args.positionals) {
      const { reached } = await client.signal(service, { signal });
      sent.push({ service, signal, reached });
      const whom = `${reached} ${reached === 1 ? 'process' : 'processes'}`;
      if (!args.flag('json')) await context.print.line(`${service}: ${signal} sent to ${whom}`);
    }
    if (args.flag('json')) await context.print.json({ stack: target.stack, sent });
    return 0;
  },
};

/** `hup`, `SIGHUP` or `1` → `SIGHUP`. Throws USAGE for what this system has no signal for. */
export const signalNamed = (written: string): string => {
  const text = written.toUpperCase();
  const wanted = `SIG${text.replace(/^SIG/, '')}`;
  const found = Object.entries(constants.signals).find(([name, number]) => name === wanted || String(number) === text);
  if (found) return found[0];
  throw new BootyError('USAGE', {
    problem: `there is no signal ${written}`,
    usage: 'a name or a number: booty kill web -s HUP',
  });
};
