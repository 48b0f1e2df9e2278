import type { FetchRow } from '../api/protocol.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import { looking } from '../store/looking.ts';
import type { Pin } from '../store/pin.ts';
import type { Installed, InstallProgress, Store } from '../store/store.ts';
import type { LockBook } from './lock-book.ts';

/** A service's wish for a binary, as the stack room tells it. */
export type BinaryWish = {
  readonly service: string;
  readonly component: string;
  readonly package: string;
  readonly range: string | null;
};

export type Fetches = {
  /** Brings the binaries; each service is told by `settled` as soon as its own is there or cannot be had. */
  readonly fetch: (wishes: readonly BinaryWish[]) => Promise<void>;
  readonly binaryOf: (service: string) => Installed | null;
  /** The same, looked at once more before it runs. Throws STORE_TAMPERED. */
  readonly soundBinaryOf: (service: string) => Promise<Installed | null>;
  /** From the next start on the service runs this one. */
  readonly use: (service: string, installed: Installed) => void;
  readonly rows: () => readonly FetchRow[];
  /** Ends what is under way; nothing half-installed stays. */
  readonly cancel: () => void;
};

/** Binaries on their way from the sources into the store, and how far they are. */
export const createFetches = (
  store: Store,
  lock: Pick<LockBook, 'pinOf'>,
  on: {
    readonly settled: (wish: BinaryWish, result: Installed | BootyError | Error) => void;
    readonly progressed: () => void;
  },
): Fetches => {
  const binaries = new Map<string, Installed>();
  const rows = new Map<string, FetchRow>();
  let abort = new AbortController();

  const settle = (wishes: readonly BinaryWish[], result: Installed | Error): void => {
    for (const wish of wishes) {
      if (!(result instanceof Error)) binaries.set(wish.service, result);
      on.settled(wish, result);
    }
  };

  const fetch = async (wishes: readonly BinaryWish[]): Promise<void> => {
    const missing = new Map<string, Group>();
    for (const wish of wishes) {
      const pin = lock.pinOf(wish.service);
      const found = await store.find(wish.package, wish.range, pin).catch((error: unknown) => asError(error));
      if (found) settle([wish], found);
      else {
        const key = keyOf(wish, pin);
        missing.set(key, { key, pin, wishes: [...(missing.get(key)?.wishes ?? []), wish] });
      }
    }
    // The store speaks of packages; two services may want one package in two versions, then it is asked twice.
    for (const batch of missing.size > 0 ? apart([...missing.values()]) : []) await install(batch);
  };

  const install = async (groups: readonly Group[]): Promise<void> => {
    const open = new Set(groups);
    const groupOf = (name: string) => [...open].find(({ wishes: [first] }) => first?.package === name);
    for (const group of groups) note(group, looking(null));
    try {
      await store.install(
        groups.map(({ pin, wishes: [first] }) => ({
          component: first?.package ?? '',
          range: first?.range ?? null,
          pin,
        })),
        {
          progress: (name, progress) => {
            const group = groupOf(name);
            if (group) note(group, progress);
          },
          settled: (name, result) => {
            const group = groupOf(name);
            if (!group) return;
            open.delete(group);
            end(group, result);
          },
        },
        abort.signal,
      );
    } catch (error) {
      for (const group of open) end(group, asError(error));
    }
  };

  const note = ({ key, wishes }: Group, progress: InstallProgress): void => {
    const [first] = wishes;
    if (!first) return;
    // Said once, when the choice is made; it is worth knowing afterwards too.
    const told = progress.source !== null && progress.message !== null && progress.phase === 'looking';
    const about = told ? progress.message : rows.get(key)?.about;
    const what = { component: first.package, services: wishes.map((wish) => wish.service), ...progress };
    rows.set(key, about ? { ...what, about } : what);
    on.progressed();
  };

  const end = ({ key, wishes }: Group, result: Installed | Error): void => {
    const [first] = wishes;
    if (!first) return;
    const last = rows.get(key);
    const what = { ...looking(null), ...last, component: first.package, services: wishes.map((wish) => wish.service) };
    const failed = result instanceof Error;
    const outcome = failed
      ? { phase: 'failed' as const, message: reasonOf(result) }
      : { phase: 'done' as const, message: null, version: result.version, source: result.source };
    rows.set(key, { ...what, ...outcome });
    on.progressed();
    settle(wishes, result);
  };

  return {
    fetch: (wishes) =>
      fetch(wishes).catch((error: unknown) => {
        const failure = asError(error);
        for (const wish of wishes) if (!binaries.has(wish.service)) on.settled(wish, failure);
      }),
    binaryOf: (service) => binaries.get(service) ?? null,
    soundBinaryOf: async (service) => {
      const installed = binaries.get(service) ?? null;
      if (installed !== null) await store.requireSound(installed);
      return installed;
    },
    use: (service, installed) => void binaries.set(service, installed),
    rows: () => [...rows.values()],
    cancel: () => {
      abort.abort();
      abort = new AbortController();
    },
  };
};

/** Wishes for one package at one version. */
type Group = { readonly key: string; readonly pin: Pin | null; readonly wishes: readonly BinaryWish[] };

const keyOf = (wish: BinaryWish, pin: Pin | null): string => `${wish.package}@${pin?.version ?? wish.range ?? '*'}`;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(reasonOf(error)));

/** Batches in which no package stands twice. */
const apart = (groups: readonly Group[]): readonly (readonly Group[])[] => {
  const batches: Group[][] = [];
  for (const group of groups) {
    const name = group.wishes[0]?.package;
    const free = batches.find((batch) => batch.every((other) => other.wishes[0]?.package !== name));
    if (free) free.push(group);
    else batches.push([group]);
  }
  return batches;
};
