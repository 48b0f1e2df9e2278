/**
What a client and the daemon of a stack say to each other: HTTP/1.1 over a unix socket, JSON bodies, NDJSON streams.

| request | answer |
|---|---|
| `GET /v1/ps` | `StackRow` |
| `POST /v1/up` `UpRequest` | `UpAnswer` once the plan is accepted; follow the session for what happens |
| `POST /v1/plan` `UpRequest` | `UpAnswer`, nothing is changed |
| `POST /v1/down` `DownRequest` | `{}` at once; the stream ends with `ended` |
| `POST /v1/services/NAME/start` `stop` `restart` | `{}` at once |
| `POST /v1/services/NAME/signal` `SignalRequest` | `SignalAnswer` once it was sent |
| `GET /v1/services/NAME/launch` | `ServiceLaunch` |
| `GET /v1/logs?service=a&service=b&lines=100&follow=1[&from=a:BYTE][&begins=1]` | NDJSON of `LogLine`, oldest first; a `LogBegin` of each log before |
| `…[&since=MS][&pattern=RE][&ignoreCase=1]` | of these the lines not older, and those that match |
| `GET /v1/raw?service=a&lines=100&follow=1[&since=MS][&from=BYTE]` | NDJSON of `LogPiece` |
| `GET /v1/log?service=a&lines=50[&end=BYTE][&start=BYTE][&pattern=RE]` | `LogWindow` |
| `GET /v1/search?service=a&pattern=RE&direction=backward&lines=1[&from=BYTE][&until=BYTE]` | `LogFound` |
| `GET /v1/events?follow=1` | NDJSON of `StackEvent` |
| `GET /v1/upgrades[?look=1]` | `UpgradeLook`; with `look` after asking the sources anew |
| `POST /v1/upgrade/plan` `UpgradeAsk` | `UpgradePlan`, nothing is changed |
| `POST /v1/upgrade` `UpgradeAsk & {who}` | `{id}` at once; follow the session for what happens |
| `POST /v1/upgrade/cancel` | `{}`; before the switch all is undone, later it goes back |
| `POST /v1/services/NAME/defer` `UpgradeDefer` | `{}` |
| `GET /v1/history` | `HistoryEntry[]`, oldest first |
| `POST /v1/session`, NDJSON both ways | client: `ClientWord`; daemon: `Frame` |

An error is a status of 400 or above with an `ErrorDocument` as its body; one that comes in the midst of an NDJSON answer is
its last line, `{failed: ErrorDocument}`.
*/
import type { ErrorDocument } from '../core/error.ts';
import type { ServiceState, StackDefinition, StackRow } from '../core/model.ts';
import type { HistoryEntry, UpgradeAsk, UpgradeLook, UpgradePlan, UpgradeProgress } from './upgrade-protocol.ts';

export type OnHangup = 'stop' | 'keep';

export type UpRequest = {
  readonly definition: StackDefinition;
  /** Services to start, with what they depend on; empty = all whose profile is chosen. */
  readonly services: readonly string[];
  readonly profiles: readonly string[];
  /** The lock must fit as it is, and is not written. */
  readonly frozen?: boolean;
  /** Takes the definition and starts none of it: for changes of versions of a stack that is down. */
  readonly idle?: boolean;
};

export type PlanStep = {
  readonly service: string;
  readonly action: 'fetch' | 'start' | 'stop' | 'keep';
  readonly reason: string;
};
export type UpAnswer = {
  readonly plan: readonly PlanStep[];
  /** Where each log ended before anything was started: `logs` from there on misses no line. Absent for a plan. */
  readonly logEnds?: Readonly<Record<string, number>>;
};

/** force 0: in order with grace; 1: graces collapse; 2: SIGKILL all. graceMsMax caps every grace. */
export type DownRequest = { readonly force: 0 | 1 | 2; readonly graceMsMax: number | null };

/** A signal by its whole name. SIGKILL ends everything of the service; any other reaches its own process alone. */
export type SignalRequest = { readonly signal: string };
export type SignalAnswer = { readonly reached: number };

/** How a service was started, or would be if it does not run. The environment is whole, secrets included. */
export type ServiceLaunch = {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
};

