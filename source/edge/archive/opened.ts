import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { nodeZlib } from '../node-zlib.ts';

/** A stretch of a file and how it is packed; without bounds the whole file. */
export type Packed = {
  readonly file: string;
  readonly packing: 'gz' | 'xz' | 'zst' | 'none';
  readonly fromByte?: number;
  readonly lengthBytes?: number;
};

/** Makes streams of what packed stretches hold. An empty stretch is a stream that fails. */
export const createOpened =
  (xz: (source: () => Readable) => Readable): ((packed: Packed) => Readable) =>
  ({ file, packing, fromByte = 0, lengthBytes }) => {
    const read = (): Readable => {
      const end = lengthBytes === undefined ? {} : { end: fromByte + lengthBytes - 1 };
      return createReadStream(file, { highWaterMark: 262_144, start: fromByte, ...end });
    };
    if (packing === 'xz') return xz(read);
    const source = read();
    if (packing === 'none') return source;
    const opened =
      packing === 'zst' ? nodeZlib().createZstdDecompress() : nodeZlib().createGunzip({ chunkSize: 262_144 });
    // `pipe` does not hand errors on: whoever reads the end must see them.
    source.once('error', (error) => opened.destroy(error));
    opened.once('close', () => source.destroy());
    // Whoever reads it is told; an error that comes after the last reader left concerns nobody.
    opened.on('error', () => undefined);
    return source.pipe(opened);
  };
