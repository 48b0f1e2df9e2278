import { PassThrough, type Readable } from 'node:stream';
import { Header, Parser, type ReadEntry } from 'tar';
import type { Extraction } from './extraction.ts';

const headerBytes = 512;
const fileTypes: readonly string[] = ['File', 'OldFile', 'ContiguousFile'];

/** Reads an uncompressed tar once, front to back; every byte counts against the bound, also of what nobody wants. */
export const readTar = async (body: Readable, extraction: Extraction): Promise<void> => {
  const writing: Promise<void>[] = [];
  const open = new Set<PassThrough>();
  let failure: unknown = null;
  const failed = Promise.withResolvers<void>();
  const fail = (error: unknown): void => {
    failure ??= error;
    failed.resolve();
    // Whoever waits for more must wake up.
    body.destroy();
    for (const one of open) one.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  const parser = new Parser({
    strict: true,
    // What is packed once more is not unpacked: nobody would count those bytes.
    brotli: false,
    zstd: false,
    onReadEntry: (entry) => {
      try {
        const own = new PassThrough();
        // Whoever reads it is told too, if anybody reads it yet.
        own.on('error', () => undefined);
        const written = take(entry, own, extraction);
        if (written) {
          open.add(own);
          writing.push(written.catch(fail).finally(() => void open.delete(own)));
          entry.pipe(own);
        } else entry.resume();
      } catch (error) {
        fail(error);
        entry.resume();
      }
    },
  });
  parser.on('error', fail);
  parser.on('ignoredEntry', ({ path, type, meta }: ReadEntry) => {
    try {
      // What such a header says of the next entry would be missed.
      if (meta) throw new Error('a header in it is longer than any that is taken');
      extraction.special(path, type);
    } catch (error) {
      fail(error);
    }
  });
  let wake = (): void => undefined;
  parser.on('drain', () => wake());
  body.once('close', () => wake());
  const ended = new Promise<void>((resolve) => void parser.once('end', resolve));
  try {
    for await (const piece of fromHeader(extraction.counted(body))) {
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
    // A parser that failed, or whose entry nobody reads any more, may never say that it ended.
    await Promise.race([ended, failed.promise]);
  } else parser.abort(new Error('given up'));
  // Also after a failure: no file may be left open, or be written into when this has ended.
  await Promise.all(writing);
  if (failure !== null) throw failure;
};

/** Joins the first pieces until a header is whole, and throws unless it is one: the parser guesses at what else it may be. */
const fromHeader = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Buffer | null = Buffer.alloc(0);
  for await (const piece of body) {
    if (first === null) {
      yield piece;
      continue;
    }
    first = Buffer.concat([first, piece]);
    if (first.length < headerBytes) continue;
    const header = new Header(first.subarray(0, headerBytes));
    // A name may begin like a gzip, and the parser would take the whole for one.
    if (first.readUInt16BE(0) === 0x1f8b || (!header.cksumValid && !header.nullBlock)) break;
    yield first;
    first = null;
  }
  if (first !== null) throw new Error('what it holds is no tar, or a cut one');
};

/** `body` is what the entry will be piped into: unlike the entry's own iterator it ends also when the parser does not. */
const take = (entry: ReadEntry, body: Readable, extraction: Extraction): Promise<void> | null => {
  extraction.enter();
  if (!extraction.wants(entry.path)) return null;
  if (fileTypes.includes(entry.type)) return extraction.file(entry.path, ((entry.mode ?? 0) & 0o100) !== 0, body);
  if (entry.type === 'SymbolicLink') extraction.link(entry.path, entry.linkpath ?? '');
  else if (entry.type !== 'Directory' && entry.type !== 'GNUDumpDir') extraction.special(entry.path, entry.type);
  return null;
};
