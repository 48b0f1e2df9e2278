import type { LogFound, LogLine, LogPiece, LogWindow } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import { readLogPattern } from '../core/log-pattern.ts';
import { TimedOut } from './guarded.ts';
import { createLineMatcher, type LineMatcher } from './line-matcher.ts';
import { createLineSplitter } from './line-splitter.ts';
import { type FollowAsk, mergeTails, openTail, type Tail } from './log-follow.ts';
import { readPieces } from './log-pieces.ts';
import { nameLine } from './log-reader.ts';
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
  What is there already in the order of time, then what comes; ends when `gone` resolves or, flushed, after `close`.
  Throws LOG_PATTERN_BAD, LOG_PATTERN_SLOW.
  */
  readonly follow: (
    services: readonly string[],
    from: FollowAsk,
    follow: boolean,
    gone: Promise<void>,
  ) => AsyncGenerator<LogLine>;
  /** The bytes the service's programs wrote, without booty's marks; ends as `follow` does. */
  readonly raw: (service: string, from: FollowAsk, follow: boolean, gone: Promise<void>) => AsyncGenerator<LogPiece>;
  /** Where each log ends now, in bytes. */
  readonly ends: (services: readonly string[]) => Promise<Readonly<Record<string, number>>>;
  /** Everything written so far is handed to the followers, and they end. */
  readonly close: () => Promise<void>;
};

/** Lines of logs as clients see them. Panes are windows on files: nothing is kept here but positions. */
export const createLogLines = (watch: LogWatch): LogLines => {
  const closers = new Set<() => Promise<void>>();
  let closed = false;

  /** The one last used is kept: a search comes in many calls. */
  let matching: { readonly pattern: string; readonly ignoreCase: boolean; readonly matcher: LineMatcher } | null = null;
  const matcherOf = (text: string, ignoreCase = false): LineMatcher => {
    if (matching?.pattern === text && matching.ignoreCase === ignoreCase) return matching.matcher;
    const pattern = readLogPattern(text, ignoreCase);
    if ('problem' in pattern) throw new BootyError('LOG_PATTERN_BAD', { pattern: text, problem: pattern.problem });
    matching = { pattern: text, ignoreCase, matcher: createLineMatcher(pattern) };
    return matching.matcher;
  };

  /** Runs each time one of the services' logs has grown, once at first, and a last time after `close`. */
  async function* turns(
    services: readonly string[],
    gone: Promise<void>,
  ): AsyncGenerator<{ readonly grown: ReadonlySet<string>; readonly isLast: boolean; readonly isGone: () => boolean }> {
    let ended = closed;
    let left = false;
    let wake: () => void = () => {};
    const flushed = Promise.withResolvers<void>();
    let grown = new Set(services);
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
    void gone.then(() => {
      left = true;
      wake();
    });
    try {
      for (;;) {
        const isLast = ended;
        const now = isLast ? new Set(services) : grown;
        grown = new Set();
        yield { grown: now, isLast, isGone: () => left };
        if (isLast || left) return;
        if (grown.size === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
        if (left) return;
      }
    } finally {
      stopWatching();
      closers.delete(close);
      flushed.resolve();
    }
  }

  async function* followAll(
    services: readonly string[],
    ask: FollowAsk,
    matcher: LineMatcher | null,
    live: boolean,
    gone: Promise<void>,
  ): AsyncGenerator<LogLine> {
    try {
      const tails: Tail[] = [];
      for (const service of services) tails.push(await openTail(await watch.logOf(service), ask, matcher));
      for (const { spool, startByte } of tails) ask.onBegin?.({ service: spool.service, beginByte: startByte });
      yield* mergeTails(tails, matcher !== null);
      if (live) yield* followOn(tails, gone);
      else for (const { reader } of tails) yield* await lastLine(reader);
    } catch (error) {
      if (!(error instanceof TimedOut)) throw error;
      throw new BootyError(
        'LOG_PATTERN_SLOW',
        { pattern: ask.pattern ?? '', service: services.join(', ') },
        { cause: error },
      );
    }
  }

  async function* followOn(tails: readonly Tail[], gone: Promise<void>): AsyncGenerator<LogLine> {
    const names = tails.map(({ spool }) => spool.service);
    for await (const { grown, isLast, isGone } of turns(names, gone)) {
      for (const { reader } of tails) {
        if (!grown.has(reader.service)) continue;
        for (let more = true; more && !isGone();) {
          const piece = await reader.next();
          yield* piece.lines;
          more = piece.more;
        }
        if (isLast) yield* reader.flush();
      }
    }
  }

  async function* raw(service: string, ask: FollowAsk, live: boolean, gone: Promise<void>): AsyncGenerator<LogPiece> {
    const spool = await watch.logOf(service);
    const { untilByte, startByte } = await openTail(spool, ask, null);
    const pieces = readPieces(spool, startByte);
    // Who has heard nothing yet is to know as well from where to go on with another daemon.
    yield { service, endByte: startByte, base64: '' };
    if (!live) {
      yield* pieces.upTo(untilByte);
      yield* pieces.flush();
      return;
    }
    for await (const { isLast } of turns([service], gone)) {
      yield* pieces.upTo((await spool.span()).endByte);
      if (isLast) yield* pieces.flush();
    }
  }

  return {
    window: async (service, ask) => {
      const spool = await watch.logOf(service);
      const { lines, endByte, fileBytes } = await readWindow(spool, ask);
      const named = lines.map((line) => nameLine(spool, line));
      if (ask.pattern === undefined || ask.pattern === null) return { lines: named, endByte, fileBytes };
      const matcher = matcherOf(ask.pattern);
      return { lines: named.map((line) => withMatches(line, matcher)), endByte, fileBytes };
    },
    search: async (service, pattern, ask) => {
      const matcher = matcherOf(pattern);
      try {
        const spool = await watch.logOf(service);
        const found = await searchLog(spool, matcher, ask);
        const lines = found.lines.flatMap(({ offset, bytes }) => {
          const splitter = createLineSplitter(offset, service);
          return [...splitter.push(bytes), ...splitter.flush()].map((line) =>
            withMatches(nameLine(spool, line), matcher),
          );
        });
        // A mark in the middle of a line stands for itself: it may be the other part that matches.
        return { ...found, lines: lines.length === found.lines.length ? lines : lines.filter((line) => line.matches) };
      } catch (error) {
        if (error instanceof TimedOut) throw new BootyError('LOG_PATTERN_SLOW', { pattern, service }, { cause: error });
        throw error;
      }
    },
    // Not a generator itself: a pattern that is none is refused at once.
    follow: (services, ask, live, gone) => {
      const matcher = typeof ask.pattern === 'string' ? matcherOf(ask.pattern, ask.ignoreCase) : null;
      return followAll(services, ask, matcher, live, gone);
    },
    raw,
    ends: async (services) => {
      const spans = services.map(async (name) => [name, (await (await watch.logOf(name)).span()).endByte] as const);
      return Object.fromEntries(await Promise.all(spans));
    },
    close: async () => {
      closed = true;
      await Promise.all([...closers].map((end) => end()));
    },
  };
};

/** A last line that has no end is shown too when nobody waits for the rest. */
const lastLine = async (reader: Tail['reader']): Promise<readonly LogLine[]> => {
  // After a search the reader stands where that line begins.
  const { lines } = await reader.next();
  return [...lines, ...reader.flush()];
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
