import { join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { ArchiveFormat, DownloadHead, DownloadResult, World } from '../../../ports.ts';
import { downloadsFolder } from '../../layout.ts';
import { type Objection, objectionTo } from './check-answer.ts';

const connectMsMax = 4_000;
const stallMsMax = 10_000;
/** In a row without a single new byte. */
const idleTriesMax = 4;
const triesMax = 20;
const pauseMsMin = 300;
const pauseMsMax = 10_000;
const bytesMax = 4_294_967_296;
/** Packed, unpacked and the copy in the store; server binaries grow four times at most. */
const spaceFactor = 5;

/** Bytes that are known by their hash, and where they are. */
export type Wish = {
  /** For the sentences of errors. */
  readonly component: string;
  /** Mirrors applied; may hold a password. */
  readonly url: string;
  readonly format: ArchiveFormat;
  readonly sha256: string;
  readonly sizeBytes: number | null;
};

export type DownloadParts = Pick<World, 'downloads' | 'files' | 'clock'> & {
  readonly home: string;
  /** Evens out the pauses between tries of many machines; in [0, 1). */
  readonly roll: () => number;
};

/**
Brings an archive into the cache, whole and verified, and answers with its path, which the caller moves away or removes.
What an earlier try or run fetched is continued where the server can (Range, If-Range). Trouble on the way is tried again
after a pause that doubles.

Other bytes than expected are fetched once more from the start: the same wrong ones again mean that upstream or a mirror
replaced them (STORE_UPSTREAM_CHANGED), different ones that something on the way spoils them (STORE_HASH_MISMATCH). Throws
also STORE_MIRROR_UNREACHABLE, STORE_DOWNLOAD_REFUSED, STORE_DOWNLOAD_BROKEN, STORE_NO_SPACE, and the signal's reason.
*/
export const downloadArchive = async (
  parts: DownloadParts,
  wish: Wish,
  on: { readonly bytes: (doneBytes: number) => void; readonly trouble: (found: string) => void },
  signal: AbortSignal,
): Promise<{ readonly file: string; readonly sizeBytes: number }> => {
  const { files, home } = parts;
  const cached = cachedAt(home, wish.sha256);
  await files.makeFolder(downloadsFolder(home), 0o700);
  for (const path of Object.values(cached)) {
    // A folder or a pipe in the place of what is kept is of no use to anybody, and would stop each installation.
    if (((await files.stat(path))?.kind ?? 'file') !== 'file') await files.remove(path);
  }
  await requireSpace(parts, wish);
  let wrongSha256: string | null = null;
  let idleTries = 0;
  for (let tries = 1; ; tries += 1) {
    const before = await heldBytes(files, cached.file);
    const outcome = await attempt(parts, wish, cached, on.bytes, signal);
    if (outcome.kind === 'done') {
      const { head, sizeBytes, sha256 } = outcome;
      await files.remove(cached.note);
      if (sha256 === wish.sha256) return { file: cached.file, sizeBytes };
      await files.remove(cached.file);
      // A file put together from two answers may be wrong without anybody's fault.
      if (head.fromByte > 0) continue;
      if (head.contentEncoding !== undefined) throw refused(wish, head.status, encodedAnswer(head).found);
      if (wrongSha256 !== null) throw wrongBytes(wish, sha256, sizeBytes, sha256 === wrongSha256);
      wrongSha256 = sha256;
      on.trouble('it has other bytes than expected; fetching it once more');
      continue;
    }
    if (outcome.kind === 'refused') throw refused(wish, outcome.status, outcome.found);
    if (outcome.kind === 'changed') throw wrongBytes(wish, null, outcome.actualBytes, true);
    idleTries = (await heldBytes(files, cached.file)) > before ? 0 : idleTries + 1;
    if (idleTries >= idleTriesMax || tries >= triesMax) throw gaveUp(wish, outcome, tries);
    on.trouble(`${outcome.found}; trying again`);
    await pause(parts, idleTries, outcome.retryAfterMs, signal);
  }
};

const cachedAt = (home: string, sha256: string): { readonly file: string; readonly note: string } => ({
  file: join(downloadsFolder(home), `${sha256}.part`),
  note: join(downloadsFolder(home), `${sha256}.json`),
});

type Broken = { kind: 'broken'; found: string; reached: boolean; retryAfterMs: number | null };
type Outcome =
  | Extract<DownloadResult, { kind: 'done' }>
  | Broken
  | { kind: 'refused'; found: string; status: number }
  | { kind: 'changed'; actualBytes: number };

/** Carries an objection out of the port's `check`. */
class Objected extends Error {
  readonly objection: Objection;
  readonly head: DownloadHead;
  constructor(objection: Objection, head: DownloadHead) {
    super(objection.kind);
    this.objection = objection;
    this.head = head;
  }
}

const attempt = async (
  { downloads, files }: DownloadParts,
  wish: Wish,
  cached: { readonly file: string; readonly note: string },
  onBytes: (doneBytes: number) => void,
  signal: AbortSignal,
): Promise<Outcome> => {
  const validator = validatorIn((await files.readText(cached.note)) ?? '', wish.url);
  const fromByte = validator === null ? 0 : await heldBytes(files, cached.file);
  let encoded: DownloadHead | null = null;
  try {
    const result = await downloads.fetch({
      url: wish.url,
      file: cached.file,
      validator,
      connectTimeoutMs: connectMsMax,
      stallTimeoutMs: stallMsMax,
      signal,
      onBytes: (doneBytes) => {
        if (doneBytes > (wish.sizeBytes ?? bytesMax)) throw new Oversized(doneBytes);
        onBytes(doneBytes);
      },
      check: async (head, firstBytes) => {
        const objection = objectionTo(head, firstBytes, { ...wish, fromByte });
        if (objection !== null) throw new Objected(objection, head);
        encoded = head.contentEncoding === undefined ? null : head;
        const note = JSON.stringify({ url: wish.url, validator: head.validator });
        await files.writeAtomic(cached.note, note, 0o600);
      },
    });
    return result.kind === 'broken' ? { ...result, retryAfterMs: null } : result;
  } catch (error) {
    if (error instanceof Oversized) {
      // As large as the bound, and nobody will go on with it.
      await files.remove(cached.file);
      await files.remove(cached.note);
      return encoded === null ? { kind: 'changed', actualBytes: error.doneBytes } : encodedAnswer(encoded);
    }
    if (!(error instanceof Objected)) throw error;
    const { objection, head } = error;
    // Of no use any more, or the next try would ask for the same part again.
    if (head.status === 416 || head.status === 206) await files.remove(cached.file);
    if (objection.kind === 'changed') return objection;
    if (objection.kind === 'refused') return { ...objection, status: head.status };
    return { kind: 'broken', found: objection.found, reached: true, retryAfterMs: head.retryAfterMs };
  }
};

const encodedAnswer = ({ status, contentEncoding }: DownloadHead) => {
  return { kind: 'refused', status, found: `it sends it encoded (${contentEncoding}), although asked not to` } as const;
};

class Oversized extends Error {
  readonly doneBytes: number;
  constructor(doneBytes: number) {
    super('oversized');
    this.doneBytes = doneBytes;
  }
}

/** Null when there is none, or when it was given by another server. */
const validatorIn = (text: string, url: string): string | null => {
  try {
    const value = JSON.parse(text) as { readonly url?: unknown; readonly validator?: unknown } | null;
    return value?.url === url && typeof value.validator === 'string' ? value.validator : null;
  } catch {
    return null;
  }
};

const heldBytes = async (files: Pick<World['files'], 'stat'>, path: string): Promise<number> =>
  (await files.stat(path))?.sizeBytes ?? 0;

const requireSpace = async ({ files, home }: DownloadParts, { sizeBytes }: Wish): Promise<void> => {
  const neededBytes = (sizeBytes ?? 0) * spaceFactor;
  const freeBytes = await files.freeBytes(downloadsFolder(home));
  if (freeBytes < neededBytes) throw new BootyError('STORE_NO_SPACE', { path: home, neededBytes, freeBytes });
};

const pause = (
  { clock, roll }: DownloadParts,
  idleTries: number,
  askedMs: number | null,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const ownMs = pauseMsMin * 2 ** idleTries * (0.5 + roll() / 2);
    const cancel = clock.after(Math.min(pauseMsMax, Math.max(ownMs, askedMs ?? 0)), () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });

/** As it may be shown. */
export const shownUrl = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');

const refused = ({ component, url }: Wish, status: number, found: string): BootyError =>
  new BootyError('STORE_DOWNLOAD_REFUSED', { component, url: shownUrl(url), status, found });

const gaveUp = ({ component, url }: Wish, { found, reached }: Broken, tries: number): BootyError =>
  reached
    ? new BootyError('STORE_DOWNLOAD_BROKEN', { component, url: shownUrl(url), found, tries })
    : new BootyError('STORE_MIRROR_UNREACHABLE', { source: 'archive', address: shownUrl(url), found });

const wrongBytes = (wish: Wish, actualSha256: string | null, actualBytes: number, isSame: boolean): BootyError => {
  const { component, sha256: expectedSha256, sizeBytes } = wish;
  const url = shownUrl(wish.url);
  return isSame || actualSha256 === null
    ? new BootyError('STORE_UPSTREAM_CHANGED', {
        component,
        url,
        expectedSha256,
        actualSha256,
        expectedBytes: sizeBytes,
        actualBytes,
      })
    : new BootyError('STORE_HASH_MISMATCH', {
        component,
        url,
        expectedSha256,
        actualSha256,
        expectedBytes: sizeBytes,
        actualBytes,
      });
};
