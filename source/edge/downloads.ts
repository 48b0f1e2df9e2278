import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PlainResponse, Request } from 'got';
import { reasonOf } from '../core/error.ts';
import type { Download, DownloadHead, DownloadResult, Downloads } from '../ports.ts';

const redirectsMax = 8;
/** Enough for the magic of every format and the title of most pages. */
const firstBytesMin = 512;

/**
Downloads with got, one connection each, through the proxies that HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the given
environment name (Node's own reading of them). Bodies are taken as they are sent, never decompressed. A redirect from https
to http is refused. `file:` URLs are read from the disk, with 404 for what is not there.
*/
export const createDownloads = (environment: Readonly<Record<string, string>>): Downloads => {
  const request = async (
    url: string,
    headers: Readonly<Record<string, string>>,
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
      http: new Agent({ proxyEnv: environment }),
      https: new SecureAgent({ proxyEnv: environment }),
    };
    const stream = got.stream(url, {
      agent,
      headers: { 'user-agent': 'booty', 'accept-encoding': 'identity', ...headers },
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
      hooks: { beforeRedirect: [refuseDowngrade] },
    });
    const response = await new Promise<PlainResponse>((resolve, reject) => {
      stream.once('response', resolve);
      // Stays, as a stream that is destroyed may still report an error.
      stream.on('error', reject);
    });
    return { stream, response };
  };

  return {
    probe: async (url, timeoutMs, signal) => {
      if (url.startsWith('file:')) return (await localFile(url)).head;
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        // One byte by GET: hosts that sign their URLs refuse HEAD.
        const times = { connect: timeoutMs, stall: timeoutMs };
        const { stream, response } = await request(url, { range: 'bytes=0-0' }, times, limited);
        stream.destroy();
        return headOf(response);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'broken', found: limited.aborted ? `no answer within ${timeoutMs} ms` : explained(error) };
      }
    },
    fetch: async (download) => {
      const { url, signal } = download;
      signal.throwIfAborted();
      if (url.startsWith('file:')) {
        const { head, body } = await localFile(url);
        return receive(download, head, body());
      }
      const times = { connect: download.connectTimeoutMs, stall: download.stallTimeoutMs };
      const doneBytes = download.validator === null ? 0 : await sizeOf(download.file);
      const resume: Record<string, string> =
        doneBytes > 0 ? { range: `bytes=${doneBytes}-`, 'if-range': download.validator ?? '' } : {};
      let started: Awaited<ReturnType<typeof request>>;
      try {
        started = await request(url, resume, times, signal);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'broken', found: explained(error), reached: false };
      }
      try {
        return await receive(download, headOf(started.response), started.stream);
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
    throw new Error(`it redirects to ${String(next.url)}, which is not https`);
  }
};

/** Writes what comes to the file. Trouble with the stream is a result, trouble with the file an error. */
const receive = async (
  download: Download,
  head: DownloadHead,
  body: AsyncIterable<unknown>,
): Promise<DownloadResult> => {
  const incoming = body[Symbol.asyncIterator]();
  let trouble: string | null = null;
  const next = async (): Promise<Buffer | null> => {
    try {
      const { done, value } = await incoming.next();
      return done ? null : Buffer.from(value as Uint8Array);
    } catch (error) {
      download.signal.throwIfAborted();
      trouble = explained(error);
      return null;
    }
  };
  let first = Buffer.alloc(0);
  for (let piece = await next(); piece !== null; piece = await next()) {
    first = Buffer.concat([first, piece]);
    if (first.length >= firstBytesMin) break;
  }
  if (trouble !== null && first.length === 0) return { kind: 'broken', found: trouble, reached: true };
  await download.check(head, first);

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

/** RFC 9110: Content-Range of a 206 tells where it begins and how much there is; a weak ETag may not be resumed from. */
const headOf = ({ statusCode, headers, url }: PlainResponse): DownloadHead => {
  const [, from, whole] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  const isPart = statusCode === 206 && from !== undefined;
  const total = isPart ? whole : headers['content-length'];
  const etag = headers.etag?.startsWith('W/') ? undefined : headers.etag;
  const retryAfterSeconds = Number(headers['retry-after']);
  return {
    status: statusCode,
    url,
    contentType: headers['content-type'] ?? '',
    totalBytes: total === undefined || total === '*' ? null : Number(total),
    fromByte: isPart ? Number(from) : 0,
    validator: etag ?? headers['last-modified'] ?? null,
    retryAfterMs: retryAfterSeconds >= 0 ? retryAfterSeconds * 1_000 : null,
  };
};

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

/** In words a user knows; the code alone says little to most. */
const explained = (error: unknown): string => {
  const { code = '', event } = error as { readonly code?: string; readonly event?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known here (DNS)';
  if (code === 'ECONNREFUSED') return 'it refuses the connection';
  if (code === 'ETIMEDOUT') return event === 'socket' ? 'it went silent' : `it does not answer (${event ?? 'timeout'})`;
  if (['ECONNRESET', 'EPIPE', 'ERR_HTTP_CONTENT_LENGTH_MISMATCH'].includes(code)) return 'it broke off';
  if (code === 'ERR_TOO_MANY_REDIRECTS') return `it redirects more than ${redirectsMax} times`;
  return reasonOf(error);
};
