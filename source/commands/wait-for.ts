import type { StackClient } from '../api/protocol.ts';
import type { StackRow } from '../core/model.ts';
import type { Context } from './context.ts';

/**
Watches a stack until `look` finds what it waits for in a state of it, and resolves with that; null when the time is
over or the daemon went away. Looks at every state the daemon tells, so nothing is polled.
*/
export const waitFor = async <Found>(
  context: Context,
  client: StackClient,
  timeoutMs: number,
  look: (stack: StackRow) => Found | null,
): Promise<Found | null> => {
  const session = await client.session({ type: 'hello', client: 'wait', own: false, onHangup: 'keep' });
  const cancel = context.ports.clock.after(timeoutMs, () => session.close());
  try {
    for await (const frame of session.frames) {
      const found = frame.type === 'state' ? look(frame.row) : null;
      if (found !== null) return found;
    }
    return null;
  } finally {
    cancel();
    session.close();
  }
};
