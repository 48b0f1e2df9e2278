/**
The screen's life: frames of the daemon and keys go through the reducer, its intents are carried out, and whoever draws
is told to, at once after a key and otherwise no oftener than the terminal's line can take.
*/
import { reasonOf } from '../core/error.ts';
import type { Session, StackClient } from '../api/protocol.ts';
import type { Clock } from '../ports.ts';
import type { Choice } from './choice.ts';
import { callUpgrades } from './upgrade-calls.ts';
import { openDaemonLine } from './daemon-line.ts';
import { nextTickMs } from './next-tick.ts';
import { createScreenClock } from './screen-clock.ts';
import { searchLine, searchWindow } from './search-log.ts';
import { reduce } from './state.ts';
import type { Finding, Progress } from './pane-state.ts';
import {
  initialState,
  type Exit,
  type Intent,
  type MergedAsk,
  type Message,
  type Size,
  type UiState,
} from './ui-state.ts';

export type ScreenOptions = {
  readonly client: StackClient;
  readonly session: Session;
  readonly clock: Clock;
  readonly size: Size;
  /** Opens a session with the next daemon; `owned`: this screen owned the stack, null: unknown. Null = do not try. */
  readonly reconnect: ((owned: boolean | null) => Promise<Session>) | null;
  /** Puts this process in the background until the shell brings it back. */
  readonly suspend: () => Promise<void>;
  /** Forgets what is on the terminal and draws all of it anew. */
  readonly redraw: () => void;
  /** Puts text on the terminal's clipboard. */
  readonly copy: (text: string) => void;
  /** Opens a service's log in the person's pager at that byte, and resolves when they are back; null = nobody can. */
  readonly page: ((service: string, byte: number) => Promise<void>) | null;
  /** Looks at the machine; null = nobody can, and the pane is left out. */
  readonly doctor: (() => Promise<readonly Finding[]>) | null;
  /** Whose name the history gets for what is asked here. */
  readonly who: string;
  /** The stacks there are to look at. */
  readonly choices: () => Promise<readonly Choice[]>;
};

export type Screen = {
  readonly state: () => UiState;
  /** Calls `draw` whenever the state should be shown; the result ends that. */
  readonly subscribe: (draw: () => void) => () => void;
  readonly key: (name: string) => void;
  readonly resize: (size: Size) => void;
  readonly signal: (signal: 'SIGTERM' | 'SIGHUP') => void;
  /** How many bytes the last drawing took; sets the pace of the next. */
  readonly drew: (bytes: number) => void;
  /** Ends the screen from outside, as after an error. Idempotent. */
  readonly end: (exit: Exit) => void;
  /** Settles when the user left, the stack ended or the daemon is gone for good. */
  readonly done: Promise<Exit>;
};

/** Least time between two drawings that no key asked for. */
const drawPauseMs = 80;
/** What a drawing not asked for by a key may cost the line, in bytes per second; keeps ssh usable in a flood. */
const drawBytesPerSecond = 34_000;
/** An order given while leaving gets this long to reach the daemon. */
const lastOrderMs = 1_000;

