import { Readable } from 'node:stream';
import type { XzReadableStream } from 'xz-decompress';

type Package = { readonly XzReadableStream: typeof XzReadableStream };

/**
Makes readers of xz streams, in pieces of at most 64 KiB. One is read at a time, the others wait: the package has one
decoder per process, and a stream of it that is given up while it waits for that decoder would hold it for ever.
*/
export const createXz = (): ((open: () => Readable) => Readable) => {
  let last = Promise.resolve();
  const pieces = async function* (open: () => Readable): AsyncGenerator<Uint8Array> {
    const before = last;
    const own = Promise.withResolvers<void>();
    last = own.promise;
    await before;
    const source = open();
    try {
      const loaded = (await import('xz-decompress')) as Partial<Package> & { readonly default: Package };
      // A CommonJS package: bundlers and loaders see its names, Node alone sees one default.
      const Stream = loaded.XzReadableStream ?? loaded.default.XzReadableStream;
      const opened = new Stream(Readable.toWeb(source) as ReadableStream<Uint8Array>);
      for await (const piece of opened) yield piece;
    } catch (error) {
      if (error instanceof Error && 'syscall' in error) throw error;
      // The package tells numbers of its decoder, which say nothing to anybody.
      throw new Error('its xz stream is damaged, cut, or of a kind that is not read here', { cause: error });
    } finally {
      source.destroy();
      own.resolve();
    }
  };
  return (open) => Readable.from(pieces(open), { objectMode: false });
};
