import { renderToString, Text } from 'ink';
import type { ReactNode } from 'react';
import { cut, pad, widthOf } from '../source/tui/text.ts';
import { loadInkTable } from './ink-table.ts';

export type TableRow = Readonly<Record<string, string>>;

/**
A table for commands that print once and end, drawn by ink-table and made fit for a terminal of that width: the widest
columns give way, wide characters line up, and only the heading has a rule below it. Without a final newline.
*/
export const renderTable = async (
  rows: readonly TableRow[],
  columns: readonly string[],
  terminalColumns: number,
): Promise<string> => {
  const Table = await loadInkTable();
  const widths = fitWidths(rows, columns, terminalColumns);
  // ink-table measures by String.length; with every value that long, its widths are ours and the cell draws the rest.
  const data = rows.map((row) =>
    Object.fromEntries(columns.map((name, index) => [name, stretch(row[name] ?? '', widths[index] ?? 0)])),
  );
  const Cell = ({ column, children }: { readonly column: number; readonly children?: ReactNode }): ReactNode => {
    const width = widths[column] ?? 0;
    return <Text>{` ${pad(cut((typeof children === 'string' ? children : '').trim(), width), width)} `}</Text>;
  };
  const total = widths.reduce((sum, width) => sum + width + 3, 1);
  const drawn = renderToString(
    <Table data={data} columns={columns} padding={1} header={Heading} cell={Cell} skeleton={Skeleton} />,
    { columns: total },
  );
  return withoutInnerRules(drawn.split('\n')).join('\n');
};

const Heading = ({ children }: { readonly children?: ReactNode }): ReactNode => <Text bold>{children}</Text>;
const Skeleton = ({ children }: { readonly children?: ReactNode }): ReactNode => <Text dimColor>{children}</Text>;

const columnWidthMin = 6;

const fitWidths = (
  rows: readonly TableRow[],
  columns: readonly string[],
  terminalColumns: number,
): readonly number[] => {
  // Headings are drawn by ink-table itself, whole.
  const least = columns.map((name) => Math.max(name.length, 1));
  const widths = columns.map((name, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[name] ?? '')), least[index] ?? 1),
  );
  const total = () => widths.reduce((sum, width) => sum + width + 3, 1);
  while (total() > terminalColumns) {
    const widest = widths.indexOf(Math.max(...widths));
    const current = widths[widest] ?? 0;
    const floor = Math.max(columnWidthMin, least[widest] ?? 0);
    if (current <= floor) break;
    widths[widest] = Math.max(floor, current - (total() - terminalColumns));
  }
  return widths;
};

const stretch = (value: string, length: number): string => {
  const fitting = cut(value, length);
  return fitting.length > length ? fitting.slice(0, length) : fitting.padEnd(length);
};

const withoutInnerRules = (lines: readonly string[]): readonly string[] => {
  const isRule = (line: string) => line.includes('├');
  const first = lines.findIndex(isRule);
  return lines.filter((line, index) => index === first || !isRule(line));
};
