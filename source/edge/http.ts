import { limits } from '../core/limits.ts';
import type { Http } from '../ports.ts';
import { nodeHttp } from './node-http.ts';

/**
GET for probes: node:http itself, one connection each. A kept-alive one would answer from a server that no longer
accepts. Redirects are answers, not followed. The body is cut at limits.httpBodyBytesMax. Rejects with Node's error
(ECONNREFUSED, ETIMEDOUT, …); the time covers connecting, waiting and reading together.
*/
export const createHttp = (): Http => ({
  get: (url, timeoutMs) =>
    new Promise((resolve, reject) => {
      const get = (url.startsWith('https:') ? process.getBuiltinModule('node:https') : nodeHttp).get;
      const signal = AbortSignal.timeout(timeoutMs);
      const request = get(url, { agent: false, signal, headers: { 'user-agent': 'booty' } }, (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        const finish = (): void => {
          request.destroy();
          const body = Buffer.concat(pieces).subarray(0, limits.httpBodyBytesMax).toString('utf8');
          resolve({ status: response.statusCode ?? 0, body });
        };
        response.on('data', (piece: Buffer) => {
          pieces.push(piece);
          bytes += piece.length;
          if (bytes >= limits.httpBodyBytesMax) finish();
        });
        response.once('end', finish);
        response.once('error', (error) => reject(explained(error, signal, timeoutMs)));
      });
      request.once('error', (error) => reject(explained(error, signal, timeoutMs)));
    }),
});

const explained = (error: Error, signal: AbortSignal, timeoutMs: number): Error =>
  signal.aborted
    ? Object.assign(new Error(`no answer within ${timeoutMs} ms`, { cause: error }), { code: 'ETIMEDOUT' })
    : error;
