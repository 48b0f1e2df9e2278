import { createHash } from './node-crypto.ts';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PlainResponse, Request } from 'got';
import { BootyError } from '../core/error.ts';
import type { Download, DownloadHead, DownloadResult, Downloads } from '../ports.ts';
import { headOf } from './download-head.ts';
import { explained, onTheWay, redirectsMax } from './download-trouble.ts';
import { createTooSlow } from './too-slow.ts';
import { createCredentials, type Credentials, type HeadersFor } from './credentials.ts';

/** Enough for the magic of every format and the title of most pages. */
const firstBytesMin = 512;
/** Enough to tell what a file is. */
const magicBytesMin = 16;

/**
Downloads with got, one connection each, through the proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the given
environment name (Node's own reading of them). Bodies are taken as they are sent, never decompressed. A redirect from https
to http is refused. `file:` URLs are read from the disk, with 404 for what is not there. What `headersFor` says of a URL is
sent to that URL alone, asked anew for each redirect, and is hidden wherever an answer repeats it.
*/
export const createDownloads = (
  environment: Readonly<Record<string, string>>,
  headersFor: HeadersFor = async () => ({}),
): Downloads => {
  const credentials = createCredentials(headersFor);
  const request = async (
    url: string,
    headers: Readonly<Record<string, string>>,
    own: Readonly<Record<string, string>>,
    timeoutMs: { readonly connect: number; readonly stall: number },
    signal: AbortSignal,
  ): Promise<{ readonly stream: Request; readonly response: PlainResponse }> => {
    // Loaded only here: no other command should pay for it.
    const [{ default: got }, { Agent }, { Agent: SecureAgent }, certificateAuthority] = await Promise.all([
      import('got'),
      import('node:http'),
      import('node:https'),
      trustedAuthorities(),
    ]);
    const agent = {
      // A token goes over plain http to this machine only, so never to a proxy.
      http: new Agent(Object.keys(own).length > 0 ? {} : { proxyEnv: environment }),
      https: new SecureAgent({ proxyEnv: environment }),
    };
    let at = url;
    const stream = got.stream(url, {
      agent,
      headers: { 'user-agent': 'booty', 'accept-encoding': 'identity', ...headers, ...own },
      decompress: false,
      throwHttpErrors: false,
      retry: { limit: 0 },
      maxRedirects: redirectsMax,
      signal,
      https: { certificateAuthority },
      timeout: {
        lookup: timeoutMs.connect,
        connect: timeoutMs.connect,
        secureConnect: timeoutMs.connect,
        socket: timeoutMs.stall,
        response: timeoutMs.stall,
      },
      hooks: {
        beforeRedirect: [
          refuseDowngrade,
          (next) => sayAnew(credentials, next, signal),
          (next) => {
            at = String(next.url);
          },
        ],
      },
    });
    const response = await new Promise<PlainResponse>((resolve, reject) => {
      stream.once('response', resolve);
      // Stays, as a stream that is destroyed may still report an error.
      stream.on('error', (error) => reject(onTheWay(url, at, error, environment)));
    });
    return { stream, response };
  };

  return {
    probe: async (url, timeoutMs, signal) => {
      if (url.startsWith('file:')) return (await localFile(url)).head;
      // The server's time to answer, not that of a busy machine to load what asks it, nor of a keyring that asks somebody.
      await Promise.all([import('got'), import('node:https'), trustedAuthorities()]);
      const own = await credentials.headers(url, signal);
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        // One byte by GET: hosts that sign their URLs refuse HEAD.
        const times = { connect: timeoutMs, stall: timeoutMs };
        const { stream, response } = await request(url, { range: 'bytes=0-0' }, own, times, limited);
        stream.destroy();
        return shown(credentials, headOf(response));
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof BootyError) throw error;
        return {
          kind: 'broken',
          found: limited.aborted ? `no answer within ${timeoutMs} ms` : explained(credentials, error),
        };
      }
    },
    read: async (url, { headers, bytesMax, timeoutMs, signal }) => {
      signal.throwIfAborted();
      if (url.startsWith('file:')) {
        const { head, body } = await localFile(url);
        return { status: head.status, headers: {}, body: await wholeBody(body(), bytesMax) };
      }
      const own = await credentials.headers(url, signal);
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      let trouble: string;
      try {
        const times = { connect: timeoutMs, stall: timeoutMs };
        const { stream, response } = await request(url, headers, own, times, limited);
        try {
          const body = await wholeBody(stream, bytesMax);
          return { status: response.statusCode, headers: plainHeaders(response.headers), body };
        } finally {
          stream.destroy();
        }
      } catch (error) {
        signal.throwIfAborted();
        trouble = limited.aborted ? `no answer within ${timeoutMs} ms` : explained(credentials, error);
      }
      throw new Error(trouble);
    },
    fetch: async (download) => {
      const { url, signal } = download;
      signal.throwIfAborted();
      if (url.startsWith('file:')) {
        const { head, body } = await localFile(url);
        return receive(credentials, download, head, body());
      }
      const times = { connect: download.connectTimeoutMs, stall: download.stallTimeoutMs };
      const doneBytes = download.validator === null ? 0 : await sizeOf(download.file);
      const resume: Record<string, string> =
        doneBytes > 0 ? { range: `bytes=${doneBytes}-`, 'if-range': download.validator ?? '' } : {};
      let started: Awaited<ReturnType<typeof request>>;
      try {
        started = await request(url, resume, await credentials.headers(url, signal), times, signal);
      } catch (error) {
        signal.throwIfAborted();
        // A token that cannot be used does not mend itself by trying again.
        if (error instanceof BootyError) throw error;
        return { kind: 'broken', found: explained(credentials, error), reached: false };
      }
      try {
        return await receive(credentials, download, shown(credentials, headOf(started.response)), started.stream);
      } finally {
        started.stream.destroy();
      }
    },
  };
};