/** One line of a service's log; its name is (generation, offset). */
export type LogLine = {
  readonly service: string;
  readonly generation: number;
  /** Byte of the log file at which it begins. */
  readonly offset: number;
  /** When the daemon first saw it, within a tick; null for lines older than its watch. */
  readonly atMs: number | null;
  /** Without its end of line; invalid UTF-8 replaced, control characters kept. */
  readonly text: string;
  /** `mark`: written by booty at a start (pid, version). `begin`: no line but where they begin, for whoever asked. */
  readonly kind: 'line' | 'mark' | 'begin';
  /** The parts that match, where a pattern was given and does; the first few. */
  readonly matches?: readonly string[];
};

/** Told before all lines of a log to whoever asked for it: where they begin, so that another daemon can be asked for the same. */
export type LogBegin = { readonly service: string; readonly beginByte: number };

/** Bytes of a log as the service's programs wrote them, one piece after the other. */
export type LogPiece = {
  readonly service: string;
  /** Byte of the log behind the last one of it. */
  readonly endByte: number;
  readonly base64: string;
};

/** As `lines`: all there are. */
export const allLines = 999_999_999_999_999;

/** Which part of the logs `logs` gives. */
export type LogsAsk = {
  readonly services: readonly string[];
  /** The last ones of each service; of those that match where a pattern is given. */
  readonly lines: number;
  readonly follow: boolean;
  /** Service → byte to begin at, in place of its last `lines`; for `follow`. */
  readonly from?: Readonly<Record<string, number>>;
  /** Nothing that was first seen before this time. */
  readonly sinceMs?: number;
  /** A JavaScript regular expression, as in a search. */
  readonly pattern?: string;
  /** Capital letters in the pattern stand for both. */
  readonly ignoreCase?: boolean;
};

/** The part of a log that a pane shows. */
export type LogWindow = {
  readonly lines: readonly LogLine[];
  /** Byte after the last line shown. */
  readonly endByte: number;
  /** Size of the file: equal to endByte when the window is at the end. */
  readonly fileBytes: number;
};

export type LogSearch = {
  /** A JavaScript regular expression, looked for in each line; small letters stand for both (`core/log-pattern.ts`). */
  readonly pattern: string;
  readonly direction: 'forward' | 'backward';
  /** Most lines wanted. */
  readonly lines: number;
  /** Start of the line to begin at (backward: to end before); absent = an end of the file. */
  readonly from?: number;
  /** Byte not to go beyond. */
  readonly until?: number;
};

/** What one call of a search found; each looks through some 64 MB at most. */
export type LogFound = {
  /** In the order of the file. */
  readonly lines: readonly LogLine[];
  /** All between these two bytes was looked through. An unfinished last line is looked at too, and lies beyond. */
  readonly fromByte: number;
  readonly toByte: number;
  readonly fileBytes: number;
  /** False: there is more to look through, from `toByte` on (backward: before `fromByte`). */
  readonly done: boolean;
};

/** One fact of the stack's history. */
export type StackEvent = {
  readonly sequence: number;
  readonly atMs: number;
  readonly service: string | null;
  readonly type: string;
  readonly from: ServiceState | null;
  readonly to: ServiceState | null;
  readonly message: string;
  /** The whole error, where one is behind it. */
  readonly error?: ErrorDocument;
};

/** A binary on its way into the store. */
export type FetchRow = {
  readonly component: string;
  readonly services: readonly string[];
  readonly phase: 'looking' | 'downloading' | 'verifying' | 'unpacking' | 'done' | 'failed';
  /** Which source and version, as soon as known. */
  readonly source: string | null;
  readonly version: string | null;
  readonly doneBytes: number;
  /** null while unknown. */
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number | null;
  readonly etaMs: number | null;
  readonly message: string | null;
  /** What was passed over before this source and why, and a licence that binds; kept to the end. */
  readonly about?: string;
};

/** One service in the shutdown cascade; layer 1 is stopped first. */
export type StopRow = {
  readonly layer: number;
  readonly service: string;
  readonly state: 'waiting' | 'asked' | 'killed' | 'stopped';
  readonly signal: string | null;
  readonly pid: number | null;
  readonly elapsedMs: number;
  readonly graceMs: number;
  /** `asked, exit 0`, `after layer 2`, `killed after 10 s`. */
  readonly detail: string;
  readonly lastLine: string | null;
};
export type StopView = {
  readonly force: 0 | 1 | 2;
  readonly layers: number;
  readonly atMostMs: number;
  readonly rows: readonly StopRow[];
};

/** A link a person can open: what answers where. */
export type UiLink = { readonly service: string; readonly title: string; readonly url: string };

