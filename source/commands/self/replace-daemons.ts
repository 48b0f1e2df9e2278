import { BootyError } from '../../core/error.ts';
import { stackPaths } from '../../core/paths.ts';
import type { Context } from '../context.ts';
import { rowInTime } from '../row-in-time.ts';
import { knownStacks } from '../target.ts';
import { runTool } from './run-tool.ts';

const handoverTimeoutMs = 60_000;

/**
Has the booty that is there now replace the daemon of each stack that runs; services run on. Resolves with how many were
replaced; one that does not let go is said and left alone.
*/
export const replaceDaemons = async (context: Context): Promise<number> => {
  let replaced = 0;
  for (const { name } of await knownStacks(context)) {
    const target = { stack: name, paths: stackPaths(context.ports.host, name), definition: null };
    const answers = await rowInTime(context, target)
      .then(() => true)
      .catch(() => false);
    if (!answers) continue;
    try {
      // The new program does it: this one would start a daemon out of files that are not there any more.
      const booty = `${context.packageFolder}/bin/booty`;
      context.print.note(
        await runTool(context, [booty, 'daemon', 'restart', '--stack', name], { timeoutMs: handoverTimeoutMs }),
      );
      replaced += 1;
    } catch (error) {
      if (!(error instanceof BootyError)) throw error;
      context.print.note(
        `booty: ${name} keeps its old daemon: ${error.message}\n  try again: booty daemon restart --stack ${name}`,
      );
    }
  }
  return replaced;
};
