import { allLines, type LogBegin, type LogLine } from '../api/protocol.ts';
import type { LineMatcher } from './line-matcher.ts';
import { createLogReader, lineTime, type LogReader } from './log-reader.ts';
import { lastLinesStart, lastMatchesStart, timeStart } from './log-start.ts';
import type { Spool } from './log-spool.ts';

/** What of the logs is wanted. */
export type FollowAsk = {
  /** The last lines of each service, of those that match where a pattern is given. */
  readonly lines: number;
  /** Service → byte to begin at, in place of its last lines. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Nothing older. */
  readonly sinceMs?: number | null;
  readonly pattern?: string | null;
  /** Capital letters never count. */
  readonly ignoreCase?: boolean;
  /** Told of each log where it begins, before any line. */
  readonly onBegin?: (begin: LogBegin) => void;
};

/** One log on the way through what was there when it was asked for. */
export type Tail = {
  readonly spool: Spool;
  readonly reader: LogReader;
  readonly startByte: number;
  readonly untilByte: number;
};

export const openTail = async (spool: Spool, ask: FollowAsk, matcher: LineMatcher | null): Promise<Tail> => {
  const { fromByte, endByte } = await spool.span();
  const given = ask.bytes[spool.service];
  const since = ask.sinceMs ?? null;
  const first = since === null ? fromByte : await timeStart(spool, fromByte, endByte, since);
  const start =
    given !== undefined
      ? Math.min(given, endByte)
      : ask.lines >= allLines
        ? first
        : matcher === null
          ? await lastLinesStart(spool, first, endByte, ask.lines)
          : await lastMatchesStart(spool, matcher, first, endByte, ask.lines);
  return { spool, reader: createLogReader(spool, start, matcher), startByte: start, untilByte: endByte };
};

/**
The lines of several logs that are there already, in the order of their times; a line whose time is not known keeps to
the one before it. Memory holds one piece of each log. Lines without an end are left out, for `flush` or for later.
*/
export async function* mergeTails(tails: readonly Tail[], hasPattern: boolean): AsyncGenerator<LogLine> {
  const sources = tails.map((tail) => ({ ...tail, lines: [] as readonly LogLine[], at: 0, more: true, timeMs: 0 }));
  type Source = (typeof sources)[number];
  const isAlone = sources.length === 1;

  const fill = async (source: Source): Promise<void> => {
    while (source.at >= source.lines.length && source.more) {
      const { lines, more } = hasPattern
        ? await source.reader.nextMatches(source.untilByte)
        : await source.reader.next();
      source.lines = lines;
      source.at = 0;
      // Under a flood the end moves on: what comes later is for those who follow.
      source.more = more && (lines.at(-1)?.offset ?? 0) < source.untilByte;
    }
    stamp(source);
  };
  const stamp = (source: Source): void => {
    const line = source.lines[source.at];
    if (line && !isAlone) source.timeMs = Math.max(source.timeMs, lineTime(source.spool, line) ?? 0);
  };

  for (const source of sources) await fill(source);
  for (;;) {
    let first: Source | null = null;
    for (const source of sources) {
      if (source.at < source.lines.length && (first === null || source.timeMs < first.timeMs)) first = source;
    }
    const line = first?.lines[first.at];
    if (!first || !line) return;
    yield line;
    first.at += 1;
    if (first.at < first.lines.length) stamp(first);
    else await fill(first);
  }
}
