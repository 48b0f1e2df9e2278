/** All the screen knows, as data: the reducer makes the next one, the views draw it, nothing else holds any of it. */
import type { ServiceRow } from '../core/model.ts';
import type { ClientWord, Frame, LogWindow } from '../api/protocol.ts';

export type Size = { readonly columns: number; readonly rows: number };

/** What the daemon last said about the stack. */
export type Seen = Extract<Frame, { type: 'state' }>;

export type ServiceAction = 'start' | 'stop' | 'restart';
export type Force = 0 | 1 | 2;

/** Which part of the log is wanted: its end as it grows, or what stands before or from a byte. */
export type LogAnchor =
  | { readonly kind: 'end' }
  | { readonly kind: 'before'; readonly byte: number }
  | { readonly kind: 'from'; readonly byte: number };

export type LogPane = {
  readonly service: string | null;
  readonly anchor: LogAnchor;
  readonly window: LogWindow | null;
  /** Size of the file by the newest word of the daemon. */
  readonly fileBytes: number;
  /** Number of the newest request; answers to older ones are dropped. */
  readonly ticket: number;
  /** A request is under way. */
  readonly busy: boolean;
  /** The log grew while a request was under way, so its answer may miss the end. */
  readonly stale: boolean;
  /** Lines that request asked for. */
  readonly askedLines: number;
  /** Lines to scroll once the answer is there (negative: up). */
  readonly debt: number;
  readonly wrap: boolean;
  /** Columns cut off on the left. */
  readonly shift: number;
  readonly problem: string | null;
};

export type Question =
  /** Stop the tied stack or leave it running. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'stop' }
  /** A detached stack is stopped only after its name was typed. */
  | { readonly kind: 'name'; readonly typed: string }
  /** Make a running stop quicker. */
  | { readonly kind: 'shorten'; readonly force: 1 | 2 };

/** A request on its way: the row says so until a frame shows a change. */
export type Pending = { readonly action: ServiceAction; readonly atMs: number; readonly changeAtMs: number };

export type Toast = { readonly text: string; readonly untilMs: number };

export type Connection =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly reason: string };

export type Exit = { readonly exitCode: number; readonly message: string | null };

export type UiState = {
  readonly size: Size;
  readonly nowMs: number;
  readonly seen: Seen | null;
  readonly connection: Connection;
  readonly selected: string | null;
  /** The user moved the selection; until then it goes to the first failed service by itself. */
  readonly selectedByUser: boolean;
  readonly focus: 'table' | 'log';
  readonly log: LogPane;
  readonly pending: Readonly<Record<string, Pending>>;
  readonly question: Question | null;
  /** First row of the help shown; null when it is closed. */
  readonly helpTop: number | null;
  readonly toast: Toast | null;
  /** Strongest stop this client asked for. */
  readonly askedForce: Force | null;
  /** First sight of the stop. */
  readonly stoppingSinceMs: number | null;
  /** SIGTERM was received once. */
  readonly termed: boolean;
  /** Set once: the screen is on its way out. */
  readonly exit: Exit | null;
};

/** What the reducer wants done; carried out by the session. */
export type Intent =
  | { readonly type: 'down'; readonly force: Force }
  | { readonly type: 'service'; readonly service: string; readonly action: ServiceAction }
  | {
      readonly type: 'log';
      readonly ticket: number;
      readonly service: string;
      readonly request: { readonly lines: number; readonly end?: number; readonly start?: number };
    }
  /** Leaves the screen after the last word, if any, was said and `after` done. */
  | { readonly type: 'leave'; readonly exit: Exit; readonly word: ClientWord | null; readonly force: Force | null }
  | { readonly type: 'suspend' }
  | { readonly type: 'redraw' };

export type Message =
  | { readonly type: 'frame'; readonly frame: Frame; readonly atMs: number }
  | { readonly type: 'key'; readonly key: string; readonly atMs: number }
  | { readonly type: 'resized'; readonly size: Size }
  | { readonly type: 'ticked'; readonly atMs: number }
  | { readonly type: 'log.answered'; readonly ticket: number; readonly window: LogWindow }
  | { readonly type: 'log.failed'; readonly ticket: number; readonly reason: string }
  | { readonly type: 'down.failed'; readonly reason: string; readonly atMs: number }
  | { readonly type: 'service.failed'; readonly service: string; readonly reason: string; readonly atMs: number }
  | { readonly type: 'connection.lost'; readonly reason: string; readonly atMs: number; readonly retrying: boolean }
  | { readonly type: 'signal'; readonly signal: 'SIGTERM' | 'SIGHUP'; readonly atMs: number };

export type Step = { readonly state: UiState; readonly intents: readonly Intent[] };

/** The state before the first frame. */
export const initialState = (size: Size, nowMs: number): UiState => ({
  size,
  nowMs,
  seen: null,
  connection: { kind: 'waiting' },
  selected: null,
  selectedByUser: false,
  focus: 'table',
  log: emptyLog,
  pending: {},
  question: null,
  helpTop: null,
  toast: null,
  askedForce: null,
  stoppingSinceMs: null,
  termed: false,
  exit: null,
});

export const selectedRow = (state: UiState): ServiceRow | null =>
  state.seen?.row.services.find((row) => row.name === state.selected) ?? null;

const emptyLog: LogPane = {
  service: null,
  anchor: { kind: 'end' },
  window: null,
  fileBytes: 0,
  ticket: 0,
  busy: false,
  stale: false,
  askedLines: 0,
  debt: 0,
  wrap: false,
  shift: 0,
  problem: null,
};
