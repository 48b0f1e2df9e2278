import type { LogLine } from '../api/protocol.ts';
import { readLogLine } from '../core/log-line.ts';
import { limits } from '../core/limits.ts';
import { createLineSplitter, type LineSplitter, type RawLine } from './line-splitter.ts';
import type { LineMatcher } from './line-matcher.ts';
import { searchLog } from './log-search.ts';
import type { Spool } from './log-spool.ts';

/** Reads the lines of one log from a byte on, as they are asked for; all of a line up to `logStreamLineBytesMax`. */
export type LogReader = {
  readonly service: string;
  /** The next lines up to where the log ended when it was last looked at; `more` when there is more up to there. */
  readonly next: () => Promise<{ readonly lines: readonly LogLine[]; readonly more: boolean }>;
  /** The next lines that match, up to that byte; none behind it that has no end yet. */
  readonly nextMatches: (untilByte: number) => Promise<{ readonly lines: readonly LogLine[]; readonly more: boolean }>;
  /** What is left without an end of line. */
  readonly flush: () => readonly LogLine[];
};

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export const nameLine = (spool: Spool, raw: RawLine): LogLine => ({
  service: spool.service,
  generation: spool.generationOf(raw.offset),
  offset: raw.offset,
  atMs: spool.seenAt(raw.offset)?.atMs ?? null,
  text: decoder.decode(raw.kind === 'mark' ? raw.bytes.subarray(1) : raw.bytes),
  kind: raw.kind,
});

/**
When a line was written, as near as can be told: its own time where that lies within the tick in which it was first seen,
else the tick's; null when neither is known.
*/
export const lineTime = (spool: Spool, line: LogLine): number | null => {
  const seen = spool.seenAt(line.offset);
  const told = readLogLine(line.text)?.atMs ?? null;
  if (seen === null || told === null) return told ?? seen?.atMs ?? null;
  return told <= seen.atMs && told >= (seen.afterMs ?? 0) - tickMs ? told : seen.atMs;
};
const tickMs = 1_000;

/** Little enough for the lines of it to be gone before V8 takes them for something that stays. */
const readBytes = 65_536;

export const createLogReader = (spool: Spool, fromByte: number, matcher: LineMatcher | null): LogReader => {
  let at = fromByte;
  let generation = spool.end().generation;
  const memory = new Uint8Array(readBytes);
  let splitter: LineSplitter = createLineSplitter(at, spool.service, limits.logStreamLineBytesMax);
  const moveTo = (byte: number): void => {
    at = byte;
    splitter = createLineSplitter(at, spool.service, limits.logStreamLineBytesMax);
  };
  const nameAll = (raws: readonly RawLine[]): readonly LogLine[] => {
    const lines = raws.map((raw) => nameLine(spool, raw));
    if (matcher === null) return lines;
    return lines.flatMap((line) => {
      const matches = matcher.partsOf(line.text);
      return matches.length === 0 ? [] : { ...line, matches };
    });
  };

  return {
    service: spool.service,
    next: async () => {
      const span = await spool.span();
      const end = spool.end();
      if (end.generation !== generation) {
        generation = end.generation;
        // What was read of the file before and not packed is gone; its bytes have other lines now.
        if (at > spool.state().baseByte) moveTo(spool.state().baseByte);
      }
      if (at < span.fromByte) moveTo(span.fromByte);
      const bytes = await spool.read(at, Math.min(readBytes, Math.max(0, span.endByte - at)), memory);
      at += bytes.length;
      return { lines: nameAll(splitter.push(bytes)), more: bytes.length > 0 && at < span.endByte };
    },
    nextMatches: async (untilByte) => {
      if (matcher === null || at >= untilByte) return { lines: [], more: false };
      const ask = { direction: 'forward', from: at, until: untilByte, lines: limits.searchLinesMax } as const;
      const found = await searchLog(spool, matcher, ask);
      const lines = found.lines.filter(({ offset }) => offset < found.toByte);
      moveTo(found.toByte);
      const raws = lines.flatMap(({ offset, bytes }) => {
        const one = createLineSplitter(offset, spool.service, limits.logStreamLineBytesMax);
        return [...one.push(bytes), ...one.flush()];
      });
      return { lines: nameAll(raws), more: !found.done };
    },
    flush: () => nameAll(splitter.flush()),
  };
};