export const openScreen = (options: ScreenOptions): Screen => {
  const [{ client }, clock] = [options, createScreenClock(options.clock)];
  let state = initialState(options.size, clock.nowMs(), options.doctor !== null);
  let isOver = false;
  const drawers = new Set<() => void>();
  let cancelDraw: (() => void) | null = null;
  let cancelTick: (() => void) | null = null;
  let drawnAtMs = 0;
  let drawnBytes = 0;
  let finish: (exit: Exit) => void = () => {};
  const done = new Promise<Exit>((resolve) => void (finish = resolve));

  const draw = () => {
    cancelDraw?.();
    cancelDraw = null;
    drawnAtMs = clock.nowMs();
    drawnBytes = 0;
    for (const one of drawers) one();
  };

  const drawSoon = () => {
    if (cancelDraw || isOver) return;
    const pauseMs = Math.max(drawPauseMs, (drawnBytes / drawBytesPerSecond) * 1000);
    cancelDraw = clock.after(Math.max(0, drawnAtMs + pauseMs - clock.nowMs()), draw);
  };

  const send = (message: Message, urgency: 'now' | 'soon') => {
    if (isOver) return;
    const before = state;
    const step = reduce(state, message);
    state = step.state;
    if (state !== before) {
      if (urgency === 'now') draw();
      else drawSoon();
    }
    for (const intent of step.intents) carryOut(intent);
    // A tick that changes nothing shown costs one comparison; the next is set by what is on the screen.
    cancelTick?.();
    cancelTick = isOver
      ? null
      : clock.after(nextTickMs(state), () => send({ type: 'ticked', atMs: clock.nowMs() }, 'soon'));
  };

  const carryOut = (intent: Intent) => {
    switch (intent.type) {
      case 'down':
        client.down({ force: intent.force, graceMsMax: null }).catch((error: unknown) => {
          send({ type: 'down.failed', reason: reasonOf(error), atMs: clock.nowMs() }, 'now');
        });
        return;
      case 'service':
        client.service(intent.service, intent.action).catch((error: unknown) => {
          const { service } = intent;
          send({ type: 'service.failed', service, reason: reasonOf(error), atMs: clock.nowMs() }, 'now');
        });
        return;
      case 'log':
        readLog(intent).then(
          (window) => window && send({ type: 'log.answered', ticket: intent.ticket, window }, logUrgency()),
          (error: unknown) => send({ type: 'log.failed', ticket: intent.ticket, reason: reasonOf(error) }, 'soon'),
        );
        return;
      case 'find':
        find(intent);
        return;
      case 'merged':
        readMerged(intent.asks).then(
          (windows) => send({ type: 'merged.answered', ticket: intent.ticket, windows }, mergedUrgency()),
          (error: unknown) => send({ type: 'merged.failed', ticket: intent.ticket, reason: reasonOf(error) }, 'soon'),
        );
        return;
      case 'events':
        Array.fromAsync(client.events({ follow: false }, new AbortController().signal)).then(
          (events) => send({ type: 'events.answered', events }, 'now'),
          (error: unknown) => tell(reasonOf(error)),
        );
        return;
      case 'doctor':
        options.doctor?.().then(
          (findings) => send({ type: 'doctor.answered', findings }, 'now'),
          (error: unknown) => send({ type: 'doctor.failed', reason: reasonOf(error) }, 'now'),
        );
        return;
      case 'upgrades':
        callUpgrades({ client, clock, who: options.who, send: (message) => send(message, 'now') }, intent.what);
        return;
      case 'choices':
        options.choices().then(
          (choices) => send({ type: 'choices.answered', choices }, 'now'),
          (error: unknown) => tell(reasonOf(error)),
        );
        return;
      case 'copy':
        options.copy(intent.text);
        return;
      case 'page':
        if (options.page === null) tell('nobody here can open a pager; the file: booty logs');
        else options.page(intent.service, intent.byte).catch((error: unknown) => tell(reasonOf(error)));
        return;
      case 'leave':
        leave(intent);
        return;
      case 'suspend':
        void options.suspend();
        return;
      case 'redraw':
        options.redraw();
        return;
    }
  };

  const tell = (text: string) => send({ type: 'told', text, atMs: clock.nowMs() }, 'now');

  const readLog = ({ service, request, ticket }: Extract<Intent, { type: 'log' }>) => {
    if (request.filterFrom === undefined) return client.log(service, request);
    return searchWindow(client, service, request, {
      isWanted: () => !isOver && state.log.ticket === ticket && state.log.busy,
      progressed: (progress) => send({ type: 'log.progressed', ticket, progress }, 'soon'),
    });
  };

  const find = ({ service, search, ticket }: Extract<Intent, { type: 'find' }>) => {
    const isWanted = () => !isOver && state.log.find?.ticket === ticket;
    const progressed = (progress: Progress) => send({ type: 'find.progressed', ticket, progress }, 'soon');
    searchLine(client, service, search, { isWanted, progressed }).then(
      (line) => send({ type: 'find.answered', ticket, line, atMs: clock.nowMs() }, 'now'),
      (error: unknown) => send({ type: 'find.failed', ticket, reason: reasonOf(error), atMs: clock.nowMs() }, 'now'),
    );
  };

  const readMerged = async (asks: readonly MergedAsk[]) =>
    Object.fromEntries(
      await Promise.all(
        asks.map(async ({ service, ...window }) => [service, await client.log(service, window)] as const),
      ),
    );

  const mergedUrgency = () => (state.merged.ends === null && state.merged.lines.length > 0 ? 'soon' : 'now');

  // What a key asked of the log is shown as soon as it is there; what merely grew waits its turn.
  const logUrgency = () => (state.log.anchor.kind === 'end' && state.log.window !== null ? 'soon' : 'now');

  const leave = (intent: Extract<Intent, { type: 'leave' }>) => {
    const order = intent.force === null ? null : client.down({ force: intent.force, graceMsMax: null });
    const cancels: (() => void)[] = [];
    const late = new Promise<void>((resolve) => {
      if (order !== null) cancels.push(clock.after(lastOrderMs, resolve));
    });
    const words = [
      ...(order === null ? [] : [Promise.race([order, late])]),
      ...(intent.word === null ? [] : [line.sayLast(intent.word)]),
    ];
    if (words.length === 0) {
      end(intent.exit);
      return;
    }
    void Promise.allSettled(words).then(() => {
      for (const cancel of cancels) cancel();
      end(intent.exit);
    });
  };

  const end = (exit: Exit) => {
    if (isOver) return;
    isOver = true;
    cancelDraw?.();
    cancelTick?.();
    line.close();
    finish(exit);
  };

  const { reconnect } = options;
  const line = openDaemonLine(clock, {
    session: options.session,
    reconnect: reconnect && (() => reconnect(state.seen?.owner ?? null)),
    onFrame: (frame) => send({ type: 'frame', frame: clock.told(frame), atMs: clock.nowMs() }, 'soon'),
    onLost: (reason) =>
      send({ type: 'connection.lost', reason, atMs: clock.nowMs(), retrying: reconnect !== null }, 'now'),
    onDown: () => end({ exitCode: 0, message: `${state.seen?.row.stack ?? 'the stack'} is down` }),
  });
  return {
    state: () => state,
    subscribe: (one) => {
      drawers.add(one);
      return () => drawers.delete(one);
    },
    key: (name) => send({ type: 'key', key: name, atMs: clock.nowMs() }, 'now'),
    resize: (size) => send({ type: 'resized', size }, 'now'),
    signal: (signal) => send({ type: 'signal', signal, atMs: clock.nowMs() }, 'now'),
    drew: (bytes) => {
      drawnBytes += bytes;
    },
    end,
    done,
  };
};
