import type { UpRequest } from '../api/protocol.ts';
import type { StackWorld } from '../core/world.ts';
import type { Clock, Files, Launch, Started } from '../ports.ts';

/** All that a successor of this daemon needs to go on where it was. Holds the environment: for this user only. */
export type RunFile = {
  /** Of this file; a booty that does not know it leaves the file alone. */
  readonly format: 1;
  /** Of the machine when it was written; absent in files of before. */
  readonly bootId?: string;
  /** How far the clock was ahead of the time that really passes, by which all times of `world` go; absent in files of before. */
  readonly aheadMs?: number;
  readonly runId: string;
  readonly stack: string;
  readonly request: UpRequest;
  readonly ports: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly world: StackWorld;
  readonly running: Readonly<Record<string, { readonly launch: Launch; readonly started: Started }>>;
};

export type RunFileWriter = {
  readonly write: (document: RunFile) => void;
  /** Resolves when nothing is being written any more; a disk that takes nothing is not waited for longer than `settleMsMax`. */
  readonly settled: () => Promise<void>;
  /** Resolves once all that was to be written by now is on the disk, however long that takes. */
  readonly written: () => Promise<void>;
  /** Waits for what is being written; what could not be is given up. Resolves with whether the disk has all that was to be written. */
  readonly close: () => Promise<boolean>;
};

/**
Writes down what runs. One write at a time, the newest state wins; the file is replaced whole, so that a reader never
sees half of it. The copy is written after it: should one of the two be damaged, the other is not. A write that fails
(a full disk) is tried again, until it succeeds or something newer is written.
*/
export const createRunFileWriter = (
  { files, clock }: { readonly files: Files; readonly clock: Clock },
  path: string,
  onError: (error: unknown) => void,
): RunFileWriter => {
  let wanted: RunFile | null = null;
  let writing: Promise<void> | null = null;
  let isClosed = false;
  let cancelRetry: () => void = () => {};
  let waiting: (() => void)[] = [];
  const drain = async (): Promise<void> => {
    while (wanted !== null) {
      const document = wanted;
      wanted = null;
      const text = JSON.stringify(document);
      try {
        await files.writeAtomic(path, text, 0o600);
        await files.writeAtomic(runFileCopy(path), text, 0o600);
      } catch (error) {
        onError(error);
        wanted ??= document;
        if (!isClosed) cancelRetry = clock.after(retryMs, begin);
        return;
      }
    }
    const told = waiting;
    waiting = [];
    for (const tell of told) tell();
  };
  const begin = (): void => {
    cancelRetry();
    writing ??= drain().finally(() => {
      writing = null;
    });
  };
  return {
    write: (document) => {
      wanted = document;
      begin();
    },
    written: () => new Promise((resolve) => (wanted === null && !writing ? resolve() : waiting.push(resolve))),
    settled: async () => {
      if (writing === null) return;
      const late = Promise.withResolvers<void>();
      const cancel = clock.after(settleMsMax, late.resolve);
      await Promise.race([writing, late.promise]);
      cancel();
    },
    close: async () => {
      isClosed = true;
      cancelRetry();
      await writing;
      return wanted === null;
    },
  };
};

const retryMs = 1_000;
/** Nothing waits longer for the disk than this before it is done. */
const settleMsMax = 250;

/** Where the run file lies once more. */
export const runFileCopy = (path: string): string => `${path}.last`;

/** What a predecessor left, or null: none, unreadable, or of a format this booty does not know. */
export const readRunFile = async (files: Files, path: string): Promise<RunFile | null> => {
  const found = parse(await files.readText(path));
  return typeof found === 'string' ? null : found;
};

/** As `readRunFile`, by the copy where the file itself is damaged; says what was wrong. */
export const readRunFiles = async (
  files: Files,
  path: string,
): Promise<{
  readonly left: RunFile | null;
  readonly isDamaged: boolean;
  /** Of a run file that this booty does not know. */
  readonly otherFormat: string | null;
}> => {
  const text = await files.readText(path);
  const first = parse(text);
  if (typeof first === 'string') return { left: null, isDamaged: false, otherFormat: first };
  if (first !== null || text === null) return { left: first, isDamaged: false, otherFormat: null };
  return { left: await readRunFile(files, runFileCopy(path)), isDamaged: true, otherFormat: null };
};

/** The document, or the name of its format when that is not known here, or null when it is no such document. */
const parse = (text: string | null): RunFile | string | null => {
  try {
    const document = JSON.parse(text ?? '') as { readonly format?: unknown } | null;
    if (document?.format === 1) return document as RunFile;
    return document?.format === undefined ? null : JSON.stringify(document.format);
  } catch {
    return null;
  }
};
