import type { StackClient } from '../api/protocol.ts';
import type { Context } from './context.ts';
import { daemonGone } from './daemon-gone.ts';
import { secondsText } from './text.ts';

export type Ended = { readonly exitCode: number; readonly message: string };

/**
Takes a stack down and resolves with how it ended; null when the daemon went away before it had. Each SIGINT or SIGTERM
meanwhile asks harder, as in the foreground. Says on stderr who is waited for.
*/
export const takeDown = async (
  context: Context,
  client: StackClient,
  how: { readonly force: boolean; readonly graceMsMax: number | null } = { force: false, graceMsMax: null },
): Promise<Ended | null> => {
  const { graceMsMax } = how;
  const session = await client.session({ type: 'hello', client: 'down', own: false, onHangup: 'keep' });
  let force: 0 | 1 | 2 = how.force ? 2 : 0;
  const harder = (): void => {
    force = Math.min(force + 1, 2) as 0 | 1 | 2;
    client.down({ force, graceMsMax }).catch(() => {});
  };
  const offs = (['SIGINT', 'SIGTERM'] as const).map((what) => context.terminal.on(what, harder));
  try {
    await client.down({ force, graceMsMax });
    let waiting = '';
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
      const slow = frame.stop.rows.filter((row) => row.state === 'asked' && row.elapsedMs > 1_000);
      const text = slow
        .map((row) => `${row.service} (${row.signal} to pid ${row.pid}, up to ${secondsText(row.graceMs)})`)
        .join(', ');
      if (text !== '' && text !== waiting) context.print.note(`booty: waiting for ${text}`);
      waiting = text;
    }
    return null;
  } finally {
    for (const off of offs) off();
    session.close();
  }
};
