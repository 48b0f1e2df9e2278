import type { LogPiece } from '../api/protocol.ts';
import { parseMark } from '../core/log-mark.ts';
import type { Spool } from './log-spool.ts';

const newline = 0x0a;
const recordSeparator = 0x1e;
/** Small, as each becomes three texts on its way. */
const pieceBytes = 65_536;
/** No mark is longer. */
const markBytesMax = 1_024;

export type PieceReader = {
  /** The bytes up to there, less what may be the beginning of a mark. */
  readonly upTo: (untilByte: number) => AsyncGenerator<LogPiece>;
  readonly flush: () => Generator<LogPiece>;
};

/** Reads a log byte for byte from there on, without the marks booty wrote between what the programs wrote. */
export const readPieces = (spool: Spool, fromByte: number): PieceReader => {
  let at = fromByte;
  let generation = spool.end().generation;
  /** May begin a mark: held back until its end of line tells. */
  let held: Uint8Array = new Uint8Array();
  const memory = new Uint8Array(pieceBytes);

  const piece = (bytes: Uint8Array, endByte: number): LogPiece => ({
    service: spool.service,
    endByte,
    base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
  });

  return {
    upTo: async function* (untilByte) {
      for (;;) {
        const { fromByte: firstByte } = await spool.span();
        const isAnother = spool.end().generation !== generation;
        const { baseByte } = spool.state();
        generation = spool.end().generation;
        const moved = isAnother && at > baseByte ? baseByte : Math.max(at, firstByte);
        if (moved !== at) held = new Uint8Array();
        at = moved;
        const bytes = await spool.read(at, Math.min(pieceBytes, Math.max(0, untilByte - at)), memory);
        if (bytes.length === 0) return;
        at += bytes.length;
        const whole = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
        const split = withoutMarks(whole, spool.service);
        held = split.held;
        const wholeFrom = at - whole.length;
        for (const { from, to } of split.kept) if (to > from) yield piece(whole.subarray(from, to), wholeFrom + to);
      }
    },
    flush: function* () {
      if (held.length > 0) yield piece(held, at);
      held = new Uint8Array();
    },
  };
};

type Range = { readonly from: number; readonly to: number };

/** What is left of the bytes; `held` is what may be a mark whose end has not come. */
const withoutMarks = (
  bytes: Uint8Array,
  service: string,
): { readonly kept: readonly Range[]; readonly held: Uint8Array } => {
  const kept: Range[] = [];
  let start = 0;
  for (let at = bytes.indexOf(recordSeparator); at !== -1; at = bytes.indexOf(recordSeparator, at + 1)) {
    const end = bytes.indexOf(newline, at);
    if (end === -1 && bytes.length - at <= markBytesMax) {
      kept.push({ from: start, to: at });
      return { kept, held: new Uint8Array(bytes.subarray(at)) };
    }
    if (end === -1 || end - at > markBytesMax) continue;
    // Programs may begin records with it too (RFC 7464): only what reads as this service's mark is one.
    if (parseMark(new TextDecoder().decode(bytes.subarray(at, end + 1)))?.service !== service) continue;
    kept.push({ from: start, to: at });
    start = end + 1;
    at = end;
  }
  kept.push({ from: start, to: bytes.length });
  return { kept, held: new Uint8Array() };
};
