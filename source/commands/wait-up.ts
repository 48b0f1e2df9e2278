import type { Frame, StackClient, UpRequest } from '../api/protocol.ts';
import type { UpgradeProgress } from '../api/upgrade-protocol.ts';
import { BootyError, reviveError } from '../core/error.ts';
import type { ServiceRow } from '../core/model.ts';
import type { Context } from './context.ts';
import { createFetchNotes } from './fetch-notes.ts';
import { newerThan } from './newer-than.ts';
import { errorLines } from './print.ts';
import { steadySession } from './steady-session.ts';
import { secondsText } from './text.ts';

/**
Brings a stack up and returns once its services have started (`ready`: once they are ready). Resolves to 0, to 4 when
a service failed or the time was over, to 3 when somebody took the stack or one of these down meanwhile, to 130 when it was cut short, or to
the exit code of an error that a binary could not be had for.
*/
export const waitUp = async (
  context: Context,
  client: StackClient,
  request: UpRequest,
  how: {
    readonly started: boolean;
    readonly ready: boolean;
    readonly timeoutMs: number;
    /** False when the stack is taken down after a failure: last words are then shown here. True unless said. */
    readonly staysUp?: boolean;
  },
): Promise<number> => {
  const { print, ports } = context;
  const startedMs = ports.clock.steadyMs();
  const open = () => client.session({ type: 'hello', client: 'up -d', own: false, onHangup: 'keep' });
  const session = await steadySession(context, open);
  let timedOut = false;
  let isCutShort = false;
  const cancel = ports.clock.after(how.timeoutMs, () => {
    timedOut = true;
    session.close();
  });
  const cutShort = (): void => {
    isCutShort = true;
    session.close();
  };
  for (const what of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) context.terminal.on(what, cutShort);
  const fetchNotes = createFetchNotes(context);
  let fetchCode: number | null = null;
  let late: readonly ServiceRow[] = [];
  try {
    const { plan } = await client.up(request).catch(async (error: unknown) => {
      if (how.started) await client.down({ force: 0, graceMsMax: null }).catch(() => {});
      throw error;
    });
    const isNewer = newerThan(ports.clock.nowMs());
    const wanted = new Set(plan.map((step) => step.service));
    const rests = createRestWatch();
    for await (const frame of untilDown(session.frames)) {
      if (frame.type === 'event' && frame.event.type === 'fetch.failed' && frame.event.error) {
        for (const line of errorLines(reviveError(frame.event.error))) print.note(line);
        fetchCode = frame.event.error.exitCode;
      }
      if (frame.type === 'event' && frame.event.type === 'lock.changed') print.note(`booty: ${frame.event.message}`);
      // States before this are older than the order: what failed then is started again by it.
      if (frame.type !== 'state' || !isNewer(frame.atMs)) continue;
      fetchNotes.show(frame.fetches);
      const rows = frame.row.services.filter((row) => wanted.has(row.name));
      const failed = rows.filter((row) => isFailed(row, how.ready));
      if (failed.length > 0) return await fail(context, client, failed, fetchCode, how);
      const gone = rows.filter((row) => rests(row, ports.clock.steadyMs())).map(({ name }) => name);
      if (gone.length > 0) {
        print.note(`booty: ${gone.join(', ')}: stopped by somebody before all was there\n  hint: booty events`);
        return 3;
      }
      late = rows.filter((row) => !isThere(row, how.ready));
      if (late.length > 0) continue;
      if (how.ready && !(await lasts(context, client, rows))) continue;
      for (const note of frame.notes) print.note(`booty: moved: ${note}`);
      if (frame.upgrade?.result === null) print.note(underWay(frame.upgrade));
      const took = secondsText(ports.clock.steadyMs() - startedMs);
      await print.line(`${frame.row.stack}: ${rows.length} ${how.ready ? 'ready' : 'started'} after ${took}`);
      for (const link of frame.links) await print.line(`  ${link.title}: ${link.url}`);
      return 0;
    }
    if (isCutShort) return 130;
    if (!timedOut) {
      print.note('booty: the stack was taken down before all was there\n  hint: booty events');
      return 3;
    }
    print.note(
      `booty: not all is ${how.ready ? 'ready' : 'started'} after ${secondsText(how.timeoutMs)}; the stack runs on`,
    );
    for (const row of late) print.note(`  ${row.name} is ${row.state}${row.reason === null ? '' : `: ${row.reason}`}`);
    print.note(`  hint: read what it says: booty logs ${late[0]?.name ?? ''}`);
    return 4;
  } finally {
    cancel();
    session.close();
  }
};

