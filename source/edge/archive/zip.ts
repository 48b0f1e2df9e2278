import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { Extraction } from './extraction.ts';

/** Type bits of a Unix mode (inode(7)), which zip keeps in the upper half of the external attributes. */
const typeBits = 0o170000;
const fileType = 0o100000;
const linkType = 0o120000;
/** PATH_MAX on Linux; a longer one cannot be made. */
const linkBytesMax = 4_096;

/** Reads a zip by its central directory. yauzl refuses names that lead out and entries longer than they say. */
export const readZip = async (path: string, extraction: Extraction): Promise<void> => {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true });
  try {
    for await (const entry of zip.eachEntry()) await take(zip, entry, extraction);
  } finally {
    zip.close();
  }
};

const take = async (zip: ZipFile, entry: Entry, extraction: Extraction): Promise<void> => {
  extraction.enter();
  const { fileName } = entry;
  if (fileName.endsWith('/') || !extraction.wants(fileName)) return;
  extraction.count(entry.uncompressedSize);
  if (entry.isEncrypted()) throw new Error(`${JSON.stringify(fileName)} is encrypted`);
  const mode = entry.externalFileAttributes >>> 16;
  const type = mode & typeBits;
  if (type !== 0 && type !== fileType && type !== linkType) return extraction.special(fileName, 'special file');
  if (type === linkType && entry.uncompressedSize > linkBytesMax) throw new Error(`the link ${fileName} is too long`);
  const body = await zip.openReadStreamPromise(entry);
  if (type === linkType) {
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece as Buffer);
    extraction.link(fileName, Buffer.concat(pieces).toString('utf8'));
  } else await extraction.file(fileName, (mode & 0o100) !== 0, body);
};
