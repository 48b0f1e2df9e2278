import { constants } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import type { Archives } from '../ports.ts';
import { findDebData } from './archive/deb.ts';
import { createExtraction } from './archive/extraction.ts';
import { createOpened } from './archive/opened.ts';
import { createXz } from './archive/xz.ts';

/** Archives read with node:zlib, xz-decompress, tar and yauzl; the readers are loaded when they are first needed. */
export const createArchives = (xz = createXz()): Archives => {
  const opened = createOpened(xz);
  return {
    unpack: async ({ file, format }, into, bounds, signal) => {
      signal.throwIfAborted();
      if (format === 'plain') return copyPlain(file, into, bounds.bytesMax);
      const extraction = createExtraction(into, bounds, signal);
      if (format === 'gz') {
        const [path] = onlyMember(into);
        await extraction.file(path, true, extraction.counted(opened({ file, packing: 'gz' })));
      } else if (format === 'zip') await (await import('./archive/zip.ts')).readZip(file, extraction);
      else {
        const data = format === 'deb' ? await findDebData(file) : { file, packing: packings[format] };
        await (await import('./archive/tar.ts')).readTar(opened(data), extraction);
      }
      signal.throwIfAborted();
      await extraction.finish();
    },
  };
};

const packings = { 'tar.gz': 'gz', 'tar.xz': 'xz', 'tar.zst': 'zst' } as const;

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
