import {
  addStep,
  cutSteps,
  firstSince,
  formatCut,
  formatDrop,
  formatFile,
  formatIndex,
  formatStep,
  indexStepsMax,
  type LogStep,
  parseIndex,
  stepAt,
} from '../core/log-index.ts';
import { joinedParts, type LogPart } from '../core/log-part.ts';
import type { Clock, Files } from '../ports.ts';
import type { LogBytes } from './log-bytes.ts';
import type { PartCache } from './part-cache.ts';

/** How a log stands: its end, and its generation, which grows when the file shrinks (its lines got new names). */
export type LogEnd = { readonly endByte: number; readonly generation: number };

/** What rotation works on; bytes count in the log, the file begins at `baseByte`. */
export type SpoolState = {
  readonly generation: number;
  readonly baseByte: number;
  /** What lies before is in parts. */
  readonly packedToByte: number;
  readonly endByte: number;
  readonly parts: readonly LogPart[];
};

/** One service's log: the file its server appends to and the parts that were put away, read as one. */
export type Spool = LogBytes & {
  readonly service: string;
  readonly path: string;
  /** Where the parts and the index lie. */
  readonly folder: string;
  readonly end: () => LogEnd;
  readonly generationOf: (offset: number) => number;
  /** When the line that begins there was first seen, within a tick, and the tick before; null when unknown. */
  readonly seenAt: (offset: number) => { readonly atMs: number; readonly afterMs: number | null } | null;
  /** First byte seen at that time or later, and up to where nothing is known of times; null: none so new. */
  readonly since: (sinceMs: number) => { readonly offset: number | null; readonly unknownToByte: number };
  /** True when it grew or shrank since this was asked last. */
  readonly takeChanged: () => boolean;
  readonly state: () => SpoolState;
  /** A part was written that begins where the packed bytes end. */
  readonly addPart: (part: LogPart) => void;
  /** Gives up everything before that byte. */
  readonly dropBefore: (offset: number) => void;
  /** Empties the file once all up to `endByte` is packed, as the start of a new generation; says how many bytes are lost. */
  readonly cut: () => Promise<number>;
  /** Resolves when all that is known is on the disk. */
  readonly settled: () => Promise<void>;
};

export type SpoolOptions = {
  readonly clock: Clock;
  readonly files: Files;
  readonly cache: PartCache;
  readonly service: string;
  /** Of the file, which ends in `.log`. */
  readonly path: string;
  /** The file was emptied or replaced by somebody else: so many bytes were not packed yet. */
  readonly onShrink: (service: string, lostBytes: number, generation: number) => void;
  readonly onError: (error: unknown) => void;
};

const headBytes = 64;

