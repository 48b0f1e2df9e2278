import { join } from 'node:path';
import { DownloadHTTPError, DownloadLengthMismatchError } from 'tuf-js/dist/error.js';
import type { World } from '../../ports.ts';

const triesMax = 3;
const pauseMs = 500;
const connectMsMax = 5_000;
const stallMsMax = 10_000;

/** As tuf-js takes it; besides, it knows why a host could not be asked, which tuf-js wraps into a sentence of its own. */
export type TrustFetcher = {
  downloadFile<Result>(url: string, bytesMax: number, handle: (file: string) => Promise<Result>): Promise<Result>;
  downloadBytes(url: string, bytesMax: number): Promise<Buffer>;
  /** The last trouble on the way, and with which file; null: there was none. */
  readonly trouble: () => { readonly url: string; readonly found: string } | null;
};

/** Fetches through booty's own downloads, so that proxies, tokens and redirects are as everywhere. Files go below `folder`. */
export const createFetcher = (
  { downloads, files, clock }: Pick<World, 'downloads' | 'files' | 'clock'>,
  folder: string,
  signal: AbortSignal,
): TrustFetcher => {
  let trouble: { readonly url: string; readonly found: string } | null = null;

  const attempt = async (url: string, file: string, bytesMax: number): Promise<string | null> => {
    const tooLong = (): Error => new DownloadLengthMismatchError(`${url} is longer than ${bytesMax} bytes`);
    const result = await downloads.fetch({
      url,
      file,
      validator: null,
      connectTimeoutMs: connectMsMax,
      stallTimeoutMs: stallMsMax,
      signal,
      check: ({ status, totalBytes }) => {
        if (status !== 200) throw new DownloadHTTPError(`it answers ${status}`, status);
        if (totalBytes !== null && totalBytes > bytesMax) throw tooLong();
      },
      onBytes: (doneBytes) => {
        if (doneBytes > bytesMax) throw tooLong();
      },
    });
    return result.kind === 'done' ? null : result.found;
  };

  const bring = async (url: string, file: string, bytesMax: number): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      let found: string | null;
      try {
        found = await attempt(url, file, bytesMax);
      } catch (error) {
        if (!(error instanceof DownloadHTTPError)) throw error;
        // That there is no next root is how a client learns which one is the newest.
        const isEnd = /\/\d+\.root\.json$/.test(url) && [403, 404].includes(error.statusCode);
        const mayPass = error.statusCode >= 500 || error.statusCode === 429;
        if (!mayPass || tries === triesMax) {
          if (!isEnd) trouble = { url, found: error.message };
          throw error;
        }
        found = error.message;
      }
      if (found === null) return;
      if (tries === triesMax) {
        trouble = { url, found };
        throw new Error(found);
      }
      await new Promise<void>((resolve) => void clock.after(pauseMs * tries, resolve));
      signal.throwIfAborted();
    }
  };

  const downloadFile: TrustFetcher['downloadFile'] = async (url, bytesMax, handle) => {
    const own = await files.makeTemporary(folder, 'part-');
    try {
      const file = join(own, 'part');
      await bring(url, file, bytesMax);
      return await handle(file);
    } finally {
      await files.remove(own);
    }
  };
  return {
    downloadFile,
    downloadBytes: (url, bytesMax) =>
      downloadFile(url, bytesMax, async (file) => Buffer.from(await files.readRange(file, 0, bytesMax))),
    trouble: () => trouble,
  };
};
