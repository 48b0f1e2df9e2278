import type { ServiceRow } from '../../core/model.ts';
import { formatAge, formatBytes, formatPercent } from '../format.ts';
import { fitLine, retone, span, type Line, type Span, type Tone } from '../line.ts';
import { cut, pad, widthOf } from '../text.ts';
import { toneOfState, type Look } from '../theme.ts';
import type { Pending, UiState } from '../ui-state.ts';

/**
The live table: a heading and one row per service, `height` rows in all. Only rows in sight are made; the selected one
always is. Columns that do not fit the width go, the least needed first, and what is left over says why.
*/
export const tableLines = (state: UiState, height: number, look: Look): readonly Line[] => {
  const rows = state.seen?.row.services ?? [];
  const width = state.size.columns;
  if (height < 2) return [];
  const visible = height - 1;
  const selected = rows.findIndex((row) => row.name === state.selected);
  const top = Math.max(0, Math.min(selected - Math.floor(visible / 2), rows.length - visible));
  const columns = fittingColumns(rows, state, width);
  const shown = rows.slice(top, top + visible).map((row) => rowLine(row, columns, state, look));
  return [headingLine(columns, { above: top, below: rows.length - top - shown.length }, width, look), ...shown];
};

type Column = {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** 0 stays always; the highest number goes first. */
  readonly dropRank: number;
  readonly text: (row: ServiceRow, nowMs: number) => string;
  readonly widthMax: number;
};
type Fitted = Column & { readonly width: number };

const columnsAll: readonly Column[] = [
  { title: 'SERVICE', align: 'left', dropRank: 0, widthMax: 24, text: (row) => row.name },
  { title: 'STATE', align: 'left', dropRank: 0, widthMax: 11, text: () => '' },
  { title: 'UP', align: 'right', dropRank: 1, widthMax: 4, text: (row, nowMs) => upText(row, nowMs) },
  { title: 'RST', align: 'right', dropRank: 3, widthMax: 5, text: (row) => String(row.restarts) },
  {
    title: 'CPU%',
    align: 'right',
    dropRank: 6,
    widthMax: 5,
    text: (row) => (row.cpuPercent === null ? '-' : formatPercent(row.cpuPercent)),
  },
  {
    title: 'RSS',
    align: 'right',
    dropRank: 5,
    widthMax: 5,
    text: (row) => (row.rssBytes === null ? '-' : formatBytes(row.rssBytes)),
  },
  { title: 'PORT', align: 'right', dropRank: 2, widthMax: 13, text: (row) => portText(row) },
  {
    title: 'VERSION',
    align: 'left',
    dropRank: 4,
    widthMax: 14,
    text: (row) => `${row.version ?? '-'}${row.upgrade === null ? '' : ' ^'}`,
  },
];
const stateWidth = 11;
const nameWidthMin = 12;
const gap = 2;
const reasonWidthMin = 14;

const fittingColumns = (rows: readonly ServiceRow[], state: UiState, width: number): readonly Fitted[] => {
  // A column in which nobody has anything to say leaves its room to the others.
  const told = columnsAll.filter((column) => column.dropRank <= 1 || rows.some((row) => column.text(row, 0) !== '-'));
  let columns = told.map((column): Fitted => {
    const widest = rows.reduce((most, row) => Math.max(most, widthOf(column.text(row, 0))), widthOf(column.title));
    const fixed = column.title === 'STATE' ? stateWidth : column.title === 'UP' ? 4 : widest;
    return { ...column, width: Math.min(column.widthMax, fixed) };
  });
  const total = () => 3 + columns.reduce((sum, column) => sum + column.width + gap, 0) - gap;
  while (total() > width) {
    const worst = Math.max(...columns.map((column) => column.dropRank));
    if (worst === 0) break;
    columns = columns.filter((column) => column.dropRank !== worst);
  }
  // Only name and state are left and still too wide: the name gives way.
  const excess = Math.max(0, total() - width);
  return columns.map((column, index) =>
    index === 0 ? { ...column, width: Math.max(Math.min(nameWidthMin, column.width), column.width - excess) } : column,
  );
};

const rowWidth = (columns: readonly Fitted[]): number =>
  3 + columns.reduce((sum, column) => sum + column.width + gap, 0) - gap;

const headingLine = (
  columns: readonly Fitted[],
  hidden: { readonly above: number; readonly below: number },
  width: number,
  look: Look,
): Line => {
  const titles = columns.map((column) => pad(column.title, column.width, column.align)).join(' '.repeat(gap));
  const left = `   ${titles}`;
  const parts = [
    ...(hidden.above > 0 ? [`${look.symbols.up}${hidden.above}`] : []),
    ...(hidden.below > 0 ? [`${look.symbols.down}${hidden.below}`] : []),
  ];
  const more = parts.join(' ');
  const room = width - widthOf(left) - widthOf(more) - 1;
  if (more === '' || room < 1) return [span(left, 'dim')];
  return [span(left + ' '.repeat(room), 'dim'), span(more, 'accent')];
};

const rowLine = (row: ServiceRow, columns: readonly Fitted[], state: UiState, look: Look): Line => {
  const isSelected = row.name === state.selected;
  const pending = state.pending[row.name];
  const alarms = row.state === 'failed' || row.state === 'unhealthy' || row.state === 'backoff';
  const pieces: Span[] = [
    span(isSelected ? `${look.symbols.pointer} ` : '  ', 'accent'),
    span(state.marked.includes(row.name) ? look.symbols.mark : ' ', 'accent'),
  ];
  for (const [index, column] of columns.entries()) {
    if (index > 0) pieces.push(span(' '.repeat(gap)));
    if (column.title === 'STATE') pieces.push(stateSpan(row, pending, look));
    else {
      const tone: Tone = index === 0 ? (alarms ? 'bad' : isSelected ? 'strong' : 'plain') : 'plain';
      pieces.push(
        span(
          pad(cut(column.text(row, state.nowMs), column.width, look.symbols.more), column.width, column.align),
          tone,
        ),
      );
    }
  }
  const room = state.size.columns - rowWidth(columns) - gap;
  if (row.reason !== null && room >= reasonWidthMin) pieces.push(span(' '.repeat(gap)), span(row.reason, 'dim'));
  const line = fitLine(pieces, state.size.columns, look.symbols.more);
  return isSelected && state.focus === 'table' ? retone(line, 'chosen') : line;
};

const stateSpan = (row: ServiceRow, pending: Pending | undefined, look: Look): Span => {
  if (pending) return span(pad(`${look.symbols.pending} ${pending.action}`, stateWidth), 'accent');
  const word = row.state === 'failed' ? 'FAILED' : row.state;
  return span(pad(`${look.symbols.states[row.state]} ${word}`, stateWidth), toneOfState[row.state]);
};

const upText = (row: ServiceRow, nowMs: number): string =>
  row.pid === null || row.startedAtMs === null ? '-' : formatAge(nowMs - row.startedAtMs);

const portText = (row: ServiceRow): string => {
  const ports = Object.values(row.ports);
  const [first, second] = ports;
  if (first === undefined) return '-';
  if (ports.length === 2 && second !== undefined) return `${first},${second}`;
  return ports.length === 1 ? String(first) : `${first} +${ports.length - 1}`;
};
