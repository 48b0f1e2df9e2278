import type { HistoryEntry } from '../api/upgrade-protocol.ts';
import { plainText, widthOf, wrapWords } from '../tui/text.ts';
import { resultText, tookText, whenText } from '../tui/view/upgrade-words.ts';
import type { Context } from './context.ts';
import { printTable } from './print-table.ts';

const columns = ['ID', 'WHEN', 'SERVICE', 'CHANGE', 'BY', 'DOWN', 'RESULT', 'WAY BACK', 'WHY'] as const;
type Cells = Readonly<Record<(typeof columns)[number], string>>;

/** The history as a table, or where its columns do not fit the terminal as rows of its own for each change. */
export const printEntries = async (context: Context, entries: readonly HistoryEntry[]): Promise<void> => {
  const { print, terminal } = context;
  if (entries.length === 0) {
    print.note('booty: no version was changed yet; what is newer: booty outdated');
    return;
  }
  const nowMs = context.ports.clock.nowMs();
  const cells = entries.map((entry) => cellsOf(entry, nowMs));
  const shown = cells.some(({ WHY }) => WHY !== '') ? columns : columns.filter((name) => name !== 'WHY');
  // An ID that is cut cannot be handed to `booty rollback --to`.
  const isTooWide = terminal.outputIsTerminal && tableWidth(cells, shown) > terminal.columns;
  if (!isTooWide) return printTable(context, cells, shown);
  for (const each of cells) for (const row of entryRows(each, terminal.columns)) await print.line(row);
};

const cellsOf = (entry: HistoryEntry, nowMs: number): Cells => ({
  ID: entry.id,
  WHEN: whenText(entry.startedAtMs, nowMs),
  SERVICE: entry.service,
  CHANGE: entry.from === null ? entry.to : `${entry.from} to ${entry.to}`,
  BY: entry.who,
  DOWN: entry.downMs === null ? '-' : tookText(entry.downMs),
  RESULT: resultText(entry),
  'WAY BACK':
    entry.from === null || !['done', 'failed'].includes(entry.result) ? '-' : (entry.blockedBy ?? `to ${entry.from}`),
  WHY: entry.result === 'done' ? '' : plainText(entry.reason ?? ''),
});

/** One change in rows of its own, nothing of it cut. */
const entryRows = (
  { ID, WHEN, SERVICE, CHANGE, BY, DOWN, RESULT, 'WAY BACK': back, WHY }: Cells,
  width: number,
): readonly string[] => {
  const down = DOWN === '-' ? '' : `, ${DOWN} down`;
  const told = `${CHANGE} by ${BY}: ${RESULT}${down}${back === '-' ? '' : `; way back: ${back}`}${WHY === '' ? '' : `: ${WHY}`}`;
  return [`${ID}  ${WHEN}  ${SERVICE}`, ...wrapWords(told, Math.max(16, width - 2)).map((row) => `  ${row}`)];
};

/** Columns of a terminal that a table takes with nothing cut. */
const tableWidth = (rows: readonly Readonly<Record<string, string>>[], columns: readonly string[]): number =>
  columns.reduce((sum, name) => sum + 3 + Math.max(widthOf(name), ...rows.map((row) => widthOf(row[name] ?? ''))), 1);
