import { BootyError } from '../../../source/core/error.ts';
import { limits } from '../../../source/core/limits.ts';
import type { Channels, Dialled, Exchange } from '../../../source/ports.ts';
import type { Lifeline } from './lifeline.ts';
import type { Scheduler } from './scheduler.ts';

/** Who listens at which socket path of the simulated machine. */
export type Listeners = Map<string, Listener>;
type Listener = {
  readonly handle: (exchange: Exchange) => void;
  readonly line: Lifeline;
  /** What ends each connection that is open. */
  readonly open: Set<() => void>;
};

/** Lines that may lie unread before a writer is told that the reader does not keep up. */
const unreadLinesMax = 1_000;

type Ask = { readonly method: string; readonly path: string; readonly body?: string };

/** HTTP on a simulated machine, both ends, as the process on this lifeline has it. */
export const createFakeChannels = (listeners: Listeners, scheduler: Scheduler, line: Lifeline): Channels => ({
  serve: (where, handle) =>
    line.ask(() => {
      const key = 'socket' in where ? where.socket : `port ${where.port}`;
      if (listeners.has(key)) throw failure('EADDRINUSE', key);
      const listener: Listener = { handle, line, open: new Set() };
      const close = (): void => {
        if (listeners.get(key) === listener) listeners.delete(key);
        for (const end of listener.open) end();
      };
      listeners.set(key, listener);
      line.onCut(close);
      return { close: () => line.ask(close) };
    }),
  request: async (socket, ask) => {
    const answer = await call(listeners, scheduler, socket, ask);
    if (answer === null) throw failure(listeners.has(socket) ? 'ECONNRESET' : 'ENOENT', socket);
    return answer;
  },
  dial: async (socket, ask, signal, firstLine) => {
    const incoming = createLines();
    const head = Promise.withResolvers<number>();
    const caller = connect(listeners, socket, ask, {
      head: head.resolve,
      hear: incoming.push,
      end: () => {
        incoming.end();
        head.reject(failure('ECONNRESET', socket));
      },
      unread: incoming.count,
      onRead: incoming.onRead,
    });
    if (caller === null) throw failure('ENOENT', socket);
    signal?.addEventListener('abort', caller.vanish, { once: true });
    if (signal?.aborted) caller.vanish();
    if (ask.open && firstLine !== undefined) caller.write(firstLine);
    if (!ask.open) caller.finish();
    const status = await head.promise;
    const dialled: Dialled = {
      status,
      lines: incoming.lines(),
      isWhole: caller.isWhole,
      write: async (text) => caller.write(text),
      close: () => {
        incoming.drop();
        caller.vanish();
      },
    };
    return dialled;
  },
});

const failure = (code: string, at: string): Error => Object.assign(new Error(`connect ${code} ${at}`), { code });

type Lines = {
  readonly push: (line: string) => void;
  readonly end: () => void;
  /** Ends, and what was not read yet is lost. */
  readonly drop: () => void;
  readonly count: () => number;
  readonly onRead: (run: () => void) => void;
  readonly lines: () => AsyncGenerator<string>;
};

