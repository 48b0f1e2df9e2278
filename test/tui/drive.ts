/** Drives the reducer as the session would, with the log answered at once. */
import { textOf } from '../../source/tui/line.ts';
import { reduce } from '../../source/tui/state.ts';
import { lookFor } from '../../source/tui/theme.ts';
import {
  initialState,
  type Intent,
  type MergedAsk,
  type Message,
  type Size,
  type UiState,
} from '../../source/tui/ui-state.ts';
import { screenOf } from '../../source/tui/view/screen.ts';
import type { Frame, LogSearch, LogWindow } from '../../source/api/protocol.ts';
import { makeWindow, searchLines, startMs } from './fake-stack.ts';

export type Drive = {
  readonly state: () => UiState;
  /** Everything the reducer asked for so far but log windows. */
  readonly intents: Intent[];
  readonly logs: Extract<Intent, { type: 'log' }>[];
  readonly send: (message: Message) => void;
  readonly frame: (frame: Frame, atMs?: number) => void;
  readonly keys: (...names: readonly string[]) => void;
  readonly lines: () => readonly string[];
};

export const look = lookFor({ LANG: 'C.UTF-8' });

/** `logLines` is how many lines of ten bytes every log has; null leaves requests unanswered. */
export const drive = (size: Size = { columns: 80, rows: 24 }, logLines: number | null = 500): Drive => {
  let state = initialState(size, startMs, true);
  const intents: Intent[] = [];
  const logs: Extract<Intent, { type: 'log' }>[] = [];
  const send = (message: Message) => {
    const step = reduce(state, message);
    state = step.state;
    for (const intent of step.intents) {
      if (intent.type === 'find' && logLines !== null) {
        const line =
          searchLines(intent.search, logLines).lines.find((one) => one.offset !== intent.search.from) ?? null;
        send({ type: 'find.answered', ticket: intent.ticket, line, atMs: state.nowMs });
      }
      if (intent.type === 'merged' && logLines !== null) {
        const windows = Object.fromEntries(intent.asks.map((ask) => [ask.service, windowOf(ask, logLines)]));
        send({ type: 'merged.answered', ticket: intent.ticket, windows });
      }
      if (intent.type !== 'log') {
        intents.push(intent);
        continue;
      }
      logs.push(intent);
      if (logLines === null) continue;
      const { lines, start, end, pattern, filterFrom } = intent.request;
      if (filterFrom !== undefined) {
        const direction = start === undefined ? 'backward' : 'forward';
        const from = start ?? end;
        const search: Searched = {
          pattern: pattern ?? '',
          direction,
          lines,
          until: start === undefined ? filterFrom : undefined,
        };
        const found = searchLines(clean({ ...search, from }), logLines);
        const window = { lines: found.lines, endByte: found.toByte, fileBytes: found.fileBytes };
        send({ type: 'log.answered', ticket: intent.ticket, window });
        continue;
      }
      const to =
        start === undefined ? Math.min(logLines, (end ?? logLines * 10) / 10) : Math.min(logLines, start / 10 + lines);
      const from = start === undefined ? Math.max(0, to - lines) : start / 10;
      send({ type: 'log.answered', ticket: intent.ticket, window: makeWindow(from, to, logLines) });
    }
  };
  return {
    state: () => state,
    intents,
    logs,
    send,
    frame: (frame, atMs = startMs) => send({ type: 'frame', frame, atMs }),
    keys: (...names) => {
      for (const key of names) send({ type: 'key', key, atMs: state.nowMs });
    },
    lines: () => screenOf(state, look).flatMap((pane) => pane.lines.map(textOf)),
  };
};

type Searched = Pick<LogSearch, 'pattern' | 'direction' | 'lines'> & {
  readonly from?: number | undefined;
  readonly until?: number | undefined;
};

/** Without what is undefined. */
const clean = (search: Searched): LogSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as LogSearch;

/** A log of which line N came at second N, a few milliseconds apart by service. */
const windowOf = (ask: MergedAsk, last: number): LogWindow => {
  const to = ask.start === undefined ? Math.min(last, (ask.end ?? last * 10) / 10) : undefined;
  const from = to === undefined ? (ask.start ?? 0) / 10 : Math.max(0, to - ask.lines);
  const window = makeWindow(from, to ?? Math.min(last, from + ask.lines), last);
  const lines = window.lines.map((line) => ({
    ...line,
    service: ask.service,
    atMs: startMs + line.offset * 100 + ask.service.length,
  }));
  return { ...window, lines };
};
