import type { Frame, Session, StackClient, UpRequest } from '../api/protocol.ts';
import { BootyError, reviveError } from '../core/error.ts';
import type { ServiceState, StackRow } from '../core/model.ts';
import type { Context } from './context.ts';
import { daemonGone } from './daemon-gone.ts';
import { createFetchNotes } from './fetch-notes.ts';
import { followLogs } from './follow-logs.ts';
import { onHangupHere } from './hangup.ts';
import { newerThan } from './newer-than.ts';
import { errorLines } from './print.ts';
import { successor } from './steady-session.ts';

type StateFrame = Extract<Frame, { type: 'state' }>;

/**
Brings a stack up and prints its logs until it is down, tied to this terminal when `own`. Resolves to the exit code:
that of the stack's end, 4 when all is over and something failed, the error's own when a binary cannot be had.
*/
export const followUp = async (
  context: Context,
  client: StackClient,
  request: UpRequest,
  own: boolean,
): Promise<number> => {
  const { print, terminal } = context;
  const say = (text: string): void => print.note(print.paint('dim', `booty: ${text}`));
  const onHangup = onHangupHere(context.ports.host.environment);
  const hello = (): Parameters<StackClient['session']>[0] => ({
    type: 'hello',
    client: 'up',
    own: line.owner,
    onHangup,
  });
  const open = () => client.session(hello());
  const line: Line = {
    session: await client.session({ type: 'hello', client: 'up', own, onHangup }),
    owner: own,
    left: false,
    hungUp: false,
  };
  const abort = new AbortController();
  const down = createDown(client, say);
  const leave = listenToTerminal(context, line, down, say);
  try {
    const { logEnds = {} } = await client.up(request).catch(async (error: unknown) => {
      // Nothing was started for this request; a daemon that came up for it goes again.
      if (own) await client.down({ force: 0, graceMsMax: null }).catch(() => {});
      throw error;
    });
    const isNewer = newerThan(context.ports.clock.nowMs());
    const names = request.definition.services.map((service) => service.name);
    const logs = followLogs(context, client, names, logEnds);
    for (;;) {
      const printing = logs.print(abort.signal);
      const code = await watch(context, line, { say, down, isNewer });
      // The daemon ends the logs once all of them are handed over.
      if (code.ended) {
        await printing;
        line.session.close();
        await daemonGone(context, code.daemonPid);
        return code.exitCode;
      }
      if (line.hungUp && line.owner && onHangup === 'stop') await hangUpAgain(context, open);
      const next = line.left ? null : await successor(context, open).catch(stackIsDown);
      // It went down in the moment between two daemons.
      if (next === 'down') return code.exitCode === 3 ? 0 : code.exitCode;
      if (next === null) return line.left || !line.owner ? 0 : 3;
      say('the daemon died; another one goes on where it was');
      line.session = next;
      down.again();
      // The terminal went while no daemon was there to be told.
      if (line.hungUp) await next.say({ type: 'hangup' });
      else if (line.left) return 0;
      await printing;
    }
  } finally {
    leave();
    abort.abort();
    line.session.close();
    if (terminal.readerIsGone()) say('the reader of this output is gone');
  }
};

/** The connection to the daemon that is there just now. */
type Line = {
  session: Session;
  /** Whether the stack is tied to this terminal: it may be inherited from another one that went. */
  owner: boolean;
  left: boolean;
  hungUp: boolean;
};

/**
The connection of an owner whose terminal is gone has ended. If it was the daemon that died, its successor has yet to hear of
the terminal; one that heard stops the stack already, or has found it another owner.
*/
const hangUpAgain = async (context: Context, open: () => Promise<Session>): Promise<void> => {
  const session = await successor(context, open).catch(() => null);
  if (session === null) return;
  for await (const frame of session.frames) {
    if (frame.type !== 'state') continue;
    if (frame.owner && frame.row.state !== 'stopping') await session.say({ type: 'hangup' });
    break;
  }
  session.close();
};

const stackIsDown = (error: unknown): 'down' => {
  if (error instanceof BootyError && error.code === 'STACK_DOWN') return 'down';
  throw error;
};

type Down = {
  readonly more: () => void;
  readonly gently: () => void;
  readonly asked: () => boolean;
  /** Asks once more for what was asked: a daemon that was killed may not have written it down. */
  readonly again: () => void;
};

