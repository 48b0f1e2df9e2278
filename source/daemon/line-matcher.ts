import { isAscii } from 'node:buffer';
import type { LogPattern } from '../core/log-pattern.ts';
import { guarded, TimedOut } from './guarded.ts';

/** Where a matching line lies in the bytes looked at, without its end of line. */
export type MatchedLine = { readonly start: number; readonly end: number };

export type LineMatcher = {
  /**
  Lines that match, in order, at most `max`; the bytes hold whole lines. Throws TimedOut for a pattern that a line
  keeps busy for too long.
  */
  readonly find: (bytes: Uint8Array, max: number) => readonly MatchedLine[];
  /** The parts of a line that match, the first few; empty when it does not match. Throws TimedOut. */
  readonly partsOf: (line: string) => readonly string[];
};

/** A megabyte takes a few milliseconds, more on a busy machine; a pattern that runs on over lines gets no further. */
const wholeTimeoutMs = 250;
/** Line by line the same pattern may yet be quick; beyond this it is no use. */
const linesTimeoutMs = 1000;
const partsMax = 16;
/** Lines in a row that held the required text and did not match: then it is no help. */
const missesMax = 32;
/** Of text made at a time: V8 takes new memory from the system for each text of more than 128 KiB, and that costs more than looking through it. */
const pieceBytes = 65_536;
const newline = 0x0a;

/**
Looks for a pattern in the bytes of a log, many lines at a time: what a line must hold is looked for as bytes, anything
else by a run of the regular expression over many lines, and only the lines found that way are looked at alone. Bytes
that are not ASCII are decoded first, so that `.` is a character and not a byte.
*/
export const createLineMatcher = (pattern: LogPattern): LineMatcher => {
  const inLine = new RegExp(pattern.source, pattern.flags);
  const inText = new RegExp(pattern.source, `${pattern.flags}gm`);
  const parts = new RegExp(pattern.source, `${pattern.flags}g`);
  const required = pattern.required === null ? null : Buffer.from(pattern.required);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let lineByLine = pattern.looksAround;

  /** By the text every match holds; null when it stands in too many lines to be of use. */
  const findByText = (bytes: Buffer, text: Buffer, max: number): readonly MatchedLine[] | null => {
    const found: MatchedLine[] = [];
    let misses = 0;
    for (let at = bytes.indexOf(text); at !== -1 && found.length < max;) {
      const line = lineAround(bytes, at);
      if (inLine.test(lineText(decoder.decode(bytes.subarray(line.start, line.end))))) {
        found.push(line);
        misses = 0;
      } else {
        misses += 1;
        if (misses > missesMax) return null;
      }
      at = line.end >= bytes.length ? -1 : bytes.indexOf(text, line.end + 1);
    }
    return found;
  };

  const findInText = (bytes: Buffer, max: number): readonly MatchedLine[] => {
    const found: MatchedLine[] = [];
    for (let start = 0; start < bytes.length && found.length < max;) {
      const end = pieceEnd(bytes, start);
      for (const line of findInPiece(bytes.subarray(start, end), max - found.length)) {
        found.push({ start: start + line.start, end: start + line.end });
      }
      start = end;
    }
    return found;
  };

  const findInPiece = (bytes: Buffer, max: number): readonly MatchedLine[] => {
    const ascii = isAscii(bytes);
    const text = ascii ? bytes.toString('latin1') : decoder.decode(bytes);
    const toBytes = ascii ? (place: number) => place : placeCounter(text, bytes);
    const found: MatchedLine[] = [];
    inText.lastIndex = 0;
    while (found.length < max) {
      const match = inText.exec(text);
      if (match === null) break;
      const start = match.index === 0 ? 0 : text.lastIndexOf('\n', match.index - 1) + 1;
      const newlineAt = text.indexOf('\n', match.index);
      const end = newlineAt === -1 ? text.length : newlineAt;
      if (start < text.length && inLine.test(lineText(text.slice(start, end)))) {
        const startByte = toBytes(start);
        const endByte = bytes.indexOf(newline, startByte);
        found.push({ start: startByte, end: endByte === -1 ? bytes.length : endByte });
      }
      if (newlineAt === -1) break;
      inText.lastIndex = end + 1;
    }
    return found;
  };

  const findLineByLine = (bytes: Buffer, max: number): readonly MatchedLine[] => {
    const found: MatchedLine[] = [];
    for (let start = 0; start < bytes.length && found.length < max;) {
      const line = lineAround(bytes, start);
      if (inLine.test(lineText(decoder.decode(bytes.subarray(line.start, line.end))))) found.push(line);
      start = line.end + 1;
    }
    return found;
  };

  return {
    find: (raw, max) => {
      const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
      if (!lineByLine) {
        // To keep the time costs more than to look for bytes, so that is done first, and alone for most of a log.
        const first = required === null ? null : bytes.indexOf(required);
        if (first === -1) return [];
        const look = () => (required === null ? null : findByText(bytes, required, max)) ?? findInText(bytes, max);
        if (pattern.isQuick) return look();
        try {
          return guarded(look, wholeTimeoutMs);
        } catch (error) {
          if (!(error instanceof TimedOut)) throw error;
          lineByLine = true;
        }
      }
      return guarded(() => findLineByLine(bytes, max), linesTimeoutMs);
    },
    partsOf: (line) =>
      guarded(() => {
        const found: string[] = [];
        parts.lastIndex = 0;
        for (let match = parts.exec(line); match !== null && found.length < partsMax; match = parts.exec(line)) {
          found.push(match[0]);
          // An empty match does not move on by itself.
          if (match[0] === '') parts.lastIndex += 1;
        }
        return found;
      }, linesTimeoutMs),
  };
};

/** Behind the last line that ends within so many bytes; behind one line where that is longer. */
const pieceEnd = (bytes: Buffer, start: number): number => {
  const most = start + pieceBytes;
  if (most >= bytes.length) return bytes.length;
  const cut = bytes.lastIndexOf(newline, most - 1);
  if (cut >= start) return cut + 1;
  const end = bytes.indexOf(newline, most);
  return end === -1 ? bytes.length : end + 1;
};

const lineAround = (bytes: Buffer, at: number): MatchedLine => {
  const start = at === 0 ? 0 : bytes.lastIndexOf(newline, at - 1) + 1;
  const end = bytes.indexOf(newline, at);
  return { start, end: end === -1 ? bytes.length : end };
};

/** Programs on other systems end lines with CR LF; `$` means the end of what a person sees. */
const lineText = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text);

/** Finds the byte of a line's start by counting lines in both; places must come in growing order. */
const placeCounter = (text: string, bytes: Buffer): ((place: number) => number) => {
  let inText = 0;
  let inBytes = 0;
  return (place) => {
    while (inText < place) {
      inText = text.indexOf('\n', inText) + 1;
      inBytes = bytes.indexOf(newline, inBytes) + 1;
      if (inText === 0 || inBytes === 0) return bytes.length;
    }
    return inBytes;
  };
};
