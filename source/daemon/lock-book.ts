import { BootyError } from '../core/error.ts';
import { emptyLock, type LockDocument, type LockedService } from '../lock/document.ts';
import { bytesFor, entryOf } from '../lock/entry.ts';
import { readLock, writeLock } from '../lock/lock-file.ts';
import { frozenReason, type LockWish, outgrows, staleReason } from '../lock/stale.ts';
import type { Files } from '../ports.ts';
import type { Pin } from '../store/pin.ts';
import type { Installed, Store } from '../store/store.ts';

/** What booty.lock.json says of the services of one stack, and the way to change it. */
export type LockBook = {
  /**
  Reads the lock of a definition anew, for the wishes given; those it does not fit are forgotten, unless it is frozen, the
  service runs that very version (`runs`), or older ones cannot be trusted with its data. Throws LOCK_UNREADABLE, and
  LOCK_OUT_OF_DATE when it is frozen and does not fit. Answers with a sentence for each entry that does not fit the
  definition any more and what becomes of it. Entries of services not among `names` go with the next write.
  */
  readonly open: (
    path: string,
    wishes: readonly LockWish[],
    names: readonly string[],
    frozen: boolean,
    runs?: (service: string) => string | null,
  ) => Promise<readonly string[]>;
  /** What the lock holds this service to; null: it says nothing of it. */
  readonly pinOf: (service: string) => Pin | null;
  /** Writes down what a service runs; other entries are kept. Writes nothing while the lock is frozen. */
  readonly note: (service: string, component: string, installed: Installed) => Promise<void>;
  /** Puts back what was written down of a service at another time. */
  readonly restore: (service: string, entry: LockedService | null) => Promise<void>;
  readonly entryOf: (service: string) => LockedService | null;
};

/** The lock as the daemon of one stack holds it. `platform` is this machine's (`linux-amd64`). */
export const createLockBook = (
  files: Pick<Files, 'readText' | 'writeAtomic'>,
  platform: string,
  entryFor: Store['entry'],
): LockBook => {
  let path: string | null = null;
  let isFrozen = false;
  let known: readonly string[] = [];
  let document: LockDocument = emptyLock;
  let writing: Promise<void> = Promise.resolve();

  const write = async (service: string, component: string, installed: Installed): Promise<void> => {
    if (path === null || isFrozen) return;
    // Somebody may have merged or upgraded meanwhile: only this entry is changed.
    const now = await readLock(files, path);
    const before = now.services[service] ?? null;
    const entry = entryOf(component, installed, platform, entryFor(installed.component), before);
    const services = Object.entries(now.services).filter(([name]) => known.includes(name));
    document = withEntry({ ...now, services: Object.fromEntries(services) }, service, entry);
    await writeLock(files, path, document);
  };

  return {
    open: async (where, wishes, names, frozen, runs = () => null) => {
      const read = await readLock(files, where);
      if (frozen) {
        const problems = wishes.flatMap((wish) => frozenReason(read, wish, platform) ?? []);
        if (problems.length > 0) throw new BootyError('LOCK_OUT_OF_DATE', { path: where, problems });
      }
      path = where;
      isFrozen = frozen;
      known = names;
      const stays = (wish: LockWish): boolean => {
        const entry = read.services[wish.service];
        if (entry === undefined || entry.package !== wish.package) return false;
        return entry.version === runs(wish.service) || outgrows(wish, entry.version);
      };
      const unfit = wishes.filter((wish) => staleReason(read, wish) !== null);
      const stale = unfit.filter((wish) => !stays(wish));
      const kept = Object.entries(read.services).filter(([name]) => !stale.some(({ service }) => service === name));
      document = { ...read, services: Object.fromEntries(kept) };
      return unfit.flatMap((wish) => {
        if (read.services[wish.service] === undefined) return [];
        const then = stale.includes(wish)
          ? 'it is chosen anew'
          : `it stays, as an older one may not read its data; change version: in booty.yaml, or: booty rollback ${wish.service}`;
        return `${staleReason(read, wish)}: ${then}`;
      });
    },
    pinOf: (service) => {
      const entry = document.services[service];
      if (entry === undefined || path === null) return null;
      const holder = `${path.split('/').at(-1)}, service ${service},`;
      return { version: entry.version, sources: bytesFor(entry, platform), holder };
    },
    note: (service, component, installed) => {
      writing = writing.catch(() => undefined).then(() => write(service, component, installed));
      return writing;
    },
    restore: (service, entry) => {
      writing = writing
        .catch(() => undefined)
        .then(async () => {
          if (path === null || isFrozen) return;
          const { [service]: _, ...others } = (await readLock(files, path)).services;
          document = { ...document, services: entry === null ? others : { ...others, [service]: entry } };
          await writeLock(files, path, document);
        });
      return writing;
    },
    entryOf: (service) => document.services[service] ?? null,
  };
};

const withEntry = (lock: LockDocument, service: string, entry: LockedService): LockDocument => ({
  ...lock,
  services: { ...lock.services, [service]: entry },
});
