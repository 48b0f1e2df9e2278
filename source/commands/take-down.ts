import type { Session, StackClient } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import type { StopLine } from '../core/stop-view.ts';
import type { Context } from './context.ts';
import { daemonGone } from './daemon-gone.ts';
import { steadySession } from './steady-session.ts';
import { secondsText } from './text.ts';

export type Ended = { readonly exitCode: number; readonly message: string };

/**
Takes a stack down and resolves with how it ended; null when the daemon went away before it had and no other came. Each
SIGINT or SIGTERM meanwhile asks harder, as in the foreground. Says on stderr who is waited for. A stack that somebody
else takes down meanwhile is down: idempotent.
*/
export const takeDown = async (
  context: Context,
  client: StackClient,
  how: { readonly force: boolean; readonly graceMsMax: number | null } = { force: false, graceMsMax: null },
): Promise<Ended | null> => {
  const { graceMsMax } = how;
  let force: 0 | 1 | 2 = how.force ? 2 : 0;
  const harder = (): void => {
    force = Math.min(force + 1, 2) as 0 | 1 | 2;
    client.down({ force, graceMsMax }).catch(() => {});
  };
  const offs = (['SIGINT', 'SIGTERM'] as const).map((what) => context.terminal.on(what, harder));
  const open = () => client.session({ type: 'hello', client: 'down', own: false, onHangup: 'keep' });
  // A daemon that was killed may not have written down what it was asked.
  const askAgain = () => void client.down({ force, graceMsMax }).catch(() => {});
  let session: Session | null = null;
  try {
    session = await steadySession(context, open, askAgain);
    await client.down({ force, graceMsMax });
    const told = new Set<string>();
    let daemonPid: number | null = null;
    for await (const frame of session.frames) {
      if (frame.type === 'ended') {
        session.close();
        await daemonGone(context, daemonPid);
        return { exitCode: frame.exitCode, message: frame.message };
      }
      if (frame.type !== 'state') continue;
      daemonPid = frame.row.daemon?.pid ?? daemonPid;
      if (!frame.stop) continue;
      const isSlow = ({ state, elapsedMs, service }: StopLine): boolean =>
        state === 'asked' && elapsedMs > 1_000 && !told.has(service);
      const slow = frame.stop.rows.filter(isSlow);
      for (const { service } of slow) told.add(service);
      if (slow.length > 0) context.print.note(`booty: waiting for ${slowText(slow)}`);
    }
    return null;
  } catch (error) {
    if (!(error instanceof BootyError) || error.code !== 'STACK_DOWN') throw error;
    return {
      exitCode: force > 0 && !how.force ? 130 : 0,
      message: `${(error as BootyError<'STACK_DOWN'>).facts.stack} is down`,
    };
  } finally {
    for (const off of offs) off();
    session?.close();
  }
};

const namedMax = 4;

/** Whoever is waited for: the first few by name, the others by their number. */
const slowText = (slow: readonly StopLine[]): string => {
  const named = slow
    .slice(0, namedMax)
    .map((row) => `${row.service} (${row.signal} to pid ${row.pid}, up to ${secondsText(row.graceMs)})`);
  const more = slow.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
};
