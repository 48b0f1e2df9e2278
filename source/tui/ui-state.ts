/** All the screen knows, as data: the reducer makes the next one, the views draw it, nothing else holds any of it. */
import type { ServiceRow } from '../core/model.ts';
import type { ClientWord, Frame, LogLine, LogSearch, LogWindow, StackEvent, UpgradeDefer } from '../api/protocol.ts';
import type { HistoryEntry, UpgradeAsk, UpgradePlan } from '../api/upgrade-protocol.ts';
import type { Choice, ChooserState } from './choice.ts';
import {
  emptyLog,
  emptyMerged,
  type DoctorPane,
  type EventPane,
  type Finding,
  type HistoryPane,
  type LogPane,
  type MergedPane,
  type PaneName,
  type Progress,
} from './pane-state.ts';

export type Size = { readonly columns: number; readonly rows: number };

/** What the daemon last said about the stack. */
export type Seen = Extract<Frame, { type: 'state' }>;

export type ServiceAction = 'start' | 'stop' | 'restart';
export type Force = 0 | 1 | 2;

export type Question =
  /** Stop the tied stack or leave it running; then the shell, or another stack. */
  | { readonly kind: 'leave'; readonly next: Choice | null }
  | { readonly kind: 'stop' }
  /** A detached stack is stopped only after its name was typed. */
  | { readonly kind: 'name'; readonly typed: string }
  /** Make a running stop quicker. */
  | { readonly kind: 'shorten'; readonly force: 1 | 2 }
  /** What to look for in the log. */
  | { readonly kind: 'search'; readonly typed: string; readonly filters: boolean }
  /** A plan to read and to answer; null while it is made. `top` is its first row shown. */
  | { readonly kind: 'upgrade'; readonly ask: UpgradeAsk; readonly plan: UpgradePlan | null; readonly top: number }
  /** End the upgrade under way. */
  | { readonly kind: 'cancel' }
  /** A command by its name. */
  | { readonly kind: 'palette'; readonly typed: string };

/** A request on its way: the row says so until a frame shows a change. */
export type Pending = { readonly action: ServiceAction; readonly atMs: number; readonly changeAtMs: number };

export type Toast = {
  /** Something went wrong, was done as asked, or is merely so. */
  readonly kind: 'problem' | 'done' | 'note';
  readonly text: string;
  readonly untilMs: number;
};

export type Connection =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly reason: string };

export type Exit = {
  readonly exitCode: number;
  readonly message: string | null;
  /** The stack the person wants to look at now. */
  readonly next?: Choice;
};

