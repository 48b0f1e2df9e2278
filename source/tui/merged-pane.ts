/**
The logs of several services as one: a window of each, merged by time. Scrolling moves the end of each window to where
the merged lines were cut, so it goes as far back as the files do.
*/
import { readLogLine } from '../core/log-line.ts';
import type { LogLine, LogWindow } from '../api/protocol.ts';
import { paneRows } from './layout.ts';
import type { MergedPane } from './pane-state.ts';
import type { MergedAsk, Step, UiState } from './ui-state.ts';

/** More logs than this side by side are noise, and each costs a request whenever it grows. */
export const mergedServicesMax = 20;

/** The services whose logs are wanted: the marked ones that are there, or all. */
const mergedServices = (state: UiState): readonly string[] => {
  const names = state.seen?.row.services.map((row) => row.name) ?? [];
  const marked = names.filter((name) => state.marked.includes(name));
  return (marked.length > 0 ? marked : names).slice(0, mergedServicesMax);
};

export const toggleMark = (state: UiState): UiState => {
  const name = state.selected;
  if (name === null) return state;
  const isMarked = state.marked.includes(name);
  return { ...state, marked: isMarked ? state.marked.filter((one) => one !== name) : [...state.marked, name] };
};

/** Shows the wanted services, at their ends when they are others than before. */
export const openMerged = (state: UiState): Step => {
  const services = mergedServices(state);
  const isSame = services.join() === state.merged.services.join();
  const merged = isSame ? state.merged : { ...state.merged, services, ends: null, windows: {}, lines: [], debt: 0 };
  return askMerged({ ...state, merged: { ...merged, busy: false } });
};

export const mergedRows = (state: UiState): number => Math.max(0, paneRows(state) - 1);

/** Asks for the window of each service before its end. */
export const askMerged = (state: UiState): Step => {
  const lines = mergedRows(state);
  const { ends, services } = state.merged;
  if (lines === 0 || services.length === 0 || state.merged.busy) return plain(state);
  const asks = services.map((service): MergedAsk => {
    const end = ends?.[service];
    return end === undefined ? { service, lines } : { service, lines, end };
  });
  return ask(state, asks, { askedLines: lines, down: 0 });
};

/** Of logs that follow, those that grew are asked for. */
export const growMerged = (state: UiState, grown: Readonly<Record<string, number>>): Step => {
  const { merged } = state;
  if (merged.ends !== null) return plain(state);
  const services = merged.services.filter((name) => {
    const end = grown[name];
    return end !== undefined && end !== merged.windows[name]?.endByte;
  });
  if (services.length === 0) return plain(state);
  if (merged.busy) return plain({ ...state, merged: { ...merged, stale: true } });
  const lines = mergedRows(state);
  return ask(
    state,
    services.map((service) => ({ service, lines })),
    { askedLines: lines, down: 0 },
  );
};

export const takeMerged = (state: UiState, answered: Readonly<Record<string, LogWindow>>): Step => {
  const { merged } = state;
  if (merged.down > 0) return takeBelow(state, answered);
  const windows = { ...merged.windows, ...answered };
  const lines = merge(merged.services.map((service) => windows[service]?.lines ?? []));
  const taken = { ...state, merged: { ...merged, windows, lines, busy: false, stale: false, debt: 0, problem: null } };
  if (merged.debt !== 0) return scrollMerged(taken, merged.debt);
  return merged.stale && merged.ends === null ? askMerged(taken) : plain(taken);
};

/** Negative: up. */
export const scrollMerged = (state: UiState, by: number): Step => {
  const { merged } = state;
  if (merged.busy) return plain({ ...state, merged: { ...merged, debt: merged.debt + by } });
  if (by > 0) return merged.ends === null ? plain(state) : askBelow(state, Math.min(by, 500));
  const rows = mergedRows(state);
  // As many lines are left as fill the pane, if all that there is is at hand.
  const isWhole = merged.services.every((service) => (merged.windows[service]?.lines.length ?? 0) < merged.askedLines);
  const most = isWhole ? Math.max(0, merged.lines.length - rows) : merged.lines.length;
  const dropped = Math.min(-by, most);
  if (dropped === 0) return plain(state);
  const gone = merged.lines.slice(merged.lines.length - dropped);
  const ends = Object.fromEntries(
    merged.services.map((service) => {
      const first = gone.find((line) => line.service === service);
      return [service, first?.offset ?? merged.windows[service]?.endByte ?? 0];
    }),
  );
  return askMerged({ ...state, merged: { ...merged, ends } });
};

/** The ends of the logs, followed. */
export const followMerged = (state: UiState): Step =>
  askMerged({ ...state, merged: { ...state.merged, ends: null, busy: false, debt: 0 } });

export const visibleMerged = (state: UiState): readonly LogLine[] => {
  const { lines } = state.merged;
  return lines.slice(Math.max(0, lines.length - mergedRows(state)));
};

const askBelow = (state: UiState, down: number): Step => {
  const asks = state.merged.services.map((service) => ({
    service,
    lines: down + 1,
    start: state.merged.ends?.[service] ?? 0,
  }));
  return ask(state, asks, { askedLines: state.merged.askedLines, down });
};

/** The lines below came: the first of them, by time, are taken in; without any left the ends are followed. */
const takeBelow = (state: UiState, answered: Readonly<Record<string, LogWindow>>): Step => {
  const { merged } = state;
  const below = merge(merged.services.map((service) => answered[service]?.lines ?? []));
  const settled = { ...merged, busy: false, down: 0 };
  if (below.length <= merged.down) return followMerged({ ...state, merged: settled });
  const rest = below.slice(merged.down);
  const ends = Object.fromEntries(
    merged.services.map((service) => {
      const next = rest.find((line) => line.service === service);
      return [service, next?.offset ?? answered[service]?.endByte ?? 0];
    }),
  );
  return askMerged({ ...state, merged: { ...settled, ends } });
};

const ask = (state: UiState, asks: readonly MergedAsk[], how: Pick<MergedPane, 'askedLines' | 'down'>): Step => {
  const ticket = state.merged.ticket + 1;
  const merged = { ...state.merged, ...how, ticket, busy: true, stale: false };
  return { state: { ...state, merged }, intents: [{ type: 'merged', ticket, asks }] };
};

/** In the order of time; lines of one log keep theirs, whatever times they say. */
const merge = (logs: readonly (readonly LogLine[])[]): readonly LogLine[] =>
  logs
    .flatMap(timed)
    .sort((one, other) => one.atMs - other.atMs)
    .map(({ line }) => line);

const timed = (lines: readonly LogLine[]): readonly { readonly line: LogLine; readonly atMs: number }[] => {
  let latestMs = -Infinity;
  return lines.map((line) => {
    // What a line says of itself is finer than when it was noticed.
    latestMs = Math.max(latestMs, readLogLine(line.text)?.atMs ?? line.atMs ?? -Infinity);
    return { line, atMs: latestMs };
  });
};

const plain = (state: UiState): Step => ({ state, intents: [] });
