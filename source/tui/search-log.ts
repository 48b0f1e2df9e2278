/** A search as a client carries it out: call by call, each of which looks through a bounded part of the file. */
import type { LogLine, LogSearch, LogWindow, StackClient } from '../api/protocol.ts';
import type { Progress } from './pane-state.ts';
import type { LogRequest } from './ui-state.ts';

export type Watch = {
  /** False: nobody waits for the answer any more. */
  readonly isWanted: () => boolean;
  readonly progressed: (progress: Progress) => void;
};

/** The nearest line that matches; null when there is none, or nobody wants it any more. Throws what the daemon says. */
export const searchLine = async (
  client: StackClient,
  service: string,
  search: LogSearch,
  watch: Watch,
): Promise<LogLine | null> => {
  const { direction } = search;
  let { from } = search;
  while (watch.isWanted()) {
    const found = await client.search(service, from === undefined ? search : { ...search, from });
    const line = found.lines.find((one) => search.lines === 1 || one.offset !== search.from);
    if (line || found.done) return line ?? null;
    from = direction === 'forward' ? found.toByte : found.fromByte;
    const doneBytes = direction === 'forward' ? from - (search.from ?? 0) : (search.from ?? found.fileBytes) - from;
    const totalBytes =
      direction === 'forward' ? found.fileBytes - (search.from ?? 0) : (search.from ?? found.fileBytes);
    watch.progressed({ doneBytes, totalBytes });
  }
  return null;
};

/** The window of a log in which only lines that match are; null when nobody wants it any more. */
export const searchWindow = async (
  client: StackClient,
  service: string,
  request: LogRequest,
  watch: Watch,
): Promise<LogWindow | null> => {
  const { pattern = '', lines: wanted, start, end, filterFrom = 0 } = request;
  const direction = start === undefined ? ('backward' as const) : ('forward' as const);
  let lines: readonly LogLine[] = [];
  let from = start ?? end;
  let endByte: number | null = null;
  while (watch.isWanted()) {
    const ask = { pattern, direction, lines: wanted - lines.length, ...(from !== undefined && { from }) };
    const found = await client.search(service, direction === 'backward' ? { ...ask, until: filterFrom } : ask);
    lines = direction === 'forward' ? [...lines, ...found.lines] : [...found.lines, ...lines];
    endByte = direction === 'forward' ? (found.done ? found.fileBytes : found.toByte) : (endByte ?? found.toByte);
    if (found.done || lines.length >= wanted) return { lines, endByte, fileBytes: found.fileBytes };
    from = direction === 'forward' ? found.toByte : found.fromByte;
    const totalBytes = Math.max(1, endByte - filterFrom);
    watch.progressed(
      direction === 'forward'
        ? { doneBytes: from - (start ?? 0), totalBytes: found.fileBytes - (start ?? 0) }
        : { doneBytes: endByte - from, totalBytes },
    );
  }
  return null;
};
