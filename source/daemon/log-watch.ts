import { reasonOf } from '../core/error.ts';
import type { Clock, Files } from '../ports.ts';
import { createRotation, type Rotation, type RotationBounds, rotationBounds } from './log-rotation.ts';
import { type LogEnd, openSpool, type Spool } from './log-spool.ts';
import { createPartCache } from './part-cache.ts';

export type LogWatch = {
  readonly ends: () => ReadonlyMap<string, LogEnd>;
  /** A service's log with all its parts, also of one that is watched by nobody else. */
  readonly logOf: (service: string) => Promise<Spool>;
  /** Called with the services whose logs grew or shrank. While anybody listens, what comes is seen within a tenth of a second. */
  readonly onGrowth: (run: (services: readonly string[]) => void) => () => void;
  /** Sentences for the header: what is wrong with the logs now. */
  readonly notes: () => readonly string[];
  /** Looks now. */
  readonly look: () => Promise<void>;
  /** Ends all ticks; resolves when nothing is being written any more. */
  readonly stop: () => Promise<void>;
};

export type LogWatchOptions = {
  readonly services: () => readonly string[];
  readonly pathOf: (service: string) => string;
  /** Folder of the logs, whose disk may fill up. */
  readonly folder: string;
  /** A fact for the stack's history. */
  readonly tell: (fact: { readonly service: string | null; readonly type: string; readonly message: string }) => void;
  readonly onError: (error: unknown) => void;
  readonly bounds?: RotationBounds;
};

const fastTickMs = 100;
const slowTickMs = 1_000;
/** Logs in which nothing came for so long are looked at slowly, until the folder says that there is something. */
const quietMs = 2_000;
/** Less than this free: servers cannot write their logs any more. */
const freeBytesMin = 1_048_576;
/** Space is back once this much is free; between the two nothing changes. */
const freeBytesBack = 4_194_304;
const diskIntervalMs = 1_000;

/**
Notes at each tick how far each log has grown and when, and puts old parts of them away: sizes only, no line is read
here. While something comes, `stat` by a tick: by inotify a server that writes 50,000 lines a second would wake the daemon as
often. Once all is quiet, the next change in the folder is waited for.
*/
export const watchLogs = (
  ports: { readonly clock: Clock; readonly files: Files },
  options: LogWatchOptions,
): LogWatch => {
  const { tell, onError } = options;
  const storage = ports.files.logStorage;
  const cache = createPartCache(storage);
  const opened = new Map<string, Promise<Spool>>();
  const spools = new Map<string, Spool>();
  const rotations = new Map<string, Rotation>();
  const rotating = new Set<Promise<void>>();
  const failures = new Map<string, string>();
  const listeners = new Set<(services: readonly string[]) => void>();
  const disk = watchDisk(ports, options.folder, tell);
  let cancel: () => void = () => {};
  let stopped = false;
  let isLooking = false;
  let grewMs = ports.clock.steadyMs();
  /** Ends the watch on the folder; null while there is none, and looks come fast. */
  let unwatch: (() => void) | null = null;

  const logOf = (service: string): Promise<Spool> => {
    const known = opened.get(service);
    if (known) return known;
    const opening = openSpool({
      ...ports,
      cache,
      service,
      path: options.pathOf(service),
      onShrink: (name, lostBytes, generation) => tell(shrinkFact(name, lostBytes, generation)),
      onError,
    }).then((spool) => {
      spools.set(service, spool);
      const on = {
        cut: (name: string, lostBytes: number, generation: number) => tell(cutFact(name, lostBytes, generation)),
        dropped: (name: string, bytes: number) => tell(dropFact(name, bytes)),
      };
      if (storage) {
        rotations.set(service, createRotation({ ...ports, storage }, spool, options.bounds ?? rotationBounds, on));
      }
      return spool;
    });
    opened.set(service, opening);
    opening.catch(() => opened.delete(service));
    return opening;
  };

  /** It is tried again at each tick; said once for each reason. */
  const noteFailure = (service: string, error: unknown): void => {
    const reason = reasonOf(error);
    if (failures.get(service) !== reason) onError(error);
    failures.set(service, reason);
  };

  const rotate = (service: string): void => {
    const pass = rotations.get(service)?.pass() ?? Promise.resolve();
    const done = pass
      .then(() => void failures.delete(service))
      .catch((error: unknown) => noteFailure(service, error))
      .finally(() => void rotating.delete(done));
    rotating.add(done);
  };

  const look = async (): Promise<void> => {
    const changed: string[] = [];
    for (const service of options.services()) {
      try {
        const spool = await logOf(service);
        await spool.span();
        if (spool.takeChanged()) changed.push(service);
        if (!stopped) rotate(service);
      } catch (error) {
        // One that cannot be read takes no other's lines along.
        noteFailure(service, error);
      }
    }
    if (changed.length === 0) return;
    grewMs = ports.clock.steadyMs();
    for (const run of listeners) run(changed);
  };

  const tick = (afterMs = pauseMs()): void => {
    cancel();
    cancel = ports.clock.after(afterMs, () => {
      isLooking = true;
      void Promise.all([look(), disk.look()])
        .catch(onError)
        .finally(() => {
          isLooking = false;
          if (!stopped) tick();
        });
    });
  };
  const pauseMs = (): number => {
    if (listeners.size === 0 || unwatch !== null) return slowTickMs;
    if (ports.clock.steadyMs() - grewMs < quietMs) return fastTickMs;
    // What came between the last look and the watch is found by one more look.
    unwatch = storage?.onChange(options.folder, wake) ?? null;
    return fastTickMs;
  };
  const wake = (): void => {
    unwatch = null;
    grewMs = ports.clock.steadyMs();
    if (!stopped && !isLooking) tick(0);
  };
  tick();

  return {
    ends: () => new Map([...spools].map(([service, spool]) => [service, spool.end()])),
    logOf,
    onGrowth: (run) => {
      listeners.add(run);
      if (listeners.size === 1 && !isLooking) tick();
      return () => void listeners.delete(run);
    },
    notes: () => disk.notes(),
    look,
    stop: async () => {
      stopped = true;
      cancel();
      unwatch?.();
      await Promise.all(rotating);
      await Promise.all([...spools.values()].map((spool) => spool.settled()));
    },
  };
};

