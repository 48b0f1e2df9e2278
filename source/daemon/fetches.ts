import type { FetchRow } from '../api/protocol.ts';
import { BootyError, reasonOf } from '../core/error.ts';
import type { Installed, InstallProgress, Store } from '../store/store.ts';

/** A service's wish for a binary, as the stack room tells it. */
export type BinaryWish = { readonly service: string; readonly package: string; readonly range: string | null };

export type Fetches = {
  /** Brings the binaries; each service is told by `settled` as soon as its own is there or cannot be had. */
  readonly fetch: (wishes: readonly BinaryWish[]) => Promise<void>;
  readonly binaryOf: (service: string) => Installed | null;
  readonly rows: () => readonly FetchRow[];
  /** Ends what is under way; nothing half-installed stays. */
  readonly cancel: () => void;
};

/** Binaries on their way from the sources into the store, and how far they are. */
export const createFetches = (
  store: Store,
  on: {
    readonly settled: (service: string, result: Installed | BootyError | Error) => void;
    readonly progressed: () => void;
  },
): Fetches => {
  const binaries = new Map<string, Installed>();
  const rows = new Map<string, FetchRow>();
  let abort = new AbortController();

  const settle = (wishes: readonly BinaryWish[], result: Installed | Error): void => {
    for (const { service } of wishes) {
      if (!(result instanceof Error)) binaries.set(service, result);
      on.settled(service, result);
    }
  };

  const fetch = async (wishes: readonly BinaryWish[]): Promise<void> => {
    const missing = new Map<string, BinaryWish[]>();
    for (const wish of wishes) {
      const found = await store.find(wish.package, wish.range);
      if (found) settle([wish], found);
      else missing.set(keyOf(wish), [...(missing.get(keyOf(wish)) ?? []), wish]);
    }
    if (missing.size > 0) await install([...missing.values()]);
  };

  const install = async (groups: readonly (readonly BinaryWish[])[]): Promise<void> => {
    const open = new Set(groups);
    // The store speaks of packages; two services may want one package in two ranges, then it is asked twice.
    const groupsOf = (name: string) => [...open].filter((group) => group[0]?.package === name);
    const wanted = groups.map((group) => ({ component: group[0]?.package ?? '', range: group[0]?.range ?? null }));
    for (const group of groups) note(group, { ...looking, message: null });
    try {
      for (const batch of apart(wanted)) {
        await store.install(
          batch,
          {
            progress: (name, progress) => {
              for (const group of groupsOf(name)) note(group, progress);
            },
            settled: (name, result) => {
              const range = batch.find((wish) => wish.component === name)?.range ?? null;
              const group = groupsOf(name).find((each) => (each[0]?.range ?? null) === range);
              if (!group) return;
              open.delete(group);
              end(group, result);
            },
          },
          abort.signal,
        );
      }
    } catch (error) {
      for (const group of open) end(group, error instanceof Error ? error : new Error(reasonOf(error)));
    }
  };

  const note = (group: readonly BinaryWish[], progress: InstallProgress): void => {
    const [first] = group;
    if (!first) return;
    // Said once, when the choice is made; it is worth knowing afterwards too.
    const told = progress.source !== null && progress.message !== null && progress.phase === 'looking';
    const about = told ? progress.message : rows.get(keyOf(first))?.about;
    const what = { component: first.package, services: group.map((wish) => wish.service), ...progress };
    rows.set(keyOf(first), about ? { ...what, about } : what);
    on.progressed();
  };

  const end = (group: readonly BinaryWish[], result: Installed | Error): void => {
    const [first] = group;
    if (!first) return;
    const last = rows.get(keyOf(first));
    const what = { ...looking, ...last, component: first.package, services: group.map((wish) => wish.service) };
    const failed = result instanceof Error;
    const outcome = failed
      ? { phase: 'failed' as const, message: reasonOf(result) }
      : { phase: 'done' as const, message: null, version: result.version, source: result.source };
    rows.set(keyOf(first), { ...what, ...outcome });
    on.progressed();
    settle(group, result);
  };

  return {
    fetch: (wishes) =>
      fetch(wishes).catch((error: unknown) => {
        const failure = error instanceof Error ? error : new Error(reasonOf(error));
        for (const wish of wishes) if (!binaries.has(wish.service)) on.settled(wish.service, failure);
      }),
    binaryOf: (service) => binaries.get(service) ?? null,
    rows: () => [...rows.values()],
    cancel: () => {
      abort.abort();
      abort = new AbortController();
    },
  };
};

const looking: InstallProgress = {
  phase: 'looking',
  source: null,
  version: null,
  doneBytes: 0,
  totalBytes: null,
  bytesPerSecond: null,
  etaMs: null,
  message: null,
};

const keyOf = (wish: BinaryWish): string => `${wish.package}@${wish.range ?? '*'}`;

/** Batches in which no package stands twice. */
const apart = <T extends { readonly component: string }>(wanted: readonly T[]): readonly (readonly T[])[] => {
  const batches: T[][] = [];
  for (const wish of wanted) {
    const free = batches.find((batch) => batch.every((other) => other.component !== wish.component));
    if (free) free.push(wish);
    else batches.push([wish]);
  }
  return batches;
};