/** What is to start is at rest for moments only. */
const restMsMax = 3_000;

/** Tells of a service whether it has been at rest for so long that somebody must have stopped it. */
const createRestWatch = (): ((row: ServiceRow, steadyMs: number) => boolean) => {
  const since = new Map<string, number>();
  return ({ name, state }, steadyMs) => {
    if (state !== 'stopped') since.delete(name);
    else if (!since.has(name)) since.set(name, steadyMs);
    return steadyMs - (since.get(name) ?? steadyMs) >= restMsMax;
  };
};

/** A stack that went down in the midst of an upgrade comes up in the midst of it. */
const underWay = ({ kind, subjects }: UpgradeProgress): string => {
  const names = subjects.map(({ service }) => service).join(', ');
  return `booty: ${kind === 'upgrade' ? 'an upgrade' : 'a way back'} of ${names} is under way; each step, and c to end it: booty tui, pane 6`;
};

/** The frames until the stack is down, seen or not. */
async function* untilDown(frames: AsyncIterable<Frame>): AsyncGenerator<Frame> {
  try {
    yield* frames;
  } catch (error) {
    if (!(error instanceof BootyError) || error.code !== 'STACK_DOWN') throw error;
  }
}

/** Long enough for a program with a bad flag or a taken port to end. */
const settleMs = 300;

/**
Whether what is ready still is a moment after its start. A service without a health check is ready as soon as it runs,
also when it ends at once.
*/
const lasts = async (context: Context, client: StackClient, rows: readonly ServiceRow[]): Promise<boolean> => {
  const { clock } = context.ports;
  const youngestAtMs = Math.max(...rows.map((row) => (row.state === 'ready' ? (row.startedAtMs ?? 0) : 0)));
  const pauseMs = youngestAtMs + settleMs - clock.nowMs();
  if (pauseMs <= 0) return true;
  await new Promise<void>((resolve) => clock.after(Math.min(pauseMs, settleMs), resolve));
  const now = new Map((await client.ps()).services.map((row) => [row.name, row]));
  return rows.every((row) => now.get(row.name)?.pid === row.pid && now.get(row.name)?.state === row.state);
};

const isThere = (row: ServiceRow, ready: boolean): boolean => {
  if (row.state === 'ready' || row.state === 'completed') return true;
  if (ready) return false;
  // In backoff it was started and has ended since: that is told by `ps`.
  return row.state === 'unhealthy' || row.state === 'backoff' || (row.state === 'starting' && row.pid !== null);
};

const isFailed = (row: ServiceRow, ready: boolean): boolean =>
  row.state === 'failed' || row.state === 'skipped' || (ready && row.state === 'unhealthy');

const fail = async (
  context: Context,
  client: StackClient,
  failed: readonly ServiceRow[],
  fetchCode: number | null,
  how: { readonly started: boolean; readonly staysUp?: boolean },
): Promise<number> => {
  for (const row of failed) context.print.note(`booty: ${row.name} ${row.state}: ${row.reason ?? 'no reason known'}`);
  if (fetchCode !== null && how.started) {
    // Without its binaries the stack is no stack: what came up for it goes again.
    await client.down({ force: 0, graceMsMax: null });
    return fetchCode;
  }
  if (how.staysUp === false) {
    for (const row of failed) await showLastWords(context, client, row.name);
    return fetchCode ?? 4;
  }
  context.print.note(`  hint: the others run on; read its last words: booty logs ${failed[0]?.name ?? ''}`);
  return fetchCode ?? 4;
};

const lastLinesMax = 20;

const showLastWords = async (context: Context, client: StackClient, service: string): Promise<void> => {
  const { lines } = await client.log(service, { lines: lastLinesMax });
  for (const line of lines) if (line.kind === 'line') context.print.note(`  ${service} | ${line.text}`);
};
