import { BootyError } from '../core/error.ts';
import type { Context } from './context.ts';
import { type Target, untilSuccessor } from './target.ts';

/**
A stream that goes on with the next daemon where its own died or handed over in the midst of it: `open` is called once more
then, and is to begin behind what came before. Throws STACK_DOWN when there is nothing left for another daemon.
*/
export async function* unbroken<Item>(
  context: Context,
  target: Target,
  open: () => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  for (;;) {
    try {
      yield* open();
      return;
    } catch (error) {
      if (!(error instanceof BootyError) || error.code !== 'DAEMON_UNREACHABLE') throw error;
    }
    await untilAnother(context, target);
  }
}

/** Whoever killed one daemon may kill the next one while it starts. */
const triesMax = 3;

const untilAnother = async (context: Context, target: Target): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await untilSuccessor(context, target);
    } catch (error) {
      if (!(error instanceof BootyError) || error.code !== 'DAEMON_NOT_STARTED' || tries === triesMax) throw error;
    }
  }
};
