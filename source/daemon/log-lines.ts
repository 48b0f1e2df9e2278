import type { LogFound, LogLine, LogWindow } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import { readLogPattern } from '../core/log-pattern.ts';
import type { Files } from '../ports.ts';
import { TimedOut } from './guarded.ts';
import { createLineMatcher, type LineMatcher } from './line-matcher.ts';
import { createLineSplitter, type LineSplitter, type RawLine } from './line-splitter.ts';
import { searchLog, type SearchAsk } from './log-search.ts';
import type { LogWatch } from './log-watch.ts';
import { readWindow } from './log-window.ts';

export type LogLines = {
  readonly window: (
    service: string,
    ask: {
      readonly lines: number;
      readonly end: number | null;
      readonly start: number | null;
      /** Lines that match say what matches. */
      readonly pattern?: string | null;
    },
  ) => Promise<LogWindow>;
  /** One bounded part of a search. Throws LOG_PATTERN_BAD, LOG_PATTERN_SLOW. */
  readonly search: (service: string, pattern: string, ask: SearchAsk) => Promise<LogFound>;
  /**
  The last `lines` of each service (or what lies behind its byte of `bytes`), then what comes; ends when `gone` resolves
  or, flushed, after `close`.
  */
  readonly follow: (
    services: readonly string[],
    from: { readonly lines: number; readonly bytes: Readonly<Record<string, number>> },
    follow: boolean,
    gone: Promise<void>,
  ) => AsyncGenerator<LogLine>;
  /** Where each log ends now, in bytes. */
  readonly ends: (services: readonly string[]) => Promise<Readonly<Record<string, number>>>;
  /** Everything written so far is handed to the followers, and they end. */
  readonly close: () => Promise<void>;
};

type Tail = { readonly service: string; at: number; generation: number; splitter: LineSplitter };