/**
Whom to trust with TLS: the authorities Node brings and those of the machine, where a company's own one usually is. A
locked-down network that reads TLS is then no reason for a download to fail that every other tool there can do.
*/
const trustedAuthorities = async (): Promise<string[]> => {
  const { getCACertificates } = await import('node:tls');
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
};

const refuseDowngrade = (next: { url?: unknown }, from: PlainResponse): void => {
  if (from.requestUrl.protocol === 'https:' && String(next.url).startsWith('http:')) {
    throw new Error(`it redirects to ${String(next.url).replace(/[?#].*$/, '')}, which is not https`);
  }
};

/** Another host gets its own headers or none; whatever was said to the one before is taken back. */
const sayAnew = async (
  { headers }: Credentials,
  next: { readonly url?: unknown; readonly headers: Record<string, string | string[] | undefined> },
  signal: AbortSignal,
): Promise<void> => {
  for (const name of ['authorization', 'cookie', 'proxy-authorization']) delete next.headers[name];
  Object.assign(next.headers, await headers(String(next.url), signal));
};

const shown = ({ hide }: Credentials, head: DownloadHead): DownloadHead => ({
  ...head,
  url: hide(head.url),
  contentType: hide(head.contentType),
});

/** Writes what comes to the file. Trouble with the stream is a result, trouble with the file an error. */
const receive = async (
  credentials: Credentials,
  download: Download,
  head: DownloadHead,
  body: AsyncIterable<unknown>,
): Promise<DownloadResult> => {
  const incoming = body[Symbol.asyncIterator]();
  let trouble: string | null = null;
  const isTooSlow = createTooSlow(download.stallTimeoutMs);
  const next = async (): Promise<Buffer | null> => {
    try {
      const { done, value } = await incoming.next();
      if (done) return null;
      const piece = Buffer.from(value as Uint8Array);
      // It is kept all the same: the next try goes on behind it.
      if (isTooSlow(piece.length)) trouble = 'it sends next to nothing';
      return piece;
    } catch (error) {
      download.signal.throwIfAborted();
      trouble = explained(credentials, error);
      return null;
    }
  };
  let first = Buffer.alloc(0);
  for (let piece = await next(); piece !== null; piece = await next()) {
    first = Buffer.concat([first, piece]);
    if (first.length >= firstBytesMin || trouble !== null) break;
  }
  if (trouble !== null && first.length < magicBytesMin) return { kind: 'broken', found: trouble, reached: true };
  await download.check(head, credentials.hideIn(first));

  const hash = createHash('sha256');
  const file = await open(download.file, head.fromByte > 0 ? 'r+' : 'w', 0o600);
  try {
    if (head.fromByte > 0) await hashStart(download.file, head.fromByte, hash);
    let doneBytes = head.fromByte;
    // What came before trouble counts: the next try goes on from there.
    for (let piece: Buffer | null = first; piece !== null; piece = trouble === null ? await next() : null) {
      await writeWhole(file, piece, doneBytes);
      hash.update(piece);
      doneBytes += piece.length;
      download.onBytes(doneBytes);
    }
    download.signal.throwIfAborted();
    if (trouble === null && head.totalBytes !== null && doneBytes < head.totalBytes) {
      trouble = `it broke off after ${doneBytes} of ${head.totalBytes} bytes`;
    }
    if (trouble !== null) return { kind: 'broken', found: trouble, reached: true };
    return { kind: 'done', head, sizeBytes: doneBytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
    await incoming.return?.();
  }
};

const writeWhole = async (file: FileHandle, piece: Buffer, atByte: number): Promise<void> => {
  for (let done = 0; done < piece.length;) {
    done += (await file.write(piece, done, piece.length - done, atByte + done)).bytesWritten;
  }
};

const hashStart = async (path: string, bytes: number, hash: ReturnType<typeof createHash>): Promise<void> => {
  for await (const piece of createReadStream(path, { end: bytes - 1, highWaterMark: 1_048_576 })) {
    hash.update(piece as Buffer);
  }
};

const wholeBody = async (body: AsyncIterable<unknown>, bytesMax: number): Promise<Uint8Array> => {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    const own = Buffer.from(piece as Uint8Array);
    bytes += own.length;
    if (bytes > bytesMax) throw new Error(`it is larger than ${bytesMax} bytes`);
    pieces.push(own);
  }
  return Buffer.concat(pieces);
};

const plainHeaders = (headers: PlainResponse['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

const localFile = async (url: string): Promise<{ head: DownloadHead; body: () => AsyncIterable<unknown> }> => {
  const path = fileURLToPath(url);
  const stats = await stat(path).catch(() => null);
  const found = stats?.isFile() ? stats : null;
  return {
    head: {
      status: found ? 200 : 404,
      url,
      contentType: '',
      totalBytes: found?.size ?? null,
      fromByte: 0,
      validator: null,
      retryAfterMs: null,
    },
    body: () => (found ? createReadStream(path, { highWaterMark: 1_048_576 }) : emptyBody()),
  };
};

const emptyBody = async function* (): AsyncGenerator<never> {};

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;
