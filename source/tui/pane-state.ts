/** What each pane of the screen shows, as data. */
import type { LogLine, LogSearch, LogWindow, StackEvent } from '../api/protocol.ts';
import type { HistoryEntry } from '../api/upgrade-protocol.ts';

/** Which part of the log is wanted: its end as it grows, or what stands before or from a byte. */
export type LogAnchor =
  | { readonly kind: 'end' }
  | { readonly kind: 'before'; readonly byte: number }
  | { readonly kind: 'from'; readonly byte: number }
  /** The line at the byte, a few others above it. */
  | { readonly kind: 'around'; readonly byte: number };

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
  /** What is looked for; what matches is marked. */
  readonly pattern: string | null;
  /** Lines that do not match are left out. */
  readonly isFiltered: boolean;
  /** The request under way asks for what comes after the lines there are, not in their place. */
  readonly appends: boolean;
  /** How far a request under way got that looks through the file. */
  readonly progress: Progress | null;
  /** A search for one line, under way. */
  readonly find: Find | null;
  /** Searches for one line so far; numbers the next. */
  readonly finds: number;
  /** The line found last, while it is in sight. */
  readonly foundByte: number | null;
  readonly problem: string | null;
};

export type Progress = { readonly doneBytes: number; readonly totalBytes: number };
export type Find = {
  readonly ticket: number;
  readonly direction: LogSearch['direction'];
  readonly progress: Progress | null;
};

export const paneNames = ['services', 'events', 'logs', 'fetch', 'doctor', 'upgrades', 'history'] as const;
export type PaneName = (typeof paneNames)[number];

export type EventPane = {
  /** Oldest first. */
  readonly events: readonly StackEvent[];
  /** What happened before this screen came was asked for. */
  readonly isAsked: boolean;
  /** Only those of the selected service. */
  readonly isFiltered: boolean;
  /** How many newer ones are below what is shown; 0 follows. */
  readonly below: number;
};

export type HistoryPane = {
  /** Oldest first, as they come. */
  readonly entries: readonly HistoryEntry[];
  /** `stale`: told, and something happened since. */
  readonly phase: 'unasked' | 'asked' | 'told' | 'stale' | 'failed';
  readonly problem: string | null;
  /** Which one is chosen, counted from the newest. */
  readonly index: number;
};

/** The logs of several services, in the order of time. */
export type MergedPane = {
  /** The services shown. */
  readonly services: readonly string[];
  /** Byte before which each log is shown; null follows their ends. */
  readonly ends: Readonly<Record<string, number>> | null;
  readonly windows: Readonly<Record<string, LogWindow>>;
  /** Merged from the windows. */
  readonly lines: readonly LogLine[];
  readonly ticket: number;
  readonly busy: boolean;
  readonly stale: boolean;
  readonly askedLines: number;
  /** Lines to scroll once the answer is there. */
  readonly debt: number;
  /** The answer under way is what comes below: this many lines are scrolled down by it. */
  readonly down: number;
  readonly problem: string | null;
};

/** What `booty doctor` found out about one thing. */
export type Finding = {
  readonly title: string;
  readonly state: 'ok' | 'warn' | 'bad';
  readonly found: string;
  /** What to do about it; null when there is nothing to do. */
  readonly fix: string | null;
};

export type DoctorPane = {
  readonly findings: readonly Finding[];
  readonly phase: 'unasked' | 'looking' | 'told' | 'failed';
  readonly problem: string | null;
};

export const emptyLog: LogPane = {
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
  pattern: null,
  isFiltered: false,
  appends: false,
  progress: null,
  find: null,
  finds: 0,
  foundByte: null,
  problem: null,
};

export const emptyMerged: MergedPane = {
  services: [],
  ends: null,
  windows: {},
  lines: [],
  ticket: 0,
  busy: false,
  stale: false,
  askedLines: 0,
  debt: 0,
  down: 0,
  problem: null,
};
