import { readLogLine } from '../core/log-line.ts';
import { parseMark } from '../core/log-mark.ts';
import { createLineSplitter } from './line-splitter.ts';
import type { LineMatcher } from './line-matcher.ts';
import type { LogBytes } from './log-bytes.ts';
import { searchLog } from './log-search.ts';
import type { Spool } from './log-spool.ts';

const newline = 0x0a;
const recordSeparator = 0x1e;
const pieceBytes = 1_048_576;
/** Looked at to find a line that says its time. */
const timeBytes = 65_536;

/** Where the last `count` lines of [fromByte, endByte) begin; booty's own marks are not counted. */
export const lastLinesStart = async (
  log: Pick<Spool, 'read' | 'service'>,
  fromByte: number,
  endByte: number,
  count: number,
): Promise<number> => {
  if (count === 0) return endByte;
  let left = count;
  let end = endByte;
  // The end of the last line is no end of a line before it.
  let lineEnd = endByte - 1;
  while (end > fromByte) {
    const start = Math.max(fromByte, end - pieceBytes);
    const bytes = await log.read(start, end - start);
    for (let at = bytes.lastIndexOf(newline); at !== -1; at = at === 0 ? -1 : bytes.lastIndexOf(newline, at - 1)) {
      if (start + at >= lineEnd) continue;
      lineEnd = start + at;
      if (!(await beginsWithMark(log, { offset: start, bytes }, lineEnd + 1))) left -= 1;
      if (left === 0) return lineEnd + 1;
    }
    end = start;
  }
  return fromByte;
};

/** Whether the line that begins at that byte, in these bytes or right behind them, is a mark of booty's. */
const beginsWithMark = async (
  log: Pick<Spool, 'read' | 'service'>,
  near: { readonly offset: number; readonly bytes: Uint8Array },
  lineStart: number,
): Promise<boolean> => {
  const at = lineStart - near.offset;
  if (at < near.bytes.length && near.bytes[at] !== recordSeparator) return false;
  const end = near.bytes.indexOf(newline, at);
  const bytes = end === -1 ? await log.read(lineStart, markBytesMax) : near.bytes.subarray(at, end);
  const length = bytes.indexOf(newline);
  const text = new TextDecoder().decode(length === -1 ? bytes : bytes.subarray(0, length));
  return parseMark(text)?.service === log.service;
};
/** No mark is longer. */
const markBytesMax = 1_024;

/** Where the last `count` lines that match begin, as far back as `fromByte`. Throws TimedOut. */
export const lastMatchesStart = async (
  log: LogBytes,
  matcher: LineMatcher,
  fromByte: number,
  endByte: number,
  count: number,
): Promise<number> => {
  let left = count;
  let from = endByte;
  while (left > 0) {
    const lines = Math.min(left, matchesAtOnce);
    const found = await searchLog(log, matcher, { direction: 'backward', from, until: fromByte, lines });
    left -= found.lines.length;
    from = found.lines.length > 0 && left <= 0 ? (found.lines[0]?.offset ?? from) : found.fromByte;
    if (found.done) break;
  }
  return from;
};
const matchesAtOnce = 1_000;

/**
Where the lines of that time and later begin, by when they were first seen; for those older than the watch by the times
they tell themselves, and where they tell none they count as older.
*/
export const timeStart = async (spool: Spool, fromByte: number, endByte: number, sinceMs: number): Promise<number> => {
  const { offset, unknownToByte } = spool.since(sinceMs);
  if (offset !== null && offset > unknownToByte) return Math.max(fromByte, Math.min(offset, endByte));
  const unknownEnd = Math.min(unknownToByte, endByte);
  // Something older was seen after the unknown part: all of that is older still.
  if (offset === null && unknownToByte < endByte) return endByte;
  return unknownEnd <= fromByte ? fromByte : toldTimeStart(spool, fromByte, unknownEnd, sinceMs);
};

const toldTimeStart = async (log: Spool, fromByte: number, endByte: number, sinceMs: number): Promise<number> => {
  let low = fromByte;
  let high = endByte;
  while (high - low > timeBytes) {
    const middle = low + Math.floor((high - low) / 2);
    const told = await firstTold(log, middle, Math.min(high, middle + timeBytes), null);
    if (told !== null && told.atMs >= sinceMs) high = middle;
    else low = middle;
  }
  const end = Math.min(endByte, high + timeBytes);
  return (await firstTold(log, low, end, sinceMs))?.offset ?? endByte;
};

/** The first line between two bytes that tells a time, not before `sinceMs` where that is given. */
const firstTold = async (
  log: Spool,
  fromByte: number,
  toByte: number,
  sinceMs: number | null,
): Promise<{ readonly offset: number; readonly atMs: number } | null> => {
  const bytes = await log.read(fromByte, toByte - fromByte);
  for (const { offset, bytes: line } of createLineSplitter(fromByte, log.service).push(bytes)) {
    const atMs = readLogLine(new TextDecoder().decode(line))?.atMs ?? null;
    if (atMs !== null && (sinceMs === null || atMs >= sinceMs)) return { offset, atMs };
  }
  return null;
};
