import type { LineMatcher } from './line-matcher.ts';
import { freeMemory } from './free-memory.ts';
import type { LogBytes } from './log-bytes.ts';

export type SearchAsk = {
  readonly direction: 'forward' | 'backward';
  /** Byte to begin at, the start of a line; null = the start of the file, or its end when going backward. */
  readonly from: number | null;
  /** Byte not to go beyond; null = the other end of the file. */
  readonly until: number | null;
  /** Most lines wanted. */
  readonly lines: number;
};

export type Found = {
  /** In the order of the file, without their ends of line. */
  readonly lines: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  /** What was looked through: all between these bytes. An unfinished last line is beyond `toByte`, though looked at. */
  readonly fromByte: number;
  readonly toByte: number;
  readonly fileBytes: number;
  /** All there was to look through has been. */
  readonly done: boolean;
};

/** Looked at in one go; between two of them the loop attends to others. A longer line is looked at in pieces. */
const sliceBytes = 1_048_576;
/** One call looks through this much, then tells how far it got. */
const callBytesMax = 67_108_864;
const newline = 0x0a;

/**
Looks through a log for lines that match, one bounded part of it a call: `done` false means to call again from `toByte`
(backward: `fromByte`). The next slice is read while this one is looked at. A file that is not there is an empty one.
*/
export const searchLog = async (log: LogBytes, matcher: LineMatcher, ask: SearchAsk): Promise<Found> => {
  const { fromByte, endByte } = await log.span();
  return ask.direction === 'forward'
    ? searchForward(log, fromByte, matcher, ask, endByte)
    : searchBackward(log, fromByte, matcher, ask, endByte);
};

type Line = Found['lines'][number];

/** Memory for two slices by turns, one being looked at and one being read: new memory for each costs more than reading. */
const createSlices = () => {
  const slices = [new Uint8Array(sliceBytes), new Uint8Array(sliceBytes)];
  let turn = 0;
  return {
    next: (): Uint8Array => slices[(turn += 1) % slices.length] ?? new Uint8Array(sliceBytes),
    /** Once nothing is read into them any more. */
    freeAfter: (reading: Promise<unknown>): void => {
      const free = (): void => slices.forEach(freeMemory);
      void reading.then(free, free);
    },
  };
};

type Slice = { readonly offset: number; readonly bytes: Uint8Array };

const searchForward = async (
  log: LogBytes,
  firstByte: number,
  matcher: LineMatcher,
  ask: SearchAsk,
  fileBytes: number,
): Promise<Found> => {
  const fromByte = Math.max(firstByte, Math.min(ask.from ?? firstByte, fileBytes));
  const limit = Math.min(ask.until ?? fileBytes, fileBytes);
  const slices = createSlices();
  const read = async (at: number): Promise<Slice> => {
    const end = Math.min(limit, at + sliceBytes);
    const bytes = await log.read(at, Math.max(0, end - at), slices.next());
    if (end >= limit) return { offset: at, bytes };
    const cut = bytes.lastIndexOf(newline);
    return { offset: at, bytes: cut === -1 ? bytes : bytes.subarray(0, cut + 1) };
  };
  const lines: Line[] = [];
  let next = read(fromByte);
  try {
    for (;;) {
      const slice = await next;
      const at = slice.offset + slice.bytes.length;
      const done = at >= limit || slice.bytes.length === 0;
      const paused = done || at - fromByte >= callBytesMax;
      if (!paused) next = ahead(read(at));
      lines.push(...linesIn(slice, matcher, ask.lines - lines.length));
      if (lines.length >= ask.lines || paused) {
        const last = lines.at(-1);
        const full = lines.length >= ask.lines && last !== undefined;
        const toByte = full ? Math.min(last.offset + last.bytes.length + 1, at) : done ? lastLineStart(slice) : at;
        return { lines, fromByte, toByte, fileBytes, done: done && (!full || toByte >= limit) };
      }
    }
  } finally {
    slices.freeAfter(next);
  }
};

const searchBackward = async (
  log: LogBytes,
  firstByte: number,
  matcher: LineMatcher,
  ask: SearchAsk,
  fileBytes: number,
): Promise<Found> => {
  const end = Math.max(firstByte, Math.min(ask.from ?? fileBytes, fileBytes));
  const limit = Math.max(firstByte, Math.min(ask.until ?? firstByte, end));
  const slices = createSlices();
  const read = async (to: number): Promise<Slice> => {
    const start = Math.max(limit, to - sliceBytes);
    const bytes = await log.read(start, to - start, slices.next());
    if (start === limit) return { offset: start, bytes };
    // What stands first may be the end of a line that begins before.
    const cut = bytes.indexOf(newline);
    if (cut === -1 || cut === bytes.length - 1) return { offset: start, bytes };
    return { offset: start + cut + 1, bytes: bytes.subarray(cut + 1) };
  };
  let lines: readonly Line[] = [];
  let toByte: number | null = null;
  let next = read(end);
  try {
    for (;;) {
      const slice = await next;
      toByte ??= end === fileBytes ? lastLineStart(slice) : end;
      const done = slice.offset <= limit || slice.bytes.length === 0;
      const paused = done || end - slice.offset >= callBytesMax;
      if (!paused) next = ahead(read(slice.offset));
      const found = linesIn(slice, matcher, Infinity);
      lines = [...found, ...lines].slice(-ask.lines);
      if (lines.length >= ask.lines || paused) {
        const first = lines[0];
        const full = lines.length >= ask.lines && first !== undefined;
        const fromByte = full ? first.offset : slice.offset;
        return { lines, fromByte, toByte, fileBytes, done: done && (!full || fromByte <= limit) };
      }
    }
  } finally {
    slices.freeAfter(next);
  }
};

/** A read that may not be needed any more: then its failure is nobody's. */
const ahead = (reading: Promise<Slice>): Promise<Slice> => {
  reading.catch(() => {});
  return reading;
};

const linesIn = (slice: Slice, matcher: LineMatcher, max: number): readonly Line[] =>
  slice.bytes.length === 0
    ? []
    : matcher.find(slice.bytes, max).map(({ start, end }) => ({
        offset: slice.offset + start,
        bytes: new Uint8Array(slice.bytes.subarray(start, end)),
      }));

/** Where the slice's last line begins when it has no end yet, else the slice's end. */
const lastLineStart = ({ offset, bytes }: Slice): number => offset + bytes.lastIndexOf(newline) + 1;
