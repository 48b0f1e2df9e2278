import { constants, createReadStream } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Archives } from '../ports.ts';
import { createExtraction } from './archive/extraction.ts';
import { createXz } from './archive/xz.ts';

/** Archives read with node:zlib, xz-decompress, tar and yauzl; the readers are loaded when they are first needed. */
export const createArchives = (xz = createXz()): Archives => ({
  unpack: async ({ file, format }, into, bounds, signal) => {
    signal.throwIfAborted();
    if (format === 'plain') return copyPlain(file, into, bounds.bytesMax);
    const extraction = createExtraction(into, bounds, signal);
    if (format === 'gz') {
      const [path] = onlyMember(into);
      await extraction.file(path, true, extraction.counted(decompressed(file, format)));
    } else if (format === 'zip') await (await import('./archive/zip.ts')).readZip(file, extraction);
    else {
      const body = format === 'tar.xz' ? xz(file) : decompressed(file, format);
      await (await import('./archive/tar.ts')).readTar(body, extraction);
    }
    signal.throwIfAborted();
    await extraction.finish();
  },
});

const decompressed = (file: string, format: 'gz' | 'tar.gz' | 'tar.zst'): Readable => {
  const source = createReadStream(file, { highWaterMark: 262_144 });
  const opened = format === 'tar.zst' ? createZstdDecompress() : createGunzip({ chunkSize: 262_144 });
  // `pipe` does not hand errors on: whoever reads the end must see them.
  source.once('error', (error) => opened.destroy(error));
  opened.once('close', () => source.destroy());
  return source.pipe(opened);
};

type Into = Parameters<Archives['unpack']>[1];

/** What is no archive holds one file, whatever it is asked for as. */
const onlyMember = (into: Into): readonly [path: string, target: string] => {
  const [first, ...others] = 'members' in into ? into.members : [];
  if (first === undefined || others.length > 0) throw new Error('it is a single file, not an archive');
  return first;
};

const copyPlain = async (file: string, into: Into, bytesMax: number): Promise<void> => {
  const [, target] = onlyMember(into);
  if ((await stat(file)).size > bytesMax) throw new Error(`it holds more than ${bytesMax} bytes`);
  await copyFile(file, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
};
