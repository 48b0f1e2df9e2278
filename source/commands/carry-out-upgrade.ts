import type { StackClient } from '../api/protocol.ts';
import type { UpgradeAsk } from '../api/upgrade-protocol.ts';
import { planLines, planSentence } from '../tui/view/upgrade-plan.ts';
import { ask as askPerson } from './ask.ts';
import type { Arguments, Context } from './context.ts';
import { followUpgrade } from './follow-upgrade.ts';
import { upgradePainter } from './upgrade-painter.ts';
import { whoIs } from './who.ts';

/**
Prints the plan, asks, begins and follows to the end. Resolves to the exit code: 0 done or nothing to do, 1 what was asked
for cannot be had, answered with no, taken back, failed or cancelled, 130 left to the daemon.
*/
export const carryOutUpgrade = async (
  context: Context,
  args: Arguments,
  client: StackClient,
  ask: UpgradeAsk,
): Promise<number> => {
  const { print } = context;
  const plan = await client.planUpgrade(ask);
  const asJson = args.flag('json');
  const isPlanOnly = args.flag('plan');
  const codeAtBest = plan.nothing.some(({ isRefused }) => isRefused === true) ? 1 : 0;
  if (asJson && (isPlanOnly || plan.subjects.length === 0)) {
    await print.json({ plan, progress: null });
    return codeAtBest;
  }
  const { draw, width } = upgradePainter(context);
  // With --json the plan is for the person who answers, not for the reader of stdout.
  const say = asJson ? async (text: string) => print.note(text) : print.line;
  for (const line of planLines(plan, width)) await say(draw(line));
  if (plan.subjects.length === 0 || isPlanOnly) return codeAtBest;
  if (!(await askPerson(context, args, planSentence(plan)))) {
    print.note('booty: nothing was changed');
    return 1;
  }
  const who = whoIs(context.ports.host);
  const followed = await followUpgrade(context, client, () => client.upgrade({ ...ask, who }), { say, draw, width });
  if (asJson) await print.json({ plan, progress: followed.progress });
  return followed.exitCode === 0 ? codeAtBest : followed.exitCode;
};
