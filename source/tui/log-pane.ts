/**
The log pane as a window on a file: it holds the lines it shows and asks for others by byte. One request is under way
at a time; keys pressed meanwhile add to a debt of lines that is paid when the answer comes, so none is lost.
*/
import { lineWidth, type Line } from './line.ts';
import { logLineOf, wrapLine } from './log-text.ts';
import type { LogAnchor, LogPane } from './pane-state.ts';
import type { LogRequest, Step, UiState } from './ui-state.ts';
import { layoutOf, logLines } from './layout.ts';
import type { LogLine, LogWindow } from '../api/protocol.ts';

/** Turns to another service, at the end of its log. */
export const turnLog = (state: UiState, service: string | null): UiState => ({
  ...state,
  log: {
    ...state.log,
    service,
    anchor: { kind: 'end' },
    window: null,
    fileBytes: 0,
    ticket: state.log.ticket + 1,
    busy: false,
    stale: false,
    askedLines: 0,
    debt: 0,
    shift: 0,
    appends: false,
    progress: null,
    find: null,
    foundByte: null,
    problem: null,
  },
});

/** Asks for what the anchor wants, unless a request is under way: then its answer asks again. */
export const askLog = (state: UiState): Step => {
  const { log } = state;
  const lines = logLines(layoutOf(state));
  if (log.service === null || log.busy || lines === 0) return { state, intents: [] };
  const ticket = log.ticket + 1;
  // Of a filtered log that grew only what is new is looked through.
  const appends = log.isFiltered && log.anchor.kind === 'end' && log.window !== null && log.askedLines === lines;
  const request: LogRequest = {
    ...bounds(log.anchor, lines),
    ...(log.pattern !== null && { pattern: log.pattern }),
    ...(log.pattern !== null && log.isFiltered && { filterFrom: appends ? (log.window?.endByte ?? 0) : 0 }),
  };
  return {
    state: { ...state, log: { ...log, ticket, busy: true, stale: false, askedLines: lines, appends, progress: null } },
    intents: [{ type: 'log', ticket, service: log.service, request }],
  };
};

/** Takes the answer in; asks again where it shows that the anchor has to move. */
export const takeLog = (state: UiState, window: LogWindow): Step => {
  const { log } = state;
  const answered: LogPane = { ...log, busy: false, fileBytes: window.fileBytes, problem: null, progress: null };
  // The file is a new one, in which the old places mean nothing.
  const shrank = log.window !== null && window.fileBytes < log.window.endByte;
  if (log.appends && log.window && !shrank) return takeMore({ ...state, log: answered }, log.window, window);
  if (log.anchor.kind === 'around') {
    const anchor: LogAnchor = { kind: 'from', byte: window.lines[0]?.offset ?? log.anchor.byte };
    return askLog({ ...state, log: { ...answered, anchor } });
  }
  const isShort = window.lines.length < log.askedLines;
  const first = window.lines[0];
  // Fewer lines than asked for before a byte: this is where the log begins. Shown from there, nothing jumps.
  if (log.anchor.kind === 'before' && isShort) {
    const anchor: LogAnchor = { kind: 'from', byte: first?.offset ?? 0 };
    return askLog({ ...state, log: { ...answered, anchor } });
  }
  // Fewer lines than asked for from a byte on: the end is reached, which means following it.
  if (log.anchor.kind === 'from' && isShort && window.endByte >= window.fileBytes) {
    const settled = { ...answered, window, anchor: { kind: 'end' }, debt: 0 } as const;
    return askLog({ ...state, log: settled });
  }
  const shown = { ...state, log: { ...answered, window, debt: 0 } };
  if (log.debt !== 0) return scrollLog(shown, log.debt);
  return log.stale && log.anchor.kind === 'end' ? askLog(shown) : { state: shown, intents: [] };
};

