import { once } from 'node:events';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import send from 'send';
import { nodeHttp } from './node-http.ts';

/** A folder that is served over HTTP. */
export type FolderServer = {
  readonly port: number;
  /** Ends it; answers that are under way are cut after a moment. */
  close(): Promise<void>;
};

/**
Serves the files below a folder, for reading only: ranges, validators and HEAD as RFC 9110 has them (package `send`), no
listings, nothing whose name begins with a dot, no way out of the folder, by a link neither. Rejects when the address cannot be listened at.

@param port 0 chooses a free one
@param onAnswer called for each request once it is answered
*/
export const serveFolder = async (
  folder: string,
  { bind, port }: { readonly bind: string; readonly port: number },
  onAnswer: (method: string, path: string, status: number) => void,
): Promise<FolderServer> => {
  const root = await realpath(folder);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? '/';
    response.on('finish', () => onAnswer(request.method ?? '', url, response.statusCode));
    response.on('error', () => undefined);
    const refuse = (status: number): void => {
      if (!response.headersSent) response.writeHead(status, { 'content-type': 'text/plain' });
      response.end();
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      refuse(405);
      return;
    }
    const path = url.replace(/\?.*$/, '');
    const found = await lookAt(root, path);
    if (found !== 'file') {
      refuse(found === 'outside' ? 403 : 404);
      return;
    }
    send(request, path, { root, index: false, dotfiles: 'ignore', cacheControl: false })
      // Packed files go as they are: a client that unpacked them on the way would see other bytes.
      .on('headers', (head: typeof response, file: string) => head.setHeader('content-type', typeOf(file)))
      .on('directory', () => refuse(404))
      .on('error', (error: { readonly statusCode?: number }) => refuse(error.statusCode ?? 500))
      .pipe(response);
  };
  const server = nodeHttp.createServer((request, response) => void answer(request, response));
  server.listen(port, bind);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), 200);
      await once(server, 'close');
      clearTimeout(cut);
    },
  };
};

/** Where the path leads in the end. What is no file may never be opened: a pipe would wait for ever for who writes into it. */
const lookAt = async (root: string, path: string): Promise<'file' | 'outside' | 'nothing'> => {
  try {
    const real = await realpath(join(root, decodeURIComponent(path)));
    if (!`${real}/`.startsWith(root.replace(/\/?$/, '/'))) return 'outside';
    return (await stat(real)).isFile() ? 'file' : 'nothing';
  } catch (error) {
    // What is written wrongly is told as that by `send`.
    return error instanceof URIError || !(error instanceof Error && 'syscall' in error) ? 'file' : 'nothing';
  }
};

const typeOf = (file: string): string => (file.endsWith('.json') ? 'application/json' : 'application/octet-stream');
