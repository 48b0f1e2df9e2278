import type { ClientWord, Session } from '../api/protocol.ts';

/** The last word gets this long to reach the daemon before the screen goes. */
const lastWordMs = 1_000;
/** And this long when its daemon died and another one is on its way. */
const lastWordLostMs = 10_000;

/**
How a screen says its last word. While no daemon is there (`isLost`) the next one is told: nobody else would know that the
terminal is gone. Without a way to reconnect the word goes nowhere.
*/
export const lastWord = (
  session: Session,
  isLost: boolean,
  reconnect: (() => Promise<Session>) | null,
): { readonly timeoutMs: number; readonly say: (word: ClientWord) => Promise<void> } => ({
  timeoutMs: isLost ? lastWordLostMs : lastWordMs,
  say: async (word) => {
    const next = isLost && reconnect ? await reconnect() : session;
    await next.say(word);
    if (next !== session) next.close();
  },
});