export type UiState = {
  readonly size: Size;
  readonly nowMs: number;
  readonly seen: Seen | null;
  readonly connection: Connection;
  /** When the daemon last said how its stack stands, by this screen's clock. */
  readonly heardAtMs: number;
  readonly selected: string | null;
  /** The user moved the selection; until then it goes to the first failed service by itself. */
  readonly selectedByUser: boolean;
  readonly focus: 'table' | 'log';
  readonly pane: PaneName;
  /** Services whose logs are merged; none = all. */
  readonly marked: readonly string[];
  /** Lines are shown as they were written, not as they read best. */
  readonly isRaw: boolean;
  readonly log: LogPane;
  readonly eventPane: EventPane;
  readonly merged: MergedPane;
  /** null: nobody here can tell; the pane is left out. */
  readonly doctor: DoctorPane | null;
  readonly historyPane: HistoryPane;
  /** First row shown of a pane that begins at its top. */
  readonly paneTop: number;
  readonly pending: Readonly<Record<string, Pending>>;
  readonly question: Question | null;
  /** What there is to look at instead; null while nobody chooses. */
  readonly chooser: ChooserState | null;
  /** What to look at once the stop is over. */
  readonly next: Choice | null;
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

export type LogRequest = {
  readonly lines: number;
  readonly end?: number;
  readonly start?: number;
  /** Marks what matches. */
  readonly pattern?: string;
  /** Gives only lines that match, none from before this byte. */
  readonly filterFrom?: number;
};

export type MergedAsk = {
  readonly service: string;
  readonly lines: number;
  readonly end?: number;
  readonly start?: number;
};

/** What the reducer wants done; carried out by the session. */
export type Intent =
  | { readonly type: 'down'; readonly force: Force }
  | { readonly type: 'service'; readonly service: string; readonly action: ServiceAction }
  | {
      readonly type: 'log';
      readonly ticket: number;
      readonly service: string;
      readonly request: LogRequest;
    }
  | { readonly type: 'find'; readonly ticket: number; readonly service: string; readonly search: LogSearch }
  | { readonly type: 'merged'; readonly ticket: number; readonly asks: readonly MergedAsk[] }
  | { readonly type: 'events' }
  | { readonly type: 'doctor' }
  | {
      readonly type: 'upgrades';
      readonly what:
        | { readonly call: 'plan' | 'begin'; readonly ask: UpgradeAsk }
        | { readonly call: 'cancel' | 'look' | 'history' }
        | { readonly call: 'defer'; readonly service: string; readonly defer: UpgradeDefer };
    }
  /** To the terminal's clipboard. */
  | { readonly type: 'copy'; readonly text: string }
  /** Opens the log in the person's pager at that byte. */
  | { readonly type: 'page'; readonly service: string; readonly byte: number }
  /** Leaves the screen after the last word, if any, was said and `after` done. */
  | { readonly type: 'leave'; readonly exit: Exit; readonly word: ClientWord | null; readonly force: Force | null }
  /** Finds out what stacks there are. */
  | { readonly type: 'choices' }
  | { readonly type: 'suspend' }
  | { readonly type: 'redraw' };

export type Message =
  | { readonly type: 'frame'; readonly frame: Frame; readonly atMs: number }
  | { readonly type: 'key'; readonly key: string; readonly atMs: number }
  | { readonly type: 'resized'; readonly size: Size }
  | { readonly type: 'ticked'; readonly atMs: number }
  | { readonly type: 'log.answered'; readonly ticket: number; readonly window: LogWindow }
  | { readonly type: 'log.failed'; readonly ticket: number; readonly reason: string }
  | { readonly type: 'log.progressed'; readonly ticket: number; readonly progress: Progress }
  | { readonly type: 'find.progressed'; readonly ticket: number; readonly progress: Progress }
  | { readonly type: 'find.answered'; readonly ticket: number; readonly line: LogLine | null; readonly atMs: number }
  | { readonly type: 'find.failed'; readonly ticket: number; readonly reason: string; readonly atMs: number }
  | {
      readonly type: 'merged.answered';
      readonly ticket: number;
      readonly windows: Readonly<Record<string, LogWindow>>;
    }
  | { readonly type: 'merged.failed'; readonly ticket: number; readonly reason: string }
  | { readonly type: 'events.answered'; readonly events: readonly StackEvent[] }
  | { readonly type: 'doctor.answered'; readonly findings: readonly Finding[] }
  | { readonly type: 'doctor.failed'; readonly reason: string }
  | { readonly type: 'plan.answered'; readonly ask: UpgradeAsk; readonly plan: UpgradePlan }
  | { readonly type: 'plan.failed'; readonly ask: UpgradeAsk; readonly reason: string; readonly atMs: number }
  | { readonly type: 'history.answered'; readonly entries: readonly HistoryEntry[] }
  | { readonly type: 'history.failed'; readonly reason: string }
  | { readonly type: 'choices.answered'; readonly choices: readonly Choice[] }
  /** Something for the person to read once. */
  | { readonly type: 'told'; readonly text: string; readonly atMs: number }
  | { readonly type: 'down.failed'; readonly reason: string; readonly atMs: number }
  | { readonly type: 'service.failed'; readonly service: string; readonly reason: string; readonly atMs: number }
  | { readonly type: 'connection.lost'; readonly reason: string; readonly atMs: number; readonly retrying: boolean }
  | { readonly type: 'signal'; readonly signal: 'SIGTERM' | 'SIGHUP'; readonly atMs: number };

export type Step = { readonly state: UiState; readonly intents: readonly Intent[] };

/** The state before the first frame. */
export const initialState = (size: Size, nowMs: number, hasDoctor = false): UiState => ({
  size,
  nowMs,
  seen: null,
  connection: { kind: 'waiting' },
  heardAtMs: nowMs,
  selected: null,
  selectedByUser: false,
  focus: 'table',
  pane: 'services',
  marked: [],
  isRaw: false,
  log: emptyLog,
  eventPane: { events: [], isAsked: false, isFiltered: false, below: 0 },
  merged: emptyMerged,
  doctor: hasDoctor ? { findings: [], phase: 'unasked', problem: null } : null,
  historyPane: { entries: [], phase: 'unasked', problem: null, index: 0 },
  paneTop: 0,
  pending: {},
  question: null,
  chooser: null,
  next: null,
  helpTop: null,
  toast: null,
  askedForce: null,
  stoppingSinceMs: null,
  termed: false,
  exit: null,
});

export const selectedRow = (state: UiState): ServiceRow | null =>
  state.seen?.row.services.find((row) => row.name === state.selected) ?? null;

/** The changes of versions, newest first. */
export const historyOf = (state: UiState): readonly HistoryEntry[] => state.historyPane.entries.toReversed();
