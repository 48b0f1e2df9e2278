import { limits } from '../core/limits.ts';
import { parseMark } from '../core/log-mark.ts';

/** A line as it lies in the file: where it begins and its bytes, without the end of line. */
export type RawLine = {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** `mark`: written by booty at a start; it begins with the record separator. */
  readonly kind: 'line' | 'mark';
};

export type LineSplitter = {
  /** Takes the next bytes of the file and gives the lines they complete, which lie in them; nothing else of them is kept. */
  readonly push: (chunk: Uint8Array) => RawLine[];
  /** Gives what is left without an end of line, and starts anew behind it. */
  readonly flush: () => RawLine[];
};

const newline = 0x0a;
/** Begins booty's own mark, even in the middle of a line that a program left unfinished. */
const recordSeparator = 0x1e;
const decoder = new TextDecoder();

/**
Splits the bytes of a log into lines from the given offset on. A line longer than `lineBytesMax` is cut: its rest is
passed over without being kept, so memory does not grow with a line that never ends. Marks are those of that service: a
program may print another one's log.
*/
export const createLineSplitter = (
  fromByte: number,
  service: string,
  lineBytesMax: number = limits.logLineBytesMax,
): LineSplitter => {
  let offset = fromByte;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let seenBytes = 0;

  const keep = (piece: Uint8Array): void => {
    seenBytes += piece.length;
    const room = lineBytesMax - pendingBytes;
    if (room <= 0 || piece.length === 0) return;
    const kept = piece.subarray(0, room);
    pending.push(kept);
    pendingBytes += kept.length;
  };

  const take = (endBytes: number): RawLine[] => {
    const bytes = pending.length === 1 && pending[0] ? pending[0] : concat(pending, pendingBytes);
    const lines = splitMark(offset, bytes, service);
    offset += seenBytes + endBytes;
    pending = [];
    pendingBytes = 0;
    seenBytes = 0;
    return lines;
  };

  return {
    push: (chunk) => {
      const lines: RawLine[] = [];
      let start = 0;
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        keep(chunk.subarray(start, end));
        lines.push(...take(1));
        start = end + 1;
      }
      // The chunk is its reader's, which may read the next one into it.
      keep(new Uint8Array(chunk.subarray(start)));
      return lines;
    },
    flush: () => (seenBytes === 0 ? [] : take(0)),
  };
};

const splitMark = (offset: number, bytes: Uint8Array, service: string): RawLine[] => {
  const at = bytes.lastIndexOf(recordSeparator);
  // Programs may begin records with it too (RFC 7464): only what reads as a mark is one.
  if (at === -1 || parseMark(decoder.decode(bytes.subarray(at)))?.service !== service) {
    return [{ offset, bytes, kind: 'line' }];
  }
  const mark: RawLine = { offset: offset + at, bytes: bytes.subarray(at), kind: 'mark' };
  return at === 0 ? [mark] : [{ offset, bytes: bytes.subarray(0, at), kind: 'line' }, mark];
};

const concat = (pieces: readonly Uint8Array[], length: number): Uint8Array => {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
};