const shrinkFact = (service: string, lostBytes: number, generation: number) => ({
  service,
  type: 'log.shrank',
  message:
    `${service}'s log was emptied by somebody else: ${lostBytes} bytes of it that were not put away yet are gone; ` +
    `generation ${generation} of the log begins`,
});

const cutFact = (service: string, lostBytes: number, generation: number) => ({
  service,
  type: 'log.cut',
  message:
    `${service}'s log was copied and emptied, as nothing can be freed in place here: ` +
    `${lostBytes === 0 ? 'lines written in that instant may be missing' : `${lostBytes} bytes written meanwhile are missing`}; ` +
    `generation ${generation} of the log begins`,
});

const dropFact = (service: string, bytes: number) => ({
  service,
  type: 'log.dropped',
  message: `${service} writes faster than its log can be packed: the oldest ${bytes} bytes were given up to keep within bounds`,
});

/** Whether servers can still write; says so once when they cannot, and once when they can again. */
const watchDisk = (
  { clock, files }: { readonly clock: Clock; readonly files: Files },
  folder: string,
  tell: LogWatchOptions['tell'],
) => {
  let isFull = false;
  let lookedMs: number | null = null;
  return {
    notes: () => (isFull ? [`disk full: logs are not written (${folder})`] : []),
    look: async (): Promise<void> => {
      const steadyMs = clock.steadyMs();
      if (lookedMs !== null && steadyMs - lookedMs < diskIntervalMs) return;
      lookedMs = steadyMs;
      const freeBytes = await files.freeBytes(folder);
      if (!isFull && freeBytes < freeBytesMin) {
        isFull = true;
        const message = `the disk of ${folder} is full: services run on, but what they log now may be lost`;
        tell({ service: null, type: 'disk.full', message });
      } else if (isFull && freeBytes >= freeBytesBack) {
        isFull = false;
        tell({ service: null, type: 'disk.back', message: `there is space again on the disk of ${folder}` });
      }
    },
  };
};