/** New lines of a filtered log, below those there are. */
const takeMore = (state: UiState, before: LogWindow, more: LogWindow): Step => {
  const { log } = state;
  // An unfinished line was looked at already, and is looked at again now that it may be whole.
  const kept = before.lines.filter((line) => line.offset < before.endByte);
  const window = { ...more, lines: [...kept, ...more.lines].slice(-Math.max(1, log.askedLines)) };
  const taken = { ...state, log: { ...log, window, debt: 0, appends: false } };
  if (log.debt !== 0) return scrollLog(taken, log.debt);
  return log.stale ? askLog(taken) : { state: taken, intents: [] };
};

/** The daemon says how large the log is now; only a pane that follows asks for more. */
export const growLog = (state: UiState, fileBytes: number): Step => {
  const { log } = state;
  const grown = { ...state, log: { ...log, fileBytes, stale: log.busy } };
  if (log.busy || log.anchor.kind !== 'end' || log.window?.endByte === fileBytes) return { state: grown, intents: [] };
  return askLog(grown);
};

/** Scrolls by lines (negative: up). */
export const scrollLog = (state: UiState, lines: number): Step => {
  const { log } = state;
  if (log.busy) return { state: { ...state, log: { ...log, debt: log.debt + lines } }, intents: [] };
  const shown = visibleLines(state);
  const first = shown[0];
  if (!log.window || !first || lines === 0) return { state, intents: [] };
  if (lines > 0) {
    if (log.anchor.kind === 'end') return { state, intents: [] };
    const byte = shown[lines]?.offset ?? log.window.endByte;
    return anchorLog(state, { kind: 'from', byte });
  }
  const isWhole = log.window.lines.length < log.askedLines && shown.length === log.window.lines.length;
  if (isWhole) return { state, intents: [] };
  const byte = (shown[shown.length + lines] ?? first).offset;
  return anchorLog(state, { kind: 'before', byte });
};

export const anchorLog = (state: UiState, anchor: LogAnchor): Step => {
  const { log } = state;
  // A jump outdates the request under way: its answer is dropped by its ticket.
  return askLog({ ...state, log: { ...log, anchor, debt: 0, busy: false, foundByte: null } });
};

/** Lines a page key moves by: one less than shown, so that one stays in sight. */
export const pageLines = (state: UiState): number => Math.max(1, visibleLines(state).length - 1);

/** The lines of the window that are on the screen, which wrapping makes fewer. */
export const visibleLines = (state: UiState): readonly LogLine[] => {
  const { log } = state;
  const lines = log.window?.lines ?? [];
  const rowsMax = logLines(layoutOf(state));
  const isTop = log.anchor.kind === 'from';
  if (!log.wrap) return isTop ? lines.slice(0, rowsMax) : lines.slice(Math.max(0, lines.length - rowsMax));
  const shown: LogLine[] = [];
  let rows = 0;
  for (const line of isTop ? lines : [...lines].reverse()) {
    rows += logRows(line, state).length;
    if (rows > rowsMax && shown.length > 0) break;
    shown.push(line);
  }
  return isTop ? shown : shown.reverse();
};

/** The rows one line takes when wrapped. */
export const logRows = (line: LogLine, state: UiState, rule = '-'): readonly Line[] => {
  const width = Math.max(1, state.size.columns - 1);
  const rowsMax = Math.max(1, logLines(layoutOf(state)));
  const whole = logLineOf(line, { isRaw: state.isRaw, columns: width * rowsMax, rule });
  return lineWidth(whole) <= width ? [whole] : wrapLine(whole, width, rowsMax);
};

/** A third of the pane stands above a line that was jumped to. */
const bounds = (anchor: LogAnchor, lines: number): LogRequest => {
  if (anchor.kind === 'around') return { lines: Math.max(1, Math.floor(lines / 3)), end: anchor.byte };
  if (anchor.kind === 'before') return { lines, end: anchor.byte };
  return anchor.kind === 'from' ? { lines, start: anchor.byte } : { lines };
};
