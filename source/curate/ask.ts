import { BootyError, reasonOf } from '../core/error.ts';
import type { World } from '../ports.ts';
import type { Mirror } from '../store/sources/archive/mirror.ts';

/** HashiCorp's index of a product with all its builds, and a hundred releases of GitHub with all their files, fit. */
const documentBytesMax = 33_554_432;
const answerMsMax = 30_000;

/** A document of an upstream as it is now. */
export type Document = {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** True: the server said that what was kept from an earlier time is still so (ETag, RFC 9110). */
  readonly unchanged: boolean;
};

/** Asks upstreams for documents, each at most once, through BOOTY_MIRROR where that is set. */
export type Ask = {
  /** Null when there is no such document (404). Throws UPSTREAM_SILENT, UPSTREAM_LIMIT, and what the signal aborts with. */
  (url: string): Promise<Document | null>;
};

/**
What answers with an ETag is kept below `folder` (BOOTY_HOME/cache/upstream) and asked for with If-None-Match the next time:
GitHub does not count such answers against its limit. A host whose limit is used up is not asked again by this `Ask`.
*/
export const createAsk = (
  world: Pick<World, 'files' | 'downloads' | 'clock'>,
  folder: string,
  mirror: Mirror,
  signal: AbortSignal,
): Ask => {
  const asked = new Map<string, Promise<Document | null>>();
  const exhausted = new Map<string, BootyError>();

  const ask = async (url: string): Promise<Document | null> => {
    const address = mirror.at(url);
    const { host } = new URL(address);
    const refusal = exhausted.get(host);
    if (refusal) throw refusal;
    const kept = await readKept(world.files, folder, address);
    const headers = {
      ...(url.startsWith('https://api.github.com/') && { accept: 'application/vnd.github+json' }),
      ...(kept && { 'if-none-match': kept.etag }),
    };
    const answer = await world.downloads
      .read(address, { headers, bytesMax: documentBytesMax, timeoutMs: answerMsMax, signal })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw new BootyError('UPSTREAM_SILENT', { address, found: reasonOf(error) }, { cause: error });
      });
    if (answer.status === 304 && kept) return { ...documentOf(Buffer.from(kept.body, 'base64')), unchanged: true };
    if (answer.status === 404) return null;
    if (isLimit(answer)) {
      const error = new BootyError('UPSTREAM_LIMIT', { address, until: limitEnds(answer, world.clock.nowMs()) });
      exhausted.set(host, error);
      throw error;
    }
    if (answer.status !== 200) {
      throw new BootyError('UPSTREAM_SILENT', { address, found: `it answers ${answer.status}` });
    }
    const etag = answer.headers['etag'];
    if (etag !== undefined) await keep(world.files, folder, address, etag, answer.body);
    return { ...documentOf(answer.body), unchanged: false };
  };
  return (url) => {
    const under = asked.get(url) ?? ask(url);
    asked.set(url, under);
    return under;
  };
};

type Answer = Awaited<ReturnType<World['downloads']['read']>>;

const documentOf = (bytes: Uint8Array) => ({
  bytes,
  text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
});

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: 403 or 429, with nothing left or a wait. */
const isLimit = ({ status, headers }: Answer): boolean =>
  status === 429 || (status === 403 && (headers['x-ratelimit-remaining'] === '0' || 'retry-after' in headers));

const limitEnds = ({ headers }: Answer, nowMs: number): string | null => {
  const resetSeconds = Number(headers['x-ratelimit-reset']);
  if (resetSeconds > 0) return timeText(resetSeconds * 1_000);
  const waitSeconds = Number(headers['retry-after']);
  return waitSeconds >= 0 ? timeText(nowMs + waitSeconds * 1_000) : null;
};

/** `2027-01-15T08:00Z`; a server may say a time that is none. */
const timeText = (atMs: number): string | null =>
  Math.abs(atMs) <= 8.64e15 ? `${new Date(atMs).toISOString().slice(0, 16)}Z` : null;

type Kept = { readonly address: string; readonly etag: string; readonly body: string };

const fileOf = (folder: string, address: string): string =>
  `${folder}/${address.replaceAll(/[^A-Za-z0-9.]+/g, '_').slice(0, 200)}.json`;

const readKept = async (files: World['files'], folder: string, address: string): Promise<Kept | null> => {
  try {
    const kept = JSON.parse((await files.readText(fileOf(folder, address))) ?? '') as Partial<Kept>;
    // Two long addresses may share a name.
    if (kept.address !== address || typeof kept.etag !== 'string' || typeof kept.body !== 'string') return null;
    return { address, etag: kept.etag, body: kept.body };
  } catch {
    return null;
  }
};

const keep = async (
  files: World['files'],
  folder: string,
  address: string,
  etag: string,
  body: Uint8Array,
): Promise<void> => {
  const kept: Kept = { address, etag, body: Buffer.from(body).toString('base64') };
  await files.makeFolder(folder, 0o700);
  await files.writeAtomic(fileOf(folder, address), JSON.stringify(kept), 0o600);
};
