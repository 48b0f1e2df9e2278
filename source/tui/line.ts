import { cut, pad, plainText, widthOf } from './text.ts';

/** What a piece of text means; the theme turns it into colour, and no meaning rests on colour alone. */
export type Tone = 'plain' | 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad' | 'alarm' | 'chosen' | 'found' | Hue;

/** Tells things apart that are all alike, such as services; the order is that in which they are used. */
export const hues = ['hue1', 'hue2', 'hue3', 'hue4', 'hue5', 'hue6'] as const;
export type Hue = (typeof hues)[number];

export type Span = { readonly text: string; readonly tone: Tone };

/** One row of the screen, its pieces left to right, made by `span`. */
export type Line = readonly Span[];

/** A piece of text, made safe: reasons, versions and names come from outside and may hold anything. */
export const span = (text: string, tone: Tone = 'plain'): Span => ({ text: plainText(text), tone });

export const lineWidth = (line: Line): number => line.reduce((sum, piece) => sum + widthOf(piece.text), 0);

/** The line cut to the width (`end` shows that something is missing) or padded with spaces to exactly the width. */
export const fitLine = (line: Line, width: number, end = '…'): Line => {
  const missing = width - lineWidth(line);
  if (missing === 0) return line;
  if (missing > 0) return [...line, span(' '.repeat(missing))];
  const fitted: Span[] = [];
  let left = width;
  for (const [index, piece] of line.entries()) {
    const pieceWidth = widthOf(piece.text);
    const isLast = index === line.length - 1;
    if (pieceWidth < left || (pieceWidth === left && isLast)) {
      fitted.push(piece);
      left -= pieceWidth;
      continue;
    }
    fitted.push({ text: pad(cut(`${piece.text} `, left, end), left), tone: piece.tone });
    break;
  }
  return fitted;
};

/** Left part and right part on one row; the left one gives way when both do not fit. */
export const splitLine = (left: Line, right: Line, width: number): Line => {
  const rightWidth = lineWidth(right);
  if (rightWidth >= width) return fitLine(right, width);
  return [...fitLine(left, width - rightWidth), ...right];
};

/** All in one tone, as on the selected row. */
export const retone = (line: Line, tone: Tone): Line => [span(line.map((piece) => piece.text).join(''), tone)];

export const textOf = (line: Line): string => line.map((piece) => piece.text).join('');