/** Lines on their way; whoever reads waits for the next one. */
const createLines = (): Lines => {
  const queue: string[] = [];
  const readers: (() => void)[] = [];
  let isOver = false;
  let wake: () => void = () => {};
  return {
    push: (line) => {
      if (!isOver) queue.push(line);
      wake();
    },
    end: () => {
      isOver = true;
      wake();
    },
    drop: () => {
      isOver = true;
      queue.length = 0;
      wake();
    },
    count: () => queue.length,
    onRead: (run) => void readers.push(run),
    lines: async function* () {
      while (!isOver || queue.length > 0) {
        const next = queue.shift();
        if (next === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else {
          for (const run of readers) run();
          yield next;
        }
      }
    },
  };
};

/** What a client sees of its connection. */
type Ear = {
  readonly head: (status: number) => void;
  /** A line of the answer, or a whole body that came with its head. */
  readonly hear: (line: string) => void;
  /** The connection is over, whoever ended it; called once. */
  readonly end: () => void;
  /** How much of what was heard is not read yet. */
  readonly unread: () => number;
  readonly onRead: (run: () => void) => void;
};
type Connection = {
  readonly write: (line: string) => void;
  /** No more lines follow; the answer may still come. */
  readonly finish: () => void;
  readonly vanish: () => void;
  /** Its end was the listener's will. */
  readonly isWhole: () => boolean;
};

/** Hands an exchange to who listens; null when nobody does. */
const connect = (listeners: Listeners, socket: string, ask: Ask, ear: Ear): Connection | null => {
  const listener = listeners.get(socket);
  if (!listener) return null;
  const url = new URL(ask.path, 'http://booty');
  const outgoing = createLines();
  const closed = Promise.withResolvers<void>();
  let isOver = false;
  let hasHead = false;
  let isWhole = false;
  const finish = (): void => {
    isWhole = !isOver;
    end();
  };
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    listener.open.delete(end);
    outgoing.end();
    closed.resolve();
    ear.end();
  };
  const isFull = (): boolean => ear.unread() > unreadLinesMax;
  listener.open.add(end);
  listener.handle({
    method: ask.method,
    path: url.pathname,
    query: url.searchParams,
    body: async () => {
      const text = ask.body ?? '';
      if (text.length <= limits.documentBytesMax) return text;
      throw new BootyError('USAGE', { problem: 'a body that is too large', usage: 'a smaller body' });
    },
    lines: outgoing.lines,
    answer: (status, body) => {
      if (!isOver && !hasHead) {
        hasHead = true;
        ear.head(status);
        if (body !== '') ear.hear(body);
      }
      finish();
    },
    stream: () => {
      hasHead = true;
      ear.head(200);
      return {
        write: (text) => {
          if (isOver) return false;
          ear.hear(text);
          return !isFull();
        },
        drained: () =>
          new Promise<void>((resolve) => {
            const look = (): void => {
              if (isOver || !isFull()) resolve();
            };
            ear.onRead(look);
            void closed.promise.then(resolve);
            look();
          }),
        end: finish,
        closed: closed.promise,
      };
    },
  });
  return { write: outgoing.push, finish: outgoing.end, vanish: end, isWhole: () => isWhole };
};

/** A request of a client; null when nobody is there, or when the daemon dies before it answers. */
export const call = (
  listeners: Listeners,
  scheduler: Scheduler,
  socket: string,
  ask: Ask,
): Promise<{ readonly status: number; readonly body: string } | null> => {
  const answer = Promise.withResolvers<{ status: number; body: string } | null>();
  const listener = listeners.get(socket);
  if (!listener) return Promise.resolve(null);
  listener.line.onCut(() => answer.resolve(null));
  // Nobody answers who is frozen.
  listener.line.after(0, () => {
    let status: number | null = null;
    let body = '';
    const caller = connect(listeners, socket, ask, {
      head: (code) => (status = code),
      hear: (text) => (body += text),
      end: () => answer.resolve(status === null ? null : { status, body }),
      unread: () => 0,
      onRead: () => {},
    });
    if (caller === null) answer.resolve(null);
    else caller.finish();
  });
  return answer.promise;
};

export type Caller = {
  readonly say: (word: unknown) => void;
  /** Goes without a word. */
  readonly vanish: () => void;
};

/** A client's session; `hear` is called with each frame as it is written, `end` when it is over. */
export const joinSession = (
  listeners: Listeners,
  socket: string,
  hello: unknown,
  hear: (frame: string) => void,
  end: () => void = () => {},
): Caller | null => {
  const ask = { method: 'POST', path: '/v1/session' };
  const ear = { head: () => {}, hear, end, unread: () => 0, onRead: () => {} };
  const caller = connect(listeners, socket, ask, ear);
  caller?.write(JSON.stringify(hello));
  return caller && { say: (word) => caller.write(JSON.stringify(word)), vanish: caller.vanish };
};
