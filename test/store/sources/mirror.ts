import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

export type Served = {
  readonly origin: string;
  /** What was asked: path, and the Range header where there was one. */
  readonly asked: readonly string[];
};

/** Answers a request for a path; `times` counts the requests for that path before this one. */
export type Answer = (request: IncomingMessage, response: ServerResponse, times: number) => void;

/** A web server on this machine; probes (`bytes=0-0`) of every path are answered well, downloads as told. */
export const serve = async (t: ExecutionContext, answers: Readonly<Record<string, Answer>>): Promise<Served> => {
  const asked: string[] = [];
  const times = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (request.headers.range === 'bytes=0-0') {
      response.writeHead(206, { 'content-range': 'bytes 0-0/1', 'content-type': 'application/octet-stream' }).end('x');
      return;
    }
    // What it holds is asked of every mirror; these say nothing of themselves, and tests count what is downloaded.
    if (path === '/booty-mirror.json') {
      response.writeHead(404).end();
      return;
    }
    asked.push(request.headers.range ? `${path} ${request.headers.range}` : path);
    const before = times.get(path) ?? 0;
    times.set(path, before + 1);
    const answer = answers[path];
    if (answer) answer(request, response, before);
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<title>Not Found</title>');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

/** The file as a good server sends it, parts included. */
export const whole =
  (bytes: Buffer, etag = '"one"'): Answer =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from === 0 || request.headers['if-range'] !== etag) {
      response.writeHead(200, { 'content-length': bytes.length, etag }).end(bytes);
      return;
    }
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    response.writeHead(206, { 'content-length': bytes.length - from, 'content-range': range, etag });
    response.end(bytes.subarray(from));
  };

/** Promises all, sends the first half (of what was asked) and cuts the connection. */
export const cut =
  (bytes: Buffer, etag = '"one"'): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-length': bytes.length, etag });
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy());
  };

export const status =
  (code: number, body = '', headers: Readonly<Record<string, string>> = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'text/html', ...headers }).end(body);
  };

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
