import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
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
listings, nothing whose name begins with a dot, no way out of the folder. Rejects when the address cannot be listened at.

@param port 0 chooses a free one
@param onAnswer called for each request once it is answered
*/
export const serveFolder = async (
  folder: string,
  { bind, port }: { readonly bind: string; readonly port: number },
  onAnswer: (method: string, path: string, status: number) => void,
): Promise<FolderServer> => {
  const server = nodeHttp.createServer((request, response) => {
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
    send(request, path, { root: folder, index: false, dotfiles: 'ignore', cacheControl: false })
      // Packed files go as they are: a client that unpacked them on the way would see other bytes.
      .on('headers', (answer: typeof response, file: string) => answer.setHeader('content-type', typeOf(file)))
      .on('directory', () => refuse(404))
      .on('error', (error: { readonly statusCode?: number }) => refuse(error.statusCode ?? 500))
      .pipe(response);
  });
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

const typeOf = (file: string): string => (file.endsWith('.json') ? 'application/json' : 'application/octet-stream');
