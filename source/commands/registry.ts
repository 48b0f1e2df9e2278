import { BootyError } from '../core/error.ts';
import { type Command, jsonOption } from './context.ts';

export const registry: Command = {
  name: 'registry',
  summary: 'look into the registry: what is known of each system',
  usage: 'registry show [NAME…] [--json]',
  details: [
    'show: what the registry knows of a system: its licence, how its upstream stands, known weaknesses, where its versions',
    'come from and whether their bytes are vouched for on each platform.',
  ],
  options: { ...jsonOption },
  exitCodes: { 1: 'the registry has nothing of one of the names' },
  examples: ['booty registry show', 'booty registry show minio', 'booty registry show vmagent --json'],
  words: 'component',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const [verb, ...words] = args.positionals;
    if (verb === 'show') return (await import('./registry/show.ts')).showRegistry(context, args, words);
    const problem = verb === undefined ? 'booty registry: nothing to do' : `booty registry: there is no ${verb}`;
    throw new BootyError('USAGE', { problem, usage: `booty ${registry.usage}` });
  },
};