/** What the daemon says on a session; `state` comes first and then at every change, at most 10 times a second. */
export type Frame =
  | {
      readonly type: 'state';
      readonly atMs: number;
      readonly row: StackRow;
      readonly fetches: readonly FetchRow[];
      readonly stop: StopView | null;
      readonly links: readonly UiLink[];
      /** Ports that are not the default ones: `caddy http 8081 (8080 held by 812 nginx)`. */
      readonly notes: readonly string[];
      /** True when this session owns the stack. */
      readonly owner: boolean;
      /** Whom a tied stack lost: set when its owner's connection ended without a word. */
      readonly orphanedAtMs: number | null;
      /** Service → what it depends on; lets a screen say whom a failure hits. Absent = unknown. */
      readonly dependencies?: Readonly<Record<string, readonly string[]>>;
      /** What is known of newer versions; absent = this daemon does not look. */
      readonly upgrades?: UpgradeLook;
      /** The upgrade under way, or the last one until another begins. */
      readonly upgrade?: UpgradeProgress | null;
    }
  | { readonly type: 'event'; readonly event: StackEvent }
  /** The logs grew; ends in bytes by service. At most 10 times a second, only while something grows. */
  | { readonly type: 'logs'; readonly ends: Readonly<Record<string, number>> }
  /** The stack is down and the daemon leaves; the last frame. */
  | { readonly type: 'ended'; readonly exitCode: number; readonly message: string };

/** Puts off the prompt of a service: for a day, for one version, or no more. */
export type UpgradeDefer = { readonly kind: 'later' | 'skip' | 'none'; readonly version?: string };

/** What a client says on a session. */
export type ClientWord =
  | { readonly type: 'hello'; readonly client: string; readonly own: boolean; readonly onHangup: OnHangup }
  /** The terminal is gone: onHangup applies. */
  | { readonly type: 'hangup' }
  /** Leaves and lets the stack run on, detached. */
  | { readonly type: 'leave' };

/** The daemon as a client sees it; made by `api/client.ts`, faked in tests of the TUI. */
export type StackClient = {
  ps(): Promise<StackRow>;
  up(request: UpRequest): Promise<UpAnswer>;
  /** What `up` would do; changes nothing. */
  plan(request: UpRequest): Promise<UpAnswer>;
  down(request: DownRequest): Promise<void>;
  service(name: string, action: 'start' | 'stop' | 'restart'): Promise<void>;
  signal(service: string, request: SignalRequest): Promise<SignalAnswer>;
  launch(service: string): Promise<ServiceLaunch>;
  log(
    service: string,
    window: { readonly lines: number; readonly end?: number; readonly start?: number; readonly pattern?: string },
  ): Promise<LogWindow>;
  /** One bounded part of a search. Throws LOG_PATTERN_BAD, LOG_PATTERN_SLOW. */
  search(service: string, search: LogSearch): Promise<LogFound>;
  /** `onBegin` is told of each log where what is asked for begins, before any line. Throws LOG_PATTERN_BAD, LOG_PATTERN_SLOW. */
  logs(ask: LogsAsk, signal: AbortSignal, onBegin?: (begin: LogBegin) => void): AsyncIterable<LogLine>;
  /** One service's log byte for byte, an empty piece first; from `fromByte` in place of its last `lines`. */
  raw(
    ask: {
      readonly service: string;
      readonly lines: number;
      readonly follow: boolean;
      readonly sinceMs?: number;
      readonly fromByte?: number;
    },
    signal: AbortSignal,
  ): AsyncIterable<LogPiece>;
  events(options: { readonly follow: boolean }, signal: AbortSignal): AsyncIterable<StackEvent>;
  /** `look`: asks the sources anew first. */
  upgrades(look: boolean): Promise<UpgradeLook>;
  planUpgrade(ask: UpgradeAsk): Promise<UpgradePlan>;
  /** Begins at once. Throws UPGRADE_BUSY. */
  upgrade(ask: UpgradeAsk & { readonly who: string }): Promise<{ readonly id: string }>;
  cancelUpgrade(): Promise<void>;
  deferUpgrade(service: string, defer: UpgradeDefer): Promise<void>;
  /** Oldest first. */
  history(): Promise<readonly HistoryEntry[]>;
  session(hello: Extract<ClientWord, { type: 'hello' }>): Promise<Session>;
};

export type Session = {
  readonly frames: AsyncIterable<Frame>;
  say(word: ClientWord): Promise<void>;
  /** Whether the frames ended because the daemon ended them; false for a connection that broke off, and before the end. */
  isWhole(): boolean;
  /** Ends the connection without a word. */
  close(): void;
};

export type { ErrorDocument };
