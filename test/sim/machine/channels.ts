import type { Channels, Exchange } from '../../../source/ports.ts';
import type { Lifeline } from './lifeline.ts';
import type { Scheduler } from './scheduler.ts';

/** Who listens at which socket path of the simulated machine. */
export type Listeners = Map<string, { readonly handle: (exchange: Exchange) => void; readonly line: Lifeline }>;

export const createFakeChannels = (listeners: Listeners, line: Lifeline): Channels => ({
  serve: (where, handle) =>
    line.ask(() => {
      const key = 'socket' in where ? where.socket : `port ${where.port}`;
      const listener = { handle, line };
      listeners.set(key, listener);
      const close = async (): Promise<void> => {
        if (listeners.get(key) === listener) listeners.delete(key);
      };
      line.onCut(() => void close());
      return { close };
    }),
  request: () => Promise.reject(new Error('a daemon calls nobody')),
  dial: () => Promise.reject(new Error('a daemon calls nobody')),
});

/** A request of a client; null when nobody is there, or when the daemon dies before it answers. */
export const call = (
  listeners: Listeners,
  scheduler: Scheduler,
  socket: string,
  ask: { readonly method: string; readonly path: string; readonly body?: string },
): Promise<{ readonly status: number; readonly body: string } | null> => {
  const answer = Promise.withResolvers<{ status: number; body: string } | null>();
  const listener = listeners.get(socket);
  if (!listener) return Promise.resolve(null);
  listener.line.onCut(() => answer.resolve(null));
  scheduler.after(0, () => {
    if (!listener.line.isAlive()) return;
    listener.handle({
      method: ask.method,
      path: ask.path,
      query: new URLSearchParams(),
      body: async () => ask.body ?? '',
      lines: async function* () {},
      answer: (status, body) => answer.resolve({ status, body }),
      stream: () => {
        throw new Error('no stream was asked for');
      },
    });
  });
  return answer.promise;
};

export type Caller = {
  readonly say: (word: unknown) => void;
  /** Goes without a word. */
  readonly vanish: () => void;
};

/** A client's session; `hear` is called with each frame as it is written, `onEnd` when it is over. */
export const joinSession = (
  listeners: Listeners,
  socket: string,
  hello: unknown,
  hear: (frame: string) => void,
  onEnd: () => void,
): Caller | null => {
  const listener = listeners.get(socket);
  if (!listener) return null;
  const closed = Promise.withResolvers<void>();
  const queue: string[] = [JSON.stringify(hello)];
  let isOver = false;
  let wake: () => void = () => {};
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    closed.resolve();
    wake();
    onEnd();
  };
  listener.line.onCut(end);
  listener.handle({
    method: 'POST',
    path: '/v1/session',
    query: new URLSearchParams(),
    body: async () => '',
    lines: async function* () {
      while (!isOver || queue.length > 0) {
        const next = queue.shift();
        if (next === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else yield next;
      }
    },
    answer: end,
    stream: () => ({
      write: (line) => {
        if (!isOver) hear(line);
        return true;
      },
      drained: async () => {},
      end,
      closed: closed.promise,
    }),
  });
  return {
    say: (word) => {
      queue.push(JSON.stringify(word));
      wake();
    },
    vanish: end,
  };
};
