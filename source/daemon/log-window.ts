import { limits } from '../core/limits.ts';
import { createLineSplitter, type RawLine } from './line-splitter.ts';
import type { Spool } from './log-spool.ts';

export type Window = { readonly lines: readonly RawLine[]; readonly endByte: number; readonly fileBytes: number };

/** How far back a window looks for its lines. */
const lookBackBytesMax = 8_388_608;

/**
Reads some lines of a log: the last `lines` before byte `end` (the file's end when null), or from byte `start` on.
Memory is bounded by what is shown, not by the file. A log that is not there is an empty one.
*/
export const readWindow = async (
  log: Pick<Spool, 'span' | 'read' | 'service'>,
  ask: { readonly lines: number; readonly end: number | null; readonly start: number | null },
): Promise<Window> => {
  const { fromByte, endByte } = await log.span();
  const within = (byte: number): number => Math.max(fromByte, Math.min(byte, endByte));
  if (ask.start !== null) return readForward(log, within(ask.start), ask.lines, endByte);
  return readBackward(log, fromByte, within(ask.end ?? endByte), ask.lines, endByte);
};

const readForward = async (
  log: Pick<Spool, 'span' | 'read' | 'service'>,
  start: number,
  count: number,
  fileBytes: number,
): Promise<Window> => {
  const splitter = createLineSplitter(start, log.service);
  const lines: RawLine[] = [];
  let at = start;
  while (lines.length <= count && at < fileBytes) {
    const chunk = await log.read(at, Math.min(limits.logReadBytesMax, fileBytes - at));
    if (chunk.length === 0) break;
    lines.push(...splitter.push(chunk));
    at += chunk.length;
  }
  if (at >= fileBytes) lines.push(...splitter.flush());
  const next = lines[count];
  return { lines: lines.slice(0, count), endByte: next ? next.offset : at, fileBytes };
};

const readBackward = async (
  log: Pick<Spool, 'span' | 'read' | 'service'>,
  fromByte: number,
  end: number,
  count: number,
  fileBytes: number,
): Promise<Window> => {
  let spanBytes = Math.min(end - fromByte, 16_384);
  for (;;) {
    const start = end - spanBytes;
    const bytes = await readAll(log, start, end);
    const splitter = createLineSplitter(start, log.service);
    const lines = [...splitter.push(bytes), ...splitter.flush()];
    // What stands first may be the end of a line that began before the span.
    const whole = start === fromByte ? lines : lines.slice(1);
    if (whole.length >= count || start === fromByte || spanBytes >= lookBackBytesMax) {
      const shown = whole.length > 0 || start === fromByte ? whole : lines;
      return { lines: shown.slice(Math.max(0, shown.length - count)), endByte: end, fileBytes };
    }
    spanBytes = Math.min(end - fromByte, spanBytes * 4);
  }
};

const readAll = async (
  log: Pick<Spool, 'span' | 'read' | 'service'>,
  start: number,
  end: number,
): Promise<Uint8Array> => {
  const whole = new Uint8Array(end - start);
  let at = 0;
  while (at < whole.length) {
    const chunk = await log.read(start + at, Math.min(limits.logReadBytesMax, whole.length - at));
    if (chunk.length === 0) break;
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole.subarray(0, at);
};
