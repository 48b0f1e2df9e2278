import type { Session } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import type { Context } from './context.ts';

/** A warden brings another daemon within a second; a busy machine gets more. */
const successorTimeoutMs = 10_000;
const successorPauseMs = 200;

/**
Opens a connection to the daemon that follows one that died or handed over; null when none came within ten seconds. Throws
STACK_DOWN when there is nothing left for one.
*/
export const successor = async (context: Context, open: () => Promise<Session>): Promise<Session | null> => {
  const { clock } = context.ports;
  const deadlineMs = clock.steadyMs() + successorTimeoutMs;
  while (clock.steadyMs() < deadlineMs) {
    try {
      return await open();
    } catch (error) {
      if (error instanceof BootyError && error.code === 'STACK_DOWN') throw error;
      await new Promise<void>((resolve) => clock.after(successorPauseMs, resolve));
    }
  }
  return null;
};

/**
A session that goes on with the next daemon when its own dies or hands over; `onSwitch` runs before the first frame of
another one. Its frames end with `ended`, after `close`, or when no daemon comes; they throw STACK_DOWN when the stack went
down unseen. Throws what `open` throws.
*/
export const steadySession = async (
  context: Context,
  open: () => Promise<Session>,
  onSwitch: () => void = () => {},
): Promise<Session> => {
  let session = await open();
  let isClosed = false;

  async function* frames(): Session['frames'] {
    for (;;) {
      for await (const frame of session.frames) {
        yield frame;
        if (frame.type === 'ended') return;
      }
      const next = isClosed ? null : await successor(context, open);
      if (next === null) return;
      session = next;
      if (isClosed) return session.close();
      onSwitch();
    }
  }

  return {
    frames: frames(),
    say: (word) => session.say(word),
    isWhole: () => session.isWhole(),
    close: () => {
      isClosed = true;
      session.close();
    },
  };
};
