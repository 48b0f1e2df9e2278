import type { Context } from './context.ts';
import { columnsText } from './text.ts';

/** A table drawn to fit a terminal, or plain columns for pipes. */
export const printTable = async (
  { print, terminal }: Context,
  rows: readonly Readonly<Record<string, string>>[],
  columns: readonly string[],
): Promise<void> => {
  if (terminal.outputIsTerminal) {
    const { renderTable } = await import('../../components/one-shot-table.tsx');
    await print.line(await renderTable(rows, columns, terminal.columns));
    return;
  }
  for (const line of columnsText(rows, columns)) await print.line(line);
};
