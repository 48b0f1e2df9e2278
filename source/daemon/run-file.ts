import type { Identity } from '../core/model.ts';
import type { StackWorld } from '../core/world.ts';
import type { Files, Launch, Started } from '../ports.ts';

/** What a successor needs to know of a running service. */
export type RunningService = {
  readonly service: string;
  readonly generation: number;
  readonly identity: Identity;
  readonly group: Identity;
  readonly statusFile: string;
  readonly logFile: string;
  readonly logStartByte: number;
  readonly startedAtMs: number;
  readonly version: string | null;
};

export type RunFile = {
  readonly format: 1;
  readonly runId: string;
  readonly stack: string;
  readonly services: readonly RunningService[];
};

/**
Writes down what runs, so that whoever comes after this daemon can recognise it. One write at a time, the newest
state wins; the file is replaced whole, so a reader never sees half of it.
*/
export const createRunFileWriter = (
  files: Files,
  path: string,
  head: { readonly runId: string; readonly stack: string },
  onError: (error: unknown) => void,
): { readonly write: (world: StackWorld, running: ReadonlyMap<string, { readonly started: Started; readonly launch: Launch }>) => void; readonly settled: () => Promise<void> } => {
  let wanted: string | null = null;
  let written = '';
  let writing: Promise<void> | null = null;
  const drain = async (): Promise<void> => {
    while (wanted !== null && wanted !== written) {
      const text = wanted;
      await files.writeAtomic(path, text, 0o600);
      written = text;
    }
  };
  return {
    write: (world, running) => {
      const services = [...running].flatMap(([service, { started, launch }]) => {
        const known = world.services[service];
        if (!known || known.generation !== launch.generation) return [];
        const { statusFile, logFile, generation, version } = launch;
        const { identity, group, logStartByte } = started;
        const startedAtMs = known.startedAtMs ?? 0;
        return [{ service, generation, identity, group, statusFile, logFile, logStartByte, startedAtMs, version }];
      });
      const document: RunFile = { format: 1, ...head, services };
      wanted = JSON.stringify(document);
      writing ??= drain()
        .catch(onError)
        .finally(() => {
          writing = null;
        });
    },
    settled: async () => writing ?? undefined,
  };
};
