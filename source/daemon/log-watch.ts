import type { Clock, Files } from '../ports.ts';

/** How a log stands: its size, and its generation, which grows when the file shrinks (its lines got new names). */
export type LogEnd = { readonly endByte: number; readonly generation: number };

export type LogWatch = {
  readonly ends: () => ReadonlyMap<string, LogEnd>;
  /** When the line that begins at this byte was first seen, within a tick; null when before the watch. */
  readonly timeOf: (service: string, offset: number) => number | null;
  /** Called with the services whose logs grew or shrank. While anybody listens, ticks come fast. */
  readonly onGrowth: (run: (services: readonly string[]) => void) => () => void;
  /** Looks now. */
  readonly look: () => Promise<void>;
  readonly stop: () => void;
};

const fastTickMs = 100;
const slowTickMs = 1_000;
/** Steps of the time index kept for each log; older ones are thinned out by half. */
const indexStepsMax = 4_096;

/**
Notes at each tick how far each log has grown and when: sizes only, no byte is read here. `stat` by a tick and not by
inotify, because a server that writes 50,000 lines a second would wake the daemon as often.
*/
export const watchLogs = (
  ports: { readonly clock: Clock; readonly files: Files },
  pathsOf: () => readonly { readonly service: string; readonly path: string }[],
): LogWatch => {
  const ends = new Map<string, LogEnd>();
  const index = new Map<string, { offset: number; atMs: number }[]>();
  const listeners = new Set<(services: readonly string[]) => void>();
  let cancel: () => void = () => {};
  let stopped = false;

  const look = async (): Promise<void> => {
    const changed: string[] = [];
    for (const { service, path } of pathsOf()) {
      const sizeBytes = (await ports.files.stat(path))?.sizeBytes ?? 0;
      if (note(service, sizeBytes)) changed.push(service);
    }
    if (changed.length > 0) for (const run of listeners) run(changed);
  };

  const note = (service: string, sizeBytes: number): boolean => {
    const known = ends.get(service);
    if (known?.endByte === sizeBytes) return false;
    const shrank = known !== undefined && sizeBytes < known.endByte;
    ends.set(service, { endByte: sizeBytes, generation: (known?.generation ?? 1) + (shrank ? 1 : 0) });
    const steps = shrank ? [] : (index.get(service) ?? []);
    // What was there before the first look has no known time.
    if (known) steps.push({ offset: shrank ? 0 : known.endByte, atMs: ports.clock.nowMs() });
    index.set(service, steps.length > indexStepsMax ? steps.filter((_, place) => place % 2 === 0) : steps);
    return true;
  };

  const tick = (): void => {
    cancel = ports.clock.after(listeners.size > 0 ? fastTickMs : slowTickMs, () => {
      void look().finally(() => {
        if (!stopped) tick();
      });
    });
  };
  tick();

  return {
    ends: () => ends,
    timeOf: (service, offset) => index.get(service)?.findLast((step) => step.offset <= offset)?.atMs ?? null,
    onGrowth: (run) => {
      listeners.add(run);
      if (listeners.size === 1) {
        cancel();
        tick();
      }
      return () => void listeners.delete(run);
    },
    look,
    stop: () => {
      stopped = true;
      cancel();
    },
  };
};