/**
Opens a log as its files and index say. A file that shrinks, or begins with another text than before, starts a new
generation, whose lines follow those that were packed. All looks at the file come one after the other.
*/
export const openSpool = async (options: SpoolOptions): Promise<Spool> => {
  const { clock, files, cache, service, path, onError } = options;
  const folder = path.replace(/\.log$/, '');
  const indexFile = `${folder}/index`;
  const found = parseIndex((await files.readText(indexFile)) ?? '');
  let parts: readonly LogPart[] = joinedParts(await files.list(folder));
  let packed = Math.max(parts.at(-1)?.toByte ?? 0, found?.baseByte ?? 0, found?.droppedToByte ?? 0);
  // Without an index the file is the one the newest parts were taken of, unless it is too short for that.
  let file = {
    generation: found?.generation ?? parts.at(-1)?.generation ?? 1,
    baseByte: found?.baseByte ?? 0,
    head: found?.head ?? '',
  };
  let steps: readonly LogStep[] = found?.steps ?? [];
  /** Null until the first look, when nothing was remembered. */
  let endByte: number | null = found || parts.length > 0 ? Math.max(packed, steps.at(-1)?.offset ?? 0) : null;
  let droppedToByte = found?.droppedToByte ?? 0;
  let changed = false;
  let isFile = true;
  let queue: Promise<unknown> = Promise.resolve();
  let writing: Promise<void> = Promise.resolve();
  let linesWritten = Number.POSITIVE_INFINITY;

  const write = (text: string): void => {
    writing = writing
      .then(async () => {
        linesWritten += 1;
        if (linesWritten <= indexStepsMax * 2) return files.append(indexFile, text, 0o600);
        await files.makeFolder(folder, 0o700);
        await files.writeAtomic(indexFile, formatIndex({ ...file, droppedToByte, steps }), 0o600);
        linesWritten = steps.length + 1;
      })
      .catch((error: unknown) => {
        // What could not be written now is written whole with the next step.
        linesWritten = Number.POSITIVE_INFINITY;
        onError(error);
      });
  };

  const beginFile = (head: string): void => {
    file = { generation: file.generation + 1, baseByte: packed, head };
    steps = cutSteps(steps, packed);
    write(formatCut(packed) + formatFile(file));
    endByte = packed;
    changed = true;
  };

  /** What somebody put in the place of the file (a link, a pipe, a folder) is not read, and none of it is a log. */
  const statNow = async () => {
    const stat = await files.stat(path);
    isFile = stat === null || stat.kind === 'file';
    return isFile ? stat : null;
  };

  const lookNow = async (): Promise<void> => {
    const stat = await statNow();
    const sizeBytes = stat?.sizeBytes ?? 0;
    const known = endByte ?? file.baseByte;
    if (endByte !== null && sizeBytes === known - file.baseByte && file.head !== '') return;
    const head = sizeBytes === 0 ? '' : hex(await files.readRange(path, 0, headBytes));
    const isAnother = sizeBytes < known - file.baseByte || !continues(head, file.head, packed > file.baseByte);
    if (isAnother) {
      const lostBytes = known - packed;
      beginFile(head);
      options.onShrink(service, lostBytes, file.generation);
    } else if (head.length > file.head.length) {
      file = { ...file, head };
      write(formatFile(file));
    }
    const before = endByte;
    const now = file.baseByte + sizeBytes;
    if (now === before) return;
    // What was there before the first look has no known time.
    if (before !== null) {
      // After a time without a daemon the last write says more than the first look.
      const atMs = Math.floor(Math.min(clock.nowMs(), (stat?.modifiedAtMs ?? Infinity) + 1));
      steps = addStep(steps, { offset: before, atMs });
      write(formatStep({ offset: before, atMs }));
    }
    endByte = now;
    changed = true;
  };

  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const done = queue.then(run);
    queue = done.catch(() => {});
    return done;
  };
  const startByte = (): number => parts[0]?.fromByte ?? packed;

  const readOnce = async (at: number, lengthBytes: number, into?: Uint8Array): Promise<Uint8Array> => {
    for (;;) {
      if (at < startByte()) return new Uint8Array();
      const { generation, baseByte } = file;
      if (at >= packed) {
        if (!isFile) return new Uint8Array();
        const bytes = await files.readRange(path, at - baseByte, lengthBytes, into);
        // It may have been put away, or emptied, while it was read.
        if (at >= packed && file.generation === generation) return bytes;
        continue;
      }
      const part = parts.find(({ fromByte, toByte }) => fromByte <= at && at < toByte);
      if (!part) return new Uint8Array();
      try {
        const packed = { path: `${folder}/${part.name}`, partBytes: part.toByte - part.fromByte };
        return await cache.read(packed, { fromByte: at - part.fromByte, lengthBytes }, into);
      } catch (error) {
        if (!parts.includes(part)) continue;
        onError(error);
        parts = parts.filter(({ fromByte }) => fromByte >= part.toByte);
      }
    }
  };

  return {
    service,
    path,
    folder,
    span: async () => {
      await inTurn(lookNow);
      return { fromByte: startByte(), endByte: endByte ?? 0 };
    },
    read: async (fromByte, lengthBytes, into) => {
      const first = await readOnce(fromByte, lengthBytes, into);
      if (first.length === 0 || first.length >= lengthBytes) return first;
      const pieces = [first];
      let at = fromByte + first.length;
      while (at < fromByte + lengthBytes) {
        const piece = await readOnce(at, fromByte + lengthBytes - at);
        if (piece.length === 0) break;
        pieces.push(piece);
        at += piece.length;
      }
      return pieces.length === 1 ? first : Buffer.concat(pieces);
    },
    end: () => ({ endByte: endByte ?? 0, generation: file.generation }),
    generationOf: (offset) =>
      offset >= packed ? file.generation : (parts.find(({ toByte }) => offset < toByte)?.generation ?? file.generation),
    seenAt: (offset) => {
      const at = stepAt(steps, offset);
      return at && { atMs: at.step.atMs, afterMs: at.before?.atMs ?? null };
    },
    since: (sinceMs) => ({
      offset: firstSince(steps, sinceMs),
      unknownToByte: steps[0]?.offset ?? endByte ?? 0,
    }),
    takeChanged: () => {
      const was = changed;
      changed = false;
      return was;
    },
    state: () => ({
      generation: file.generation,
      baseByte: file.baseByte,
      packedToByte: packed,
      endByte: endByte ?? 0,
      parts,
    }),
    addPart: (part) => {
      parts = [...parts, part];
      packed = part.toByte;
    },
    dropBefore: (offset) => {
      parts = parts.filter(({ fromByte }) => fromByte >= offset);
      packed = Math.max(packed, Math.min(offset, endByte ?? 0));
      droppedToByte = offset;
      write(formatDrop(offset));
    },
    cut: () =>
      inTurn(async () => {
        const stat = await statNow();
        const sizeBytes = stat?.sizeBytes ?? 0;
        if (stat !== null) await files.logStorage?.empty(path);
        const lostBytes = Math.max(0, file.baseByte + sizeBytes - packed);
        beginFile('');
        return lostBytes;
      }),
    settled: () => writing,
  };
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Whether a file that begins with `head` may be the one that began with `known`; what was put away reads as zeros. */
const continues = (head: string, known: string, isFreed: boolean): boolean =>
  head.startsWith(known) || (isFreed && /^0*$/.test(head));
