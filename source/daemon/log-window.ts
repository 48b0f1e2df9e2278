import { limits } from '../core/limits.ts';
import type { Files } from '../ports.ts';
import { createLineSplitter, type RawLine } from './line-splitter.ts';

export type Window = { readonly lines: readonly RawLine[]; readonly endByte: number; readonly fileBytes: number };

/** How far back a window looks for its lines. */
const lookBackBytesMax = 8_388_608;

/**
Reads some lines of a log: the last `lines` before byte `end` (the file's end when null), or from byte `start` on.
Memory is bounded by what is shown, not by the file. A file that is not there is an empty one.
*/
export const readWindow = async (
  files: Files,
  path: string,
  ask: { readonly lines: number; readonly end: number | null; readonly start: number | null },
): Promise<Window> => {
  const fileBytes = (await files.stat(path))?.sizeBytes ?? 0;
  if (ask.start !== null) return readForward(files, path, Math.min(ask.start, fileBytes), ask.lines, fileBytes);
  return readBackward(files, path, Math.min(ask.end ?? fileBytes, fileBytes), ask.lines, fileBytes);
};

const readForward = async (
  files: Files,
  path: string,
  start: number,
  count: number,
  fileBytes: number,
): Promise<Window> => {
  const splitter = createLineSplitter(start);
  const lines: RawLine[] = [];
  let at = start;
  while (lines.length <= count && at < fileBytes) {
    const chunk = await files.readRange(path, at, Math.min(limits.logReadBytesMax, fileBytes - at));
    if (chunk.length === 0) break;
    lines.push(...splitter.push(chunk));
    at += chunk.length;
  }
  if (at >= fileBytes) lines.push(...splitter.flush());
  const next = lines[count];
  return { lines: lines.slice(0, count), endByte: next ? next.offset : at, fileBytes };
};

const readBackward = async (
  files: Files,
  path: string,
  end: number,
  count: number,
  fileBytes: number,
): Promise<Window> => {
  let spanBytes = Math.min(end, 16_384);
  for (;;) {
    const start = end - spanBytes;
    const bytes = await readAll(files, path, start, end);
    const splitter = createLineSplitter(start);
    const lines = [...splitter.push(bytes), ...splitter.flush()];
    // What stands first may be the end of a line that began before the span.
    const whole = start === 0 ? lines : lines.slice(1);
    if (whole.length >= count || start === 0 || spanBytes >= lookBackBytesMax) {
      const shown = whole.length > 0 || start === 0 ? whole : lines;
      return { lines: shown.slice(Math.max(0, shown.length - count)), endByte: end, fileBytes };
    }
    spanBytes = Math.min(end, spanBytes * 4);
  }
};

const readAll = async (files: Files, path: string, start: number, end: number): Promise<Uint8Array> => {
  const whole = new Uint8Array(end - start);
  let at = 0;
  while (at < whole.length) {
    const chunk = await files.readRange(path, start + at, Math.min(limits.logReadBytesMax, whole.length - at));
    if (chunk.length === 0) break;
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole.subarray(0, at);
};