/** Lines of logs as clients see them. Panes are windows on files: nothing is kept here but positions. */
export const createLogLines = (files: Files, watch: LogWatch, pathOf: (service: string) => string): LogLines => {
  const decoder = new TextDecoder();
  const closers = new Set<() => Promise<void>>();
  let closed = false;

  /** The one last used is kept: a search comes in many calls. */
  let matching: { readonly pattern: string; readonly matcher: LineMatcher } | null = null;
  const matcherOf = (text: string): LineMatcher => {
    if (matching?.pattern === text) return matching.matcher;
    const pattern = readLogPattern(text);
    if ('problem' in pattern) throw new BootyError('LOG_PATTERN_BAD', { pattern: text, problem: pattern.problem });
    matching = { pattern: text, matcher: createLineMatcher(pattern) };
    return matching.matcher;
  };

  const nameLine = (service: string, generation: number, raw: RawLine): LogLine => ({
    service,
    generation,
    offset: raw.offset,
    atMs: watch.timeOf(service, raw.offset),
    text: decoder.decode(raw.kind === 'mark' ? raw.bytes.subarray(1) : raw.bytes),
    kind: raw.kind,
  });
  const generationOf = (service: string): number => watch.ends().get(service)?.generation ?? 1;

  /** Reads one piece on from where the tail stands; `more` when the file goes on behind it. */
  const readOn = async (tail: Tail): Promise<{ readonly lines: readonly LogLine[]; readonly more: boolean }> => {
    const path = pathOf(tail.service);
    const sizeBytes = (await files.stat(path))?.sizeBytes ?? 0;
    if (sizeBytes < tail.at) {
      tail.at = 0;
      tail.generation = generationOf(tail.service);
      tail.splitter = createLineSplitter(0);
    }
    const chunk = await files.readRange(path, tail.at, Math.min(limits.logReadBytesMax, sizeBytes - tail.at));
    tail.at += chunk.length;
    const lines = tail.splitter.push(chunk).map((raw) => nameLine(tail.service, tail.generation, raw));
    return { lines, more: chunk.length > 0 && tail.at < sizeBytes };
  };

  async function* follow(
    services: readonly string[],
    from: { readonly lines: number; readonly bytes: Readonly<Record<string, number>> },
    live: boolean,
    gone: Promise<void>,
  ): AsyncGenerator<LogLine> {
    const ready: LogLine[] = [];
    const tails: Tail[] = [];
    for (const service of services) {
      const start = from.bytes[service] ?? null;
      const ask = start === null ? { lines: from.lines, end: null, start } : { lines: 0, end: start, start: null };
      const { lines, endByte } = await readWindow(files, pathOf(service), ask);
      const generation = generationOf(service);
      const last = lines.at(-1);
      // A last line that is still being written is left to the tail, which waits for its end.
      const open = live && last !== undefined && last.offset + last.bytes.length === endByte ? last : null;
      for (const raw of lines) if (raw !== open) ready.push(nameLine(service, generation, raw));
      const at = open ? open.offset : endByte;
      tails.push({ service, at, generation, splitter: createLineSplitter(at) });
    }
    ready.sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
    yield* ready.splice(0);
    if (!live) return;
    yield* followOn(tails, gone);
  }

  async function* followOn(tails: readonly Tail[], gone: Promise<void>): AsyncGenerator<LogLine> {
    let ended = closed;
    let wake: () => void = () => {};
    const flushed = Promise.withResolvers<void>();
    const grown = new Set(tails.map((tail) => tail.service));
    const stopWatching = watch.onGrowth((names) => {
      for (const name of names) grown.add(name);
      wake();
    });
    const close = (): Promise<void> => {
      ended = true;
      wake();
      return flushed.promise;
    };
    closers.add(close);
    let left = false;
    void gone.then(() => {
      left = true;
      wake();
    });
    try {
      for (;;) {
        const last = ended;
        for (const tail of tails) {
          if (!last && !grown.delete(tail.service)) continue;
          for (let more = true; more && !left;) {
            const piece = await readOn(tail);
            yield* piece.lines;
            more = piece.more;
          }
          if (last) yield* tail.splitter.flush().map((raw) => nameLine(tail.service, tail.generation, raw));
        }
        if (last || left) return;
        if (grown.size === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
        if (left) return;
      }
    } finally {
      stopWatching();
      closers.delete(close);
      flushed.resolve();
    }
  }

  return {
    window: async (service, ask) => {
      const { lines, endByte, fileBytes } = await readWindow(files, pathOf(service), ask);
      const named = lines.map((raw) => nameLine(service, generationOf(service), raw));
      if (ask.pattern === undefined || ask.pattern === null) return { lines: named, endByte, fileBytes };
      const matcher = matcherOf(ask.pattern);
      return { lines: named.map((line) => withMatches(line, matcher)), endByte, fileBytes };
    },
    search: async (service, pattern, ask) => {
      const matcher = matcherOf(pattern);
      try {
        const found = await searchLog(files, pathOf(service), matcher, ask);
        const generation = generationOf(service);
        const lines = found.lines.flatMap(({ offset, bytes }) => {
          const splitter = createLineSplitter(offset);
          return [...splitter.push(bytes), ...splitter.flush()].map((raw) =>
            withMatches(nameLine(service, generation, raw), matcher),
          );
        });
        // A mark in the middle of a line stands for itself: it may be the other part that matches.
        return { ...found, lines: lines.length === found.lines.length ? lines : lines.filter((line) => line.matches) };
      } catch (error) {
        if (error instanceof TimedOut) throw new BootyError('LOG_PATTERN_SLOW', { pattern, service }, { cause: error });
        throw error;
      }
    },
    follow,
    ends: async (services) => {
      const sizes = services.map(async (name) => [name, (await files.stat(pathOf(name)))?.sizeBytes ?? 0] as const);
      return Object.fromEntries(await Promise.all(sizes));
    },
    close: async () => {
      closed = true;
      await Promise.all([...closers].map((end) => end()));
    },
  };
};

const withMatches = (line: LogLine, matcher: LineMatcher): LogLine => {
  try {
    const matches = matcher.partsOf(line.text);
    return matches.length === 0 ? line : { ...line, matches };
  } catch (error) {
    // What cannot be told in time is shown without; the search itself says that the pattern is too slow.
    if (error instanceof TimedOut) return line;
    throw error;
  }
};
