/** An upstream on loopback that answers as its test says, and remembers how it was asked. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Reply = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

export type Upstream = {
  /** `http://127.0.0.1:PORT`, without a slash. */
  readonly base: string;
  /** Path with its query → what it answers; 404 for all others. May be changed at any time. */
  readonly replies: Map<string, Reply | ((headers: IncomingHttpHeaders) => Reply)>;
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders }[];
};

/** Runs with a server of its own, and closes it with all its connections. */
export const withUpstream = async <Result>(run: (upstream: Upstream) => Promise<Result>): Promise<Result> => {
  const replies: Upstream['replies'] = new Map();
  const asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, headers: request.headers });
    const found = replies.get(path) ?? { status: 404, body: 'no such thing' };
    const { status = 200, headers = {}, body = '' } = typeof found === 'function' ? found(request.headers) : found;
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await run({ base: `http://127.0.0.1:${port}`, replies, asked });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};
