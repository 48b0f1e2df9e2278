/** A line of a log as the screen shows it: taken apart where its shape is known, with what was searched for marked. */
import type { LogLine } from '../api/protocol.ts';
import { readLogLine, type LogLevel, type ReadLine } from '../core/log-line.ts';
import { parseMark } from '../core/log-mark.ts';
import { formatClock } from './format.ts';
import { span, type Line, type Span, type Tone } from './line.ts';
import { cut, pad, plainText, skipColumns, widthOf, wrapText } from './text.ts';

/** The whole line, made safe, of which at least `columns` are there; not cut or padded to any width. */
export const logLineOf = (
  line: LogLine,
  of: { readonly isRaw: boolean; readonly columns: number; readonly rule: string },
): Line => {
  if (line.kind === 'mark') return [span(markText(line, of.rule.repeat(2)), 'dim')];
  const read = of.isRaw ? null : readLogLine(line.text);
  const spans = read ? readSpans(read) : [span(seen(line, of.columns))];
  return line.matches ? spans.flatMap((piece) => markFound(piece, line.matches ?? [])) : spans;
};

/** A line of a log that is known by its text alone. */
export const logTextLine = (text: string, columns: number): Line =>
  logLineOf(
    { service: '', generation: 0, offset: 0, atMs: null, text, kind: 'line' },
    { isRaw: false, columns, rule: '' },
  );

/** The line without its first columns. */
export const shiftLine = (line: Line, columns: number): Line => {
  let left = columns;
  return line.flatMap((piece) => {
    if (left <= 0) return [piece];
    const width = widthOf(piece.text);
    const rest = width <= left ? '' : skipColumns(piece.text, left);
    left -= width;
    return rest === '' ? [] : [{ ...piece, text: rest }];
  });
};

/** The line in rows of at most `width` columns, at most `rowsMax` of them. */
export const wrapLine = (line: Line, width: number, rowsMax: number, end = '…'): readonly Line[] => {
  const text = line.map((piece) => piece.text).join('');
  let at = 0;
  return wrapText(text, width, rowsMax, '').map((row, index, rows) => {
    const isCut = index === rows.length - 1 && at + row.length < text.length;
    const pieces = sliceLine(line, at, at + row.length);
    at += row.length;
    return isCut ? [...sliceLine(pieces, 0, cut(row, width - widthOf(end), '').length), span(end, 'dim')] : pieces;
  });
};

/** Where the service was started anew. */
const markText = (line: LogLine, rule: string): string => {
  const mark = parseMark(line.text);
  if (mark === null) return plainText(line.text);
  const version = mark.version === null ? '' : `, version ${mark.version}`;
  return `${rule} started, pid ${mark.pid}${version} ${rule}`;
};

/** Only as much of a line as can be shown is looked at. */
const seen = (line: LogLine, columns: number): string => plainText(line.text.slice(0, columns * 4 + 1024));

const readSpans = (read: ReadLine): Line => {
  const clock = read.atMs === null ? read.clock : formatClock(read.atMs);
  const isLoud = read.level === 'error' || read.level === 'fatal';
  return [
    ...(clock === null ? [] : [span(`${clock} `, 'dim')]),
    ...(read.level === null ? [] : [span(`${pad(read.level.toUpperCase(), 5)} `, toneOfLevel[read.level])]),
    span(read.message, isLoud ? 'strong' : 'plain'),
    ...(read.fields.length === 0 ? [] : [span(`  ${read.fields.join(' ')}`, 'dim')]),
  ];
};

const toneOfLevel: Readonly<Record<LogLevel, Tone>> = {
  trace: 'dim',
  debug: 'dim',
  info: 'good',
  warn: 'warn',
  error: 'bad',
  fatal: 'alarm',
};

/** The piece with every place of what matched set apart; what stands where the line is read differently stays plain. */
const markFound = (piece: Span, matches: readonly string[]): readonly Span[] => {
  const marked: Span[] = [];
  let rest = piece.text;
  const wanted = [...new Set(matches.map(plainText))].filter((match) => match !== '');
  while (rest !== '') {
    const found = wanted.map((match) => ({ at: rest.indexOf(match), match })).filter(({ at }) => at !== -1);
    const first = found.sort((one, other) => one.at - other.at || other.match.length - one.match.length)[0];
    if (!first) break;
    if (first.at > 0) marked.push({ text: rest.slice(0, first.at), tone: piece.tone });
    marked.push({ text: first.match, tone: 'found' });
    rest = rest.slice(first.at + first.match.length);
  }
  return rest === '' ? marked : [...marked, { text: rest, tone: piece.tone }];
};

const sliceLine = (line: Line, from: number, to: number): Line => {
  let at = 0;
  return line.flatMap((piece) => {
    const start = Math.max(0, from - at);
    const end = Math.min(piece.text.length, to - at);
    at += piece.text.length;
    return start < end ? [{ ...piece, text: piece.text.slice(start, end) }] : [];
  });
};
