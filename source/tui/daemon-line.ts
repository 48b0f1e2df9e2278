/** The screen's connection: to the daemon that is there just now, and to those that follow it. */
import type { ClientWord, Frame, Session } from '../api/protocol.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import type { Clock } from '../ports.ts';

export type DaemonLine = {
  /**
  Says the last word and resolves once a daemon has heard it: the one that is there or, where that died, the next one, for
  nobody else would know that the terminal is gone. Resolves as well when nothing is left to hear it, and after a while. Never
  rejects.
  */
  readonly sayLast: (word: ClientWord) => Promise<void>;
  /** Ends the connection. Idempotent. */
  readonly close: () => void;
};

/** The last word gets this long to be heard before the screen goes. */
const lastWordMs = 1_000;
/** And this long when the daemon died and another one is on its way. */
const lastWordLostMs = 10_000;
const reconnectPauseMs = 500;

export const openDaemonLine = (
  clock: Clock,
  of: {
    readonly session: Session;
    /** Opens a session with the next daemon. Null = do not try. */
    readonly reconnect: (() => Promise<Session>) | null;
    readonly onFrame: (frame: Frame) => void;
    readonly onLost: (reason: string) => void;
    /** The stack went down while no daemon was there. */
    readonly onDown: () => void;
  },
): DaemonLine => {
  const { reconnect } = of;
  let { session } = of;
  let isLost = false;
  let isClosed = false;
  let last: ClientWord | null = null;
  const heard = Promise.withResolvers<void>();

  const follow = async (): Promise<void> => {
    for (;;) {
      const reason = await readFrames();
      if (isClosed) return;
      // A daemon ends the connection of whoever has said its last word; one that died breaks it off.
      if (last !== null && session.isWhole()) return heard.resolve();
      isLost = true;
      of.onLost(reason);
      const next = reconnect && (await reopen(reconnect));
      if (next === null) return heard.resolve();
      session = next;
      isLost = false;
      if (last !== null) await session.say(last);
    }
  };

  /** Resolves with why the frames ended. */
  const readFrames = async (): Promise<string> => {
    try {
      for await (const frame of session.frames) {
        of.onFrame(frame);
        if (isClosed) return '';
      }
      return 'it closed the connection';
    } catch (error) {
      return reasonOf(error);
    }
  };

  const reopen = async (open: () => Promise<Session>): Promise<Session | null> => {
    for (;;) {
      await passed(reconnectPauseMs).done;
      if (isClosed) return null;
      try {
        const opened = await open();
        if (!isClosed) return opened;
        opened.close();
        return null;
      } catch (error) {
        if (isClosed) return null;
        if (error instanceof BootyError && error.code === 'STACK_DOWN') {
          if (last === null) of.onDown();
          return null;
        }
        of.onLost(reasonOf(error));
      }
    }
  };

  const passed = (waitMs: number): { readonly done: Promise<void>; readonly cancel: () => void } => {
    const done = Promise.withResolvers<void>();
    return { done: done.promise, cancel: clock.after(waitMs, done.resolve) };
  };

  void follow();
  return {
    sayLast: async (word) => {
      last = word;
      if (!isLost) session.say(word).catch(() => {});
      const soon = passed(lastWordMs);
      const late = passed(lastWordLostMs);
      await Promise.race([heard.promise, soon.done]);
      if (isLost) await Promise.race([heard.promise, late.done]);
      soon.cancel();
      late.cancel();
    },
    close: () => {
      isClosed = true;
      session.close();
    },
  };
};
