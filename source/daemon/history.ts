import type { StackEvent } from '../api/protocol.ts';
import { limits } from '../core/limits.ts';
import type { Files } from '../ports.ts';

export type History = {
  readonly add: (event: Omit<StackEvent, 'sequence'>) => StackEvent;
  /** The newest ones, oldest first. */
  readonly recent: () => readonly StackEvent[];
  readonly onAdd: (run: (event: StackEvent) => void) => () => void;
  /** Resolves when all that was added is in the file. */
  readonly settled: () => Promise<void>;
};

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
    recent: () => kept,
    onAdd: (run) => {
      watchers.add(run);
      return () => void watchers.delete(run);
    },
    settled: () => writing,
  };
};
