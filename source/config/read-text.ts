import { reasonOf } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Files } from '../ports.ts';
import { faulty, parsed, type Parsed } from './fault.ts';

/**
Reads a text file whole: UTF-8, at most `documentBytesMax` bytes. null when there is none; a folder, a device, a file
too large, not readable or not UTF-8 is a fault.
*/
export const readText = async (files: Files, path: string): Promise<Parsed<string | null>> => {
  try {
    // `stat` looks at a link itself; what it leads to is what counts, and a dangling one is an error.
    const target = (await files.stat(path))?.kind === 'link' ? await files.realPath(path) : path;
    const stat = await files.stat(target);
    if (stat === null) return parsed(null);
    if (stat.kind === 'folder') return faulty('it is a folder', 'name the file itself: -f FOLDER/booty.yaml');
    if (stat.kind !== 'file') return faulty('it is no file', 'name a plain file');
    // One byte more than allowed is asked for, as the file may have grown since.
    const bytes = await files.readRange(target, 0, limits.documentBytesMax + 1);
    return bytes.length > limits.documentBytesMax
      ? faulty(
          `it is larger than ${limits.documentBytesMax} bytes`,
          'write a smaller one; this is no text written by hand',
        )
      : decode(bytes);
  } catch (error) {
    return faulty(reasonOf(error), `make it readable: chmod u+r ${path}`);
  }
};

const decode = (bytes: Uint8Array): Parsed<string> => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return parsed(decoder.decode(bytes));
  } catch {
    const [first, second] = bytes;
    const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
    const found = isUtf16 ? 'it is UTF-16' : `line ${lineOfBadByte(bytes)} is not UTF-8`;
    return faulty(found, 'save it as UTF-8');
  }
};

const lineOfBadByte = (bytes: Uint8Array): number => {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let from = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(10, from);
    try {
      decoder.decode(bytes.subarray(from, end === -1 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end === -1) return line;
    from = end + 1;
  }
};
