import type { StackClient } from '../api/protocol.ts';
import type { Arguments, Context } from './context.ts';
import { followUpgrade } from './follow-upgrade.ts';
import { upgradePainter } from './upgrade-painter.ts';

/**
Follows the upgrade that is under way, whoever began it: what was done is printed first, then each step as it ends.
`isEnding`: it is asked to end and go back before. Resolves to the exit code of `carryOutUpgrade`; 1 where none is under way.
*/
export const rejoinUpgrade = async (
  context: Context,
  args: Arguments,
  client: StackClient,
  isEnding: boolean,
): Promise<number> => {
  const { print } = context;
  const asJson = args.flag('json');
  const id = await underWay(client);
  if (id === null) {
    print.note('booty: no upgrade is under way; what became of the last: booty history');
    if (asJson) await print.json({ progress: null });
    return 1;
  }
  const begin = async (): Promise<{ readonly id: string }> => {
    if (isEnding) await client.cancelUpgrade();
    return { id };
  };
  const say = asJson ? async (text: string) => print.note(text) : print.line;
  const followed = await followUpgrade(context, client, begin, { say, ...upgradePainter(context) });
  if (asJson) await print.json({ progress: followed.progress });
  return followed.exitCode;
};

/** The id of the upgrade that is under way; null: none is. */
const underWay = async (client: StackClient): Promise<string | null> => {
  const session = await client.session({ type: 'hello', client: 'upgrade', own: false, onHangup: 'keep' });
  try {
    for await (const frame of session.frames) {
      if (frame.type !== 'state') continue;
      return frame.upgrade?.result === null ? frame.upgrade.id : null;
    }
    return null;
  } finally {
    session.close();
  }
};
