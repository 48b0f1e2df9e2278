import type { UpRequest } from '../api/protocol.ts';
import type { StackWorld } from '../core/world.ts';
import type { Files, Launch, Started } from '../ports.ts';

/** All that a successor of this daemon needs to go on where it was. Holds the environment: for this user only. */
export type RunFile = {
  /** Of this file; a booty that does not know it leaves the file alone. */
  readonly format: 1;
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
  /** Resolves when nothing is being written any more. */
  readonly settled: () => Promise<void>;
};

/**
Writes down what runs. One write at a time, the newest state wins; the file is replaced whole, so that a reader never
sees half of it.
*/
export const createRunFileWriter = (files: Files, path: string, onError: (error: unknown) => void): RunFileWriter => {
  let wanted: RunFile | null = null;
  let writing: Promise<void> | null = null;
  const drain = async (): Promise<void> => {
    while (wanted !== null) {
      const document = wanted;
      wanted = null;
      await files.writeAtomic(path, JSON.stringify(document), 0o600);
    }
  };
  return {
    write: (document) => {
      wanted = document;
      writing ??= drain()
        .catch(onError)
        .finally(() => {
          writing = null;
        });
    },
    settled: async () => writing ?? undefined,
  };
};

/** What a predecessor left, or null: none, unreadable, or of a format this booty does not know. */
export const readRunFile = async (files: Files, path: string): Promise<RunFile | null> => {
  const text = await files.readText(path);
  if (text === null) return null;
  try {
    const document = JSON.parse(text) as RunFile;
    return document.format === 1 ? document : null;
  } catch {
    return null;
  }
};
