/**
Draws what a terminal shows as SVG: one text line per row, runs of one look joined. The result is the same bytes for
the same screen, so that a change of the screen shows as a change of the file.
*/
import type { IBufferCell, Terminal } from '@xterm/headless';

export type Palette = {
  readonly background: string;
  readonly foreground: string;
  /** The 16 colours of a terminal, normal then bright. */
  readonly colours: readonly string[];
};

export const dark: Palette = {
  background: '#16181d',
  foreground: '#d7dae0',
  colours:
    '#3b4048 #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #d7dae0 #7f848e #ff7a85 #b5e890 #f5d08a #7cc0ff #d992f0 #6fd0dc #ffffff'.split(
      ' ',
    ),
};

export const light: Palette = {
  background: '#fbfbf9',
  foreground: '#2b2d33',
  colours:
    '#2b2d33 #b3261e #2f7d32 #8a6100 #1f5fbf #8b3fa8 #0b7285 #5c6066 #8a8f98 #d0453c #3f9a42 #a87a10 #3b7de0 #a457c2 #1b8fa3 #17181b'.split(
      ' ',
    ),
};

const cellWidth = 8.4;
const lineHeight = 18;
const margin = 14;

type Run = {
  readonly column: number;
  readonly text: string;
  readonly look: string;
  readonly fill: string | null;
  readonly back: string | null;
};

export const toSvg = (terminal: Terminal, palette: Palette, title: string): string => {
  const { cols, rows, buffer } = terminal;
  const width = Math.ceil(cols * cellWidth + 2 * margin);
  const height = rows * lineHeight + 2 * margin;
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const y = margin + row * lineHeight;
    for (const run of runsOf(terminal, buffer.active.viewportY + row, palette)) {
      const x = (margin + run.column * cellWidth).toFixed(1);
      const length = (run.text.length * cellWidth).toFixed(1);
      if (run.back) lines.push(`<rect x="${x}" y="${y}" width="${length}" height="${lineHeight}" fill="${run.back}"/>`);
      if (run.text.trim() === '') continue;
      const fill = run.fill ? ` fill="${run.fill}"` : '';
      lines.push(`<text x="${x}" y="${y + 13}" textLength="${length}"${fill}${run.look}>${escape(run.text)}</text>`);
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${palette.background}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve" fill="${palette.foreground}">`,
    ...lines,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
};

const runsOf = (terminal: Terminal, row: number, palette: Palette): readonly Run[] => {
  const line = terminal.buffer.active.getLine(row);
  if (!line) return [];
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = line.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const next = runOf(cell, column, palette);
    const last = runs.at(-1);
    const joins =
      last &&
      last.look === next.look &&
      last.fill === next.fill &&
      last.back === next.back &&
      last.column + last.text.length === column;
    if (joins) runs[runs.length - 1] = { ...last, text: last.text + next.text };
    else runs.push(next);
  }
  return runs;
};

const runOf = (cell: IBufferCell, column: number, palette: Palette): Run => {
  const inverse = cell.isInverse() !== 0;
  const front = colourOf(cell.isFgPalette(), cell.getFgColor(), palette);
  const back = colourOf(cell.isBgPalette(), cell.getBgColor(), palette);
  const look = `${cell.isBold() ? ' font-weight="bold"' : ''}${cell.isDim() ? ' opacity="0.6"' : ''}`;
  return {
    column,
    text: cell.getChars() || ' ',
    look,
    fill: inverse ? (back ?? palette.background) : front,
    back: inverse ? (front ?? palette.foreground) : back,
  };
};

const colourOf = (isPalette: boolean, index: number, palette: Palette): string | null =>
  isPalette ? (palette.colours[index] ?? null) : null;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
