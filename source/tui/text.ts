/**
Text made safe and measured for the screen. Logs hold whatever a program cares to print: escape sequences that move the
cursor or set the window's title, tabs, progress bars redrawn with carriage returns, characters two columns wide.
*/
import stringWidth from 'string-width';

/** Columns the text takes; text without control characters. */
export const widthOf = (text: string): number => (ascii.test(text) ? text.length : stringWidth(text));

/**
One line without anything a terminal would obey: escape sequences (ECMA-48: CSI, OSC, DCS, SOS, PM, APC and short
ones, also when cut off at the end) and control characters go, tabs become spaces to the next eighth column. Of a line
redrawn with carriage returns the last state stays. Direction overrides go: they would reorder the rest of the row.
*/
export const plainText = (raw: string): string => {
  if (ascii.test(raw)) return raw;
  const redrawn = raw.replace(/[\r\n]+$/, '');
  const last = redrawn.slice(redrawn.lastIndexOf('\r') + 1);
  const bare = last
    .replace(sequences, '')
    .replace(/[\u2028\u2029]/g, ' ')
    .replace(invisible, '')
    .toWellFormed();
  return bare.includes('\t') ? expandTabs(bare) : bare;
};

/** The part from column `from` on that fits `width` columns; `end` replaces the last column when more follows. */
export const cut = (text: string, width: number, end = '…', from = 0): string => {
  if (width <= 0) return '';
  if (ascii.test(text)) {
    const shifted = from === 0 ? text : text.slice(from);
    return shifted.length <= width ? shifted : `${shifted.slice(0, Math.max(0, width - end.length))}${end}`;
  }
  const shifted = from === 0 ? text : skipColumns(text, from);
  let kept = '';
  let keptWidth = 0;
  let whole = '';
  let wholeWidth = 0;
  for (const { segment } of graphemes.segment(shifted)) {
    // Endless stacks of combining marks cost bytes without showing anything.
    const grapheme = segment.length > graphemeLengthMax ? segment.slice(0, graphemeLengthMax).toWellFormed() : segment;
    const graphemeWidth = widthOf(grapheme);
    if (wholeWidth + graphemeWidth > width) return pad(kept, Math.max(0, width - end.length)) + end;
    whole += grapheme;
    wholeWidth += graphemeWidth;
    if (wholeWidth <= width - end.length) {
      kept = whole;
      keptWidth = wholeWidth;
    }
  }
  return keptWidth === wholeWidth ? kept : whole;
};

/** Spaces on the right (or the left) up to the width; longer text stays as it is. */
export const pad = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const missing = width - widthOf(text);
  if (missing <= 0) return text;
  return align === 'left' ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
};

/** The text in rows of at most `width` columns, broken anywhere (logs are not prose); at most `rowsMax` of them. */
export const wrapText = (text: string, width: number, rowsMax: number, end = '…'): readonly string[] => {
  if (width <= 0 || rowsMax <= 0) return [];
  const rows: string[] = [];
  let row = '';
  let rowWidth = 0;
  for (const { segment } of ascii.test(text) ? chunks(text, width) : graphemes.segment(text)) {
    const segmentWidth = widthOf(segment);
    if (segmentWidth > width) continue;
    if (rowWidth + segmentWidth > width) {
      if (rows.length === rowsMax - 1) return [...rows, cut(`${row}${segment}`, width, end)];
      rows.push(row);
      row = '';
      rowWidth = 0;
    }
    row += segment;
    rowWidth += segmentWidth;
  }
  return [...rows, row];
};

/** Words in rows of at most `width` columns, for prose; a word that is too long is broken. */
export const wrapWords = (text: string, width: number): readonly string[] => {
  const rows: string[] = [];
  let row = '';
  for (const word of text.split(' ')) {
    const joined = row === '' ? word : `${row} ${word}`;
    if (widthOf(joined) <= width) {
      row = joined;
      continue;
    }
    if (row !== '') rows.push(row);
    const pieces = wrapText(word, width, 1000);
    rows.push(...pieces.slice(0, -1));
    row = pieces.at(-1) ?? '';
  }
  return [...rows, row];
};

const ascii = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const graphemeLengthMax = 16;

// CSI; OSC up to BEL or ST; DCS, SOS, PM, APC up to ST; then any other escape with its intermediates.
const sequences =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /(?:\x1b\[|\x9b)[\x30-\x3f]*[\x20-\x2f]*(?:[\x40-\x7e]|$)|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c]*(?:\x1b\\|\x9c|$)|\x1b[\x20-\x2f]*(?:[\x30-\x7e]|$)/g;
// Control characters but the tab, and what changes the direction of text.
const invisible = /(?!\t)\p{Control}|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const tabColumns = 8;
const expandTabs = (text: string): string => {
  let expanded = '';
  let column = 0;
  for (const [index, piece] of text.split('\t').entries()) {
    if (index > 0) {
      const spaces = tabColumns - (column % tabColumns);
      expanded += ' '.repeat(spaces);
      column += spaces;
    }
    expanded += piece;
    column += widthOf(piece);
  }
  return expanded;
};

/** What is left of the text without its first columns. */
export const skipColumns = (text: string, columns: number): string => {
  let skipped = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    if (skipped >= columns) return text.slice(index);
    skipped += widthOf(segment);
  }
  return '';
};

const chunks = function* (text: string, size: number): Iterable<{ readonly segment: string }> {
  for (let from = 0; from < text.length; from += size) yield { segment: text.slice(from, from + size) };
};
