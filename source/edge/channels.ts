import { once } from 'node:events';
import { lstat } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { BootyError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Channels, Dialled, Exchange, LineSink } from '../ports.ts';
import { nodeHttp } from './node-http.ts';

/**
HTTP/1.1 over unix sockets with node:http on both ends. A client library would cost each short command 80 ms of
loading for a dozen lines of work; measured in docs/decisions.
*/
export const createChannels = (): Channels => ({ serve, request, dial });

const serve: Channels['serve'] = async (where, handle) => {
  const server = nodeHttp.createServer({ requestTimeout: 0, headersTimeout: 10_000 }, (incoming, outgoing) => {
    // A client that vanishes is seen through `closed`; its socket error is no event of its own.
    outgoing.on('error', () => {});
    incoming.on('error', () => {});
    handle(exchangeOf(incoming, outgoing));
  });
  if ('socket' in where) listenPrivately(server, where.socket);
  else server.listen(where.port, where.bind);
  await once(server, 'listening');
  return {
    close: async () => {
      server.close();
      server.closeIdleConnections();
      // Streams get the moment they need to send their last line; what hangs longer is cut.
      const cut = setTimeout(() => server.closeAllConnections(), 200);
      await once(server, 'close');
      clearTimeout(cut);
    },
  };
};

/**
Only this user may connect: the mode is set by the mask at the moment the socket file is made, which is within `listen`. The
mask is the whole process's, so it must not outlast the call: a folder made meanwhile could not be entered.
*/
const listenPrivately = (server: Server, socket: string): void => {
  const mask = process.umask(0o177);
  try {
    server.listen(socket);
  } finally {
    process.umask(mask);
  }
};

const exchangeOf = (incoming: IncomingMessage, outgoing: ServerResponse): Exchange => {
  const url = new URL(incoming.url ?? '/', 'http://booty');
  let begun: LineSink | null = null;
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body: async () => readBody(incoming),
    lines: () => linesOf(incoming),
    answer: (status, body, contentType) => {
      // A stream that has begun cannot become another answer; it can only end.
      if (outgoing.headersSent) return begun === null ? void outgoing.end() : begun.end();
      outgoing.writeHead(status, { 'content-type': contentType, connection: 'close' }).end(body);
    },
    stream: (contentType) => {
      outgoing.writeHead(200, { 'content-type': contentType });
      outgoing.flushHeaders();
      begun = sinkOf(outgoing);
      return begun;
    },
  };
};

/**
Lines that come one right after the other go out together: one by one, each costs more in node:http than in all that is
before it.
*/
const sinkOf = (outgoing: ServerResponse): LineSink => {
  const closed = new Promise<void>((resolve) => outgoing.once('close', resolve));
  let waiting: string[] = [];
  let waitingLength = 0;
  const flush = (): void => {
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    waitingLength = 0;
    if (!outgoing.destroyed) outgoing.write(text);
  };
  return {
    write: (line) => {
      if (outgoing.destroyed) return false;
      if (waiting.length === 0) setImmediate(flush);
      waiting.push(line, '\n');
      waitingLength += line.length;
      if (waitingLength >= togetherLength) flush();
      return !outgoing.writableNeedDrain;
    },
    drained: async () => {
      if (outgoing.writableNeedDrain) await Promise.race([once(outgoing, 'drain'), closed]);
    },
    end: () => {
      flush();
      outgoing.end();
    },
    closed,
  };
};
const togetherLength = 32_768;

const readBody = async (stream: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > limits.documentBytesMax) {
      throw new BootyError('USAGE', {
        problem: `a body larger than ${limits.documentBytesMax} bytes`,
        usage: 'a smaller body',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/**
Lines of a stream, ended by line feeds alone: NDJSON holds U+2028 as it is, and readline would cut there. A broken
connection ends them like a closed one; half a line is none then.
*/
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    // Whoever has heard enough has still to answer on the same connection.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch {
    return;
  }
  if (rest !== '') yield rest;
}

const request: Channels['request'] = async (socket, ask) => {
  await assertOwnFolder(socket);
  const sent = nodeHttp.request({ socketPath: socket, method: ask.method, path: ask.path, agent: false });
  sent.end(ask.body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await readBody(answer) };
};

const dial: Channels['dial'] = async (socket, ask, signal, firstLine): Promise<Dialled> => {
  await assertOwnFolder(socket);
  const sent = nodeHttp.request({ socketPath: socket, method: ask.method, path: ask.path, agent: false });
  if (ask.open) sent.write(`${firstLine ?? ''}\n`);
  else sent.end();
  const abort = (): void => void sent.destroy();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  sent.on('error', () => {});
  const closed = new Promise<void>((resolve) => void sent.once('close', () => resolve()));
  return {
    status: answer.statusCode ?? 0,
    lines: linesOf(answer),
    isWhole: () => answer.complete,
    write: async (line) => {
      if (!sent.writable) return;
      // Node holds what is written back until its next tick: whoever closes after a last word would take it along.
      const written = new Promise<void>((resolve) => void sent.write(`${line}\n`, () => resolve()));
      await Promise.race([written, closed]);
    },
    close: () => {
      signal?.removeEventListener('abort', abort);
      sent.destroy();
      answer.destroy();
    },
  };
};

/**
In a shared temporary folder anybody may have made the socket's folder first, and a daemon of theirs would be handed this
user's definition with its environment. Rejects with EPERM then; one that is not there is left to the connection to tell.
*/
const assertOwnFolder = async (socket: string): Promise<void> => {
  const folder = dirname(socket);
  const found = await lstat(folder).catch(() => null);
  if (found === null || found.uid === process.getuid?.()) return;
  throw Object.assign(new Error(`${folder} belongs to another user (${found.uid})`), { code: 'EPERM' });
};
