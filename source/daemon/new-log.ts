import type { Files } from '../ports.ts';

const nothing = { sizeBytes: 0, mark: undefined, kind: 'file' } as const;

/** Of a log in one read. */
const readBytes = 4_194_304;

/**
Gives, at each call, what a service printed since the call before, from a byte of its log on, up to 4 MiB; the last
incomplete line is given again. A log that got shorter was emptied and is looked at from its start. Zeros where it
begins stand for what was packed and given back to the disk: they are passed over.
*/
export const createNewLog = (
  files: Pick<Files, 'stat' | 'readRange'>,
  path: string,
  startByte: number,
): (() => Promise<string>) => {
  let from = startByte;
  let sizeSeenBytes = startByte;
  /** The incomplete line at the end of what was read to its end, and by what that file is known. */
  let last: { readonly mark: string; readonly rest: string } | null = null;

  /** The next bytes that are there, without the zeros before them. */
  const readOn = async (): Promise<Uint8Array> => {
    for (;;) {
      const bytes = await files.readRange(path, from, readBytes);
      let zeros = 0;
      while (bytes[zeros] === 0) zeros += 1;
      from += zeros;
      if (zeros < bytes.length || bytes.length < readBytes) return bytes.subarray(zeros);
    }
  };

  return async () => {
    const { sizeBytes, mark, kind } = (await files.stat(path)) ?? nothing;
    // A pipe in its place would be waited for as long as nobody writes.
    if (kind !== 'file') return '';
    if (last !== null && last.mark === mark) return last.rest;
    if (sizeBytes < sizeSeenBytes) from = 0;
    const bytes = await readOn();
    sizeSeenBytes = Math.max(sizeBytes, from + bytes.length);
    const isWhole = mark !== undefined && from + bytes.length >= sizeBytes;
    const lastEnd = bytes.lastIndexOf(0x0a);
    const text = new TextDecoder().decode(bytes);
    // A line longer than what is read at once would else be all that is ever looked at.
    if (lastEnd !== -1) from += lastEnd + 1;
    else if (bytes.length === readBytes) from += bytes.length;
    // Most looks find nothing new, and need not open the file to see that.
    last = isWhole ? { mark, rest: text.slice(text.lastIndexOf('\n') + 1) } : null;
    return text;
  };
};
