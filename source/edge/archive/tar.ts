import type { Readable } from 'node:stream';
import { Parser, type ReadEntry } from 'tar';
import type { Extraction } from './extraction.ts';

const fileTypes: readonly string[] = ['File', 'OldFile', 'ContiguousFile'];

/** Reads an uncompressed tar once, front to back; every byte counts against the bound, also of what nobody wants. */
export const readTar = async (body: Readable, extraction: Extraction): Promise<void> => {
  const writing: Promise<void>[] = [];
  let failure: unknown = null;
  const fail = (error: unknown): void => {
    failure ??= error;
    // Whoever waits for more must wake up.
    body.destroy();
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      try {
        const written = take(entry, extraction);
        if (written) writing.push(written.catch(fail));
        else entry.resume();
      } catch (error) {
        fail(error);
        entry.resume();
      }
    },
  });
  parser.on('error', fail);
  let wake = (): void => undefined;
  parser.on('drain', () => wake());
  body.once('close', () => wake());
  const ended = new Promise<void>((resolve) => void parser.once('end', resolve));
  try {
    for await (const piece of extraction.counted(body)) {
      if (failure !== null) break;
      if (parser.write(Buffer.from(piece))) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (body.destroyed) resolve();
      });
    }
  } catch (error) {
    fail(error);
  }
  if (failure === null) {
    parser.end();
    // A parser that failed may never say that it ended.
    await Promise.race([ended, new Promise<void>((resolve) => void parser.once('error', () => resolve()))]);
  } else parser.abort(new Error('given up'));
  if (failure === null) await Promise.all(writing);
  if (failure !== null) throw failure;
};

const take = (entry: ReadEntry, extraction: Extraction): Promise<void> | null => {
  extraction.enter();
  if (!extraction.wants(entry.path)) return null;
  if (fileTypes.includes(entry.type)) return extraction.file(entry.path, ((entry.mode ?? 0) & 0o100) !== 0, entry);
  if (entry.type === 'SymbolicLink') extraction.link(entry.path, entry.linkpath ?? '');
  else if (entry.type !== 'Directory' && entry.type !== 'GNUDumpDir') extraction.special(entry.path, entry.type);
  return null;
};
