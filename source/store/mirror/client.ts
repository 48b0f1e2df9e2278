import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BootyError } from '../../core/error.ts';
import type { World } from '../../ports.ts';
import { withoutCredentials } from '../sources/apt/parse.ts';
import { type MirrorDocument, mirrorDocumentBytesMax, mirrorFile, parseMirrorDocument } from './document.ts';

const connectMsMax = 3_000;
const stallMsMax = 10_000;
const freshMs = 60_000;

/** The mirror that BOOTY_MIRROR names for all hosts, asked what it holds. */
export type MirrorClient = {
  /** URL (http, https, file) of its folder, without a slash at the end. */
  readonly base: string;
  /**
  What it holds; null when it is a plain folder of archives that says nothing of itself. Asked once a minute at most.
  Throws STORE_MIRROR_UNREACHABLE (nobody else is asked instead: who names a mirror does not mean to reach out),
  MIRROR_UNREADABLE, and what the signal aborts with.
  */
  read(signal: AbortSignal): Promise<MirrorDocument | null>;
};

/** @param folder absolute; where the document is put while it is read */
export const createMirrorClient = (
  { files, downloads, clock }: Pick<World, 'files' | 'downloads' | 'clock'>,
  folder: string,
  base: string,
): MirrorClient => {
  let last: { readonly answer: Promise<MirrorDocument | null>; readonly atMs: number } | null = null;
  const unreachable = (found: string): BootyError =>
    new BootyError('STORE_MIRROR_UNREACHABLE', { source: 'mirror', address: withoutCredentials(base), found });
  const ask = async (signal: AbortSignal): Promise<MirrorDocument | null> => {
    const url = `${base}/${mirrorFile}`;
    if (base.startsWith('file:') && (await files.stat(fileURLToPath(base)))?.kind !== 'folder') {
      throw unreachable('there is no such folder');
    }
    await files.makeFolder(folder, 0o700);
    const file = join(await files.makeTemporary(folder, 'mirror-'), mirrorFile);
    try {
      const result = await downloads.fetch({
        url,
        file,
        validator: null,
        connectTimeoutMs: connectMsMax,
        stallTimeoutMs: stallMsMax,
        signal,
        check: ({ status }) => {
          if (status === 404 || status === 410 || status === 403) throw new NoDocument();
          if (status !== 200) throw unreachable(`it answers ${status}`);
        },
        onBytes: (bytes) => {
          if (bytes > mirrorDocumentBytesMax)
            throw new BootyError('MIRROR_UNREADABLE', { address: withoutCredentials(url), problem: 'it is too large' });
        },
      });
      if (result.kind === 'broken') throw unreachable(result.found);
      return parseMirrorDocument((await files.readText(file)) ?? '', withoutCredentials(url));
    } catch (error) {
      if (error instanceof NoDocument) return null;
      throw error;
    } finally {
      await files.remove(dirname(file));
    }
  };
  return {
    base,
    read: async (signal) => {
      while (last !== null && clock.nowMs() - last.atMs < freshMs) {
        try {
          return await last.answer;
        } catch (error) {
          // Whoever asked first may have been cancelled; that is nobody else's matter.
          if (signal.aborted || error instanceof BootyError) throw error;
        }
      }
      const asked = { answer: ask(signal), atMs: clock.nowMs() };
      last = asked;
      asked.answer.catch(() => {
        if (last === asked) last = null;
      });
      return asked.answer;
    },
  };
};

class NoDocument extends Error {}
