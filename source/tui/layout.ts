import type { ServiceRow } from '../core/model.ts';
import type { FetchRow } from '../api/protocol.ts';
import { whyLines } from './view/why.ts';
import { linkLines, noteLines } from './view/notes.ts';
import { selectedRow, type UiState } from './ui-state.ts';

/** Rows each part of the main screen gets; together exactly the rows of the terminal. */
export type Layout = {
  readonly links: number;
  readonly notes: number;
  /** With its heading. */
  readonly table: number;
  readonly fetches: number;
  /** With its rule; 0 when the selected service has nothing to explain. */
  readonly why: number;
  /** With its rule. */
  readonly log: number;
  /** Hint line, or the question in its place. */
  readonly foot: number;
};

const smallest = { columns: 40, rows: 8 } as const;

export const isTiny = ({ size }: UiState): boolean => size.columns < smallest.columns || size.rows < smallest.rows;

/** How the rows are shared out; pure, so that the reducer knows how many lines of log to ask for. */
export const layoutOf = (state: UiState): Layout => {
  const { columns, rows } = state.size;
  const seen = state.seen;
  const foot = state.question ? 3 : 1;
  if (!seen) return { links: 0, notes: 0, table: 0, fetches: 0, why: 0, log: 0, foot };
  const links = Math.min(linkLines(seen.links, columns).length, rows >= 30 ? 2 : rows >= 16 ? 1 : 0);
  const notes = Math.min(noteLines(seen).length, rows >= 30 ? 4 : rows >= 16 ? 2 : 1);
  const body = rows - 1 - foot - links - notes;
  const active = activeFetches(seen.fetches).length;
  const fetches = active === 0 ? 0 : Math.min(active + 1, Math.max(2, Math.floor(body * 0.4)));
  const rest = body - fetches;
  const share = state.focus === 'log' ? 0.65 : 0.4;
  const tableMax = Math.max(Math.min(4, rest), rest - Math.ceil(rest * share));
  const table = Math.min(1 + seen.row.services.length, tableMax);
  const below = rest - table;
  const row = selectedRow(state);
  const why = row && below >= 5 ? whyRows(state, row, below) : 0;
  return { links, notes, table, fetches, why, log: below - why, foot };
};

/** Lines of log that fit under the rule of its pane. */
export const logLines = (layout: Layout): number => Math.max(0, layout.log - 1);

/** Fetches worth a row: all but the finished ones. */
export const activeFetches = (fetches: readonly FetchRow[]): readonly FetchRow[] =>
  fetches.filter((fetch) => fetch.phase !== 'done');

/** Rows of a pane that is not the services', with its rule: all between the header and the foot. */
export const paneRows = (state: UiState): number => Math.max(0, state.size.rows - 1 - (state.question ? 3 : 1));

const whyRows = (state: UiState, row: ServiceRow, below: number): number => {
  const lines = whyLines(state, row).length;
  return lines === 0 ? 0 : Math.min(lines + 1, Math.ceil(below / 2));
};
