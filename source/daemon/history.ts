import type { StackEvent } from '../api/protocol.ts';
import { limits } from '../core/limits.ts';
import type { Files } from '../ports.ts';

export type History = {
  readonly add: (event: Omit<StackEvent, 'sequence'>) => StackEvent;
  /** The newest ones, oldest first. */
  readonly recent: () => readonly StackEvent[];
  readonly onAdd: (run: (event: StackEvent) => void) => () => void;
  /** Brings back the newest events of daemons before this one; to be called before the first is added. */
  readonly restore: () => Promise<void>;
  /** Resolves when all that was added is in the file. */
  readonly settled: () => Promise<void>;
};

/** How far back a new daemon reads. */
const restoredBytesMax = 262_144;

/** What happened to the stack, kept in memory for clients and appended to a file as NDJSON, one event a line. */
export const createHistory = (files: Files, file: string, onError: (error: unknown) => void): History => {
  const kept: StackEvent[] = [];
  const watchers = new Set<(event: StackEvent) => void>();
  let sequence = 0;
  let writing: Promise<void> = Promise.resolve();
  return {
    add: (fact) => {
      sequence += 1;
      const event: StackEvent = { sequence, ...fact };
      kept.push(event);
      if (kept.length > limits.eventsKeptMax) kept.shift();
      writing = writing.then(() => files.append(file, `${JSON.stringify(event)}\n`, 0o600)).catch(onError);
      for (const run of watchers) run(event);
      return event;
    },
    restore: async () => {
      const sizeBytes = (await files.stat(file))?.sizeBytes ?? 0;
      const bytes = await files.readRange(file, Math.max(0, sizeBytes - restoredBytesMax), restoredBytesMax);
      const before = new TextDecoder().decode(bytes).split('\n').flatMap(readEvent).slice(-limits.eventsKeptMax);
      kept.unshift(...before);
      sequence = Math.max(sequence, before.at(-1)?.sequence ?? 0);
    },
    recent: () => kept,
    onAdd: (run) => {
      watchers.add(run);
      return () => void watchers.delete(run);
    },
    settled: () => writing,
  };
};

/** One line of the file; the first may be cut, and a full disk may have torn one. */
const readEvent = (line: string): StackEvent[] => {
  try {
    const event = JSON.parse(line) as StackEvent;
    return typeof event.sequence === 'number' ? [event] : [];
  } catch {
    return [];
  }
};