/** Each ctrl-c asks a bit harder: in order, then with short graces, then all at once. */
const createDown = (client: StackClient, say: (text: string) => void): Down => {
  let presses = 0;
  const words = [
    'stopping in order; ctrl-c again: shorten every grace',
    'graces shortened; ctrl-c again: kill all',
    'killing all',
  ];
  const ask = (force: 0 | 1 | 2): void => {
    say(words[force] ?? '');
    send(force);
  };
  const send = (force: 0 | 1 | 2): void => void client.down({ force, graceMsMax: null }).catch(() => {});
  return {
    more: () => {
      ask(Math.min(presses, 2) as 0 | 1 | 2);
      presses += 1;
    },
    again: () => {
      if (presses > 0) send(Math.min(presses - 1, 2) as 0 | 1 | 2);
    },
    gently: () => {
      if (presses > 0) return;
      presses = 1;
      ask(0);
    },
    asked: () => presses > 0,
  };
};

const listenToTerminal = (context: Context, line: Line, down: Down, say: (text: string) => void): (() => void) => {
  const { terminal } = context;
  const leave = (): void => {
    say('left; the stack runs on');
    line.left = true;
    line.session.close();
  };
  const hangup = (): void => {
    // The daemon does what was agreed and ends this connection; nobody is here to look for another.
    line.left = true;
    line.hungUp = true;
    line.session.say({ type: 'hangup' }).catch(() => {});
  };
  const offs = [
    terminal.on('SIGINT', () => (line.owner ? down.more() : leave())),
    terminal.on('SIGTERM', () => (line.owner ? down.gently() : leave())),
    terminal.on('SIGHUP', hangup),
    terminal.on('hangup', hangup),
    terminal.on('reader-gone', hangup),
  ];
  return () => {
    for (const off of offs) off();
  };
};

const watch = async (
  context: Context,
  line: Line,
  on: {
    readonly say: (text: string) => void;
    readonly down: Down;
    /** States before the order are older than it: what failed then is started again by it. */
    readonly isNewer: (atMs: number) => boolean;
  },
): Promise<{ readonly exitCode: number; readonly ended: boolean; readonly daemonPid: number | null }> => {
  const fetchNotes = createFetchNotes(context);
  let verdict: number | null = null;
  let announced = '';
  let daemonPid: number | null = null;
  for await (const frame of line.session.frames) {
    if (frame.type === 'ended') {
      on.say(frame.message);
      return { exitCode: verdict ?? frame.exitCode, ended: true, daemonPid };
    }
    if (frame.type === 'event') {
      if (frame.event.type === 'fetch.failed' && frame.event.error) {
        const error = reviveError(frame.event.error);
        for (const line of errorLines(error)) context.print.note(line);
        verdict = frame.event.error.exitCode;
      } else if (frame.event.to !== null && !isPassing(frame.event.to)) on.say(frame.event.message);
      continue;
    }
    if (frame.type !== 'state') continue;
    daemonPid = frame.row.daemon?.pid ?? daemonPid;
    if (frame.owner && !line.owner) on.say('the stack belongs to this terminal now; ctrl-c takes it down');
    line.owner = frame.owner;
    if (!on.isNewer(frame.atMs)) continue;
    fetchNotes.show(frame.fetches);
    const text = readyText(frame);
    if (text !== '' && text !== announced) for (const line of text.split('\n')) on.say(line);
    announced = text === '' ? announced : text;
    if (on.down.asked() || !line.owner) continue;
    if (verdict !== null) on.down.gently();
    else if (isSpent(frame.row)) {
      verdict = frame.row.services.some((service) => service.state === 'failed' || service.state === 'skipped') ? 4 : 0;
      on.down.gently();
    }
  }
  return { exitCode: verdict ?? 3, ended: false, daemonPid };
};

/** States on the way that say nothing by themselves: downloads have lines of their own. */
const isPassing = (state: ServiceState): boolean => state === 'waiting' || state === 'fetching';

/** Said once when all is ready: where things answer. */
const readyText = (frame: StateFrame): string => {
  if (frame.row.state !== 'ready' || frame.row.services.every((service) => service.state === 'completed')) return '';
  const links = frame.links.map((link) => `${link.title}: ${link.url}`);
  return [`${frame.row.stack} is ready`, ...frame.notes.map((note) => `moved: ${note}`), ...links].join('\n');
};

/** Nothing runs and nothing will by itself. */
const isSpent = (row: StackRow): boolean =>
  row.services.length > 0 &&
  row.services.every((service) => ['completed', 'failed', 'skipped', 'stopped'].includes(service.state));
