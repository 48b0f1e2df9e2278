import type { HistoryEntry } from '../api/upgrade-protocol.ts';
import { BootyError } from '../core/error.ts';
import { yesOption } from './ask.ts';
import { type Command, jsonOption, stackOptions } from './context.ts';
import { reachForUpgrade } from './reach-for-upgrade.ts';

export const rollback: Command = {
  name: 'rollback',
  summary: 'go back to a version that ran before, after a plan',
  usage: 'rollback SERVICE [--to ID|VERSION] [--plan] [-y] [--json]',
  details: [
    'Without --to: to the version before. The plan says what of the data is lost; what cannot be gone back to is refused',
    'with the reason. Which changes there were: booty history SERVICE.',
  ],
  options: {
    ...stackOptions,
    to: { type: 'string', value: 'ID', help: 'to what was before this change, or to this version' },
    plan: { type: 'boolean', help: 'print the plan and do nothing' },
    ...yesOption,
    ...jsonOption,
  },
  exitCodes: {
    1: 'there is no way back, it failed, was cancelled, or the question was answered with no',
    130: 'left to the daemon, which goes on',
  },
  examples: ['booty rollback nats', 'booty rollback nats --to 2.10.27 --plan'],
  words: 'service',
  positionalsMax: 1,
  run: async (context, args) => {
    const [service] = args.positionals;
    if (service === undefined) {
      throw new BootyError('USAGE', {
        problem: 'booty rollback needs the name of a service',
        usage: 'booty rollback SERVICE   (what was changed: booty history)',
      });
    }
    return reachForUpgrade(context, args, async (client) => {
      const wanted = args.text('to');
      const to = wanted === undefined ? null : entryIn(await client.history(), service, wanted).id;
      const { carryOutUpgrade } = await import('./carry-out-upgrade.ts');
      return carryOutUpgrade(context, args, client, { kind: 'rollback', targets: [{ service, range: null }], to });
    });
  },
};

/** The change that is named, or the newest that came from the version named. Throws HISTORY_UNKNOWN. */
const entryIn = (history: readonly HistoryEntry[], service: string, wanted: string): HistoryEntry => {
  const own = history.filter((entry) => entry.service === service && entry.from !== null);
  const found = own.find((entry) => entry.id === wanted) ?? own.findLast((entry) => entry.from === wanted);
  if (found) return found;
  throw new BootyError('HISTORY_UNKNOWN', {
    service,
    wanted,
    known: own.flatMap(({ from }) => from ?? []),
  });
};
