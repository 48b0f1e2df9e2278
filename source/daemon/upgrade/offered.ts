import { reasonOf } from '../../core/error.ts';
import type { World } from '../../ports.ts';
import type { Offers, Store } from '../../store/store.ts';

const twiceADayMs = 43_200_000;
/** A stack that has just started has better things to do. */
const firstLookMs = 5_000;

/** Which booty runs and which is newer; null: none is, or nobody knows. */
export type OwnVersion = { readonly current: string; readonly newest: string } | null;

/** What could be had when somebody last looked, by package. */
export type Offered = {
  readonly atMs: () => number | null;
  readonly looking: () => boolean;
  readonly of: (packageName: string) => Offers;
  readonly troubles: () => readonly string[];
  /** Of booty itself; asked anew by each daemon, as it may be the newer one. */
  readonly own: () => OwnVersion;
  /** Asks the sources now; one look at a time, whoever asks meanwhile waits for it. */
  readonly look: (packages: readonly string[]) => Promise<void>;
  /**
  Looks by itself twice a day, unless it was done lately; again after each call. null: it does not, as in CI and where
  BOOTY_UPDATE_CHECK is 0.
  */
  readonly keepLooking: (packages: (() => readonly string[]) | null) => void;
  readonly restore: () => Promise<void>;
  /** Ends what is being asked; resolves when no process of it is left. */
  readonly stop: () => Promise<void>;
};

const nothing: Offers = { versions: [], troubles: [] };

/**
Asks the sources for newer versions. Releases of the distribution that this machine is not configured with are asked only
for what nobody else answers for: their lists are large. Kept in a file, so that a restart asks nobody.
*/
export const createOffered = (
  { files, clock, random, host }: Pick<World, 'files' | 'clock' | 'random' | 'host'>,
  store: Store,
  of: {
    readonly file: string;
    readonly changed: () => void;
    readonly ownVersion: (signal: AbortSignal) => Promise<OwnVersion>;
    /** Has remote registries updated; returns what did not go well, a sentence each. */
    readonly refresh: (signal: AbortSignal) => Promise<readonly string[]>;
  },
): Offered => {
  let atMs: number | null = null;
  let known: Readonly<Record<string, Offers>> = {};
  let under: Promise<void> | null = null;
  let failure: string | null = null;
  let stale: readonly string[] = [];
  const { file, changed } = of;
  let own: OwnVersion | undefined;
  let asking: Promise<unknown> = Promise.resolve();
  let cancel: () => void = () => {};
  const abort = new AbortController();
  const isOff = host.environment['BOOTY_UPDATE_CHECK'] === '0' || !['', undefined].includes(host.environment['CI']);

  const askOwn = async (): Promise<void> => {
    if (abort.signal.aborted) return;
    const answer = of.ownVersion(abort.signal).catch(() => null);
    asking = answer;
    own = await answer;
    changed();
  };
  const ask = async (packages: readonly string[]): Promise<void> => {
    const refreshed = of.refresh(abort.signal).catch((error: unknown) => [reasonOf(error)]);
    asking = refreshed;
    stale = await refreshed;
    const near = await store.offers(packages, false, () => undefined, abort.signal);
    // Where upstream answers, the distribution has nothing newer to tell.
    const silent = packages.filter((name) => !near.get(name)?.versions.some(({ source }) => source !== 'apt'));
    const far = silent.length > 0 ? await store.offers(silent, true, () => undefined, abort.signal) : near;
    await askOwn();
    known = Object.fromEntries(packages.map((name) => [name, far.get(name) ?? near.get(name) ?? nothing]));
    atMs = clock.nowMs();
    await files.writeAtomic(file, JSON.stringify({ format: 1, atMs, known }), 0o600);
  };
  const look = (packages: readonly string[]): Promise<void> => {
    under ??= ask([...new Set(packages)])
      .then(
        () => (failure = null),
        (error: unknown) => (failure = reasonOf(error)),
      )
      .then(() => {
        under = null;
        changed();
      });
    changed();
    return under;
  };
  const keepLooking: Offered['keepLooking'] = (packages) => {
    cancel();
    if (isOff || packages === null) return;
    const ageMs = atMs === null ? Number.POSITIVE_INFINITY : clock.nowMs() - atMs;
    const isLate = ageMs < 0 || ageMs >= twiceADayMs || packages().some((name) => !Object.hasOwn(known, name));
    // Spread, so that a thousand machines that start together do not ask together.
    const waitMs = isLate ? firstLookMs * (1 + random.roll()) : (twiceADayMs - ageMs) * (0.9 + 0.2 * random.roll());
    const cancelLook = clock.after(waitMs, () => void look(packages()).then(() => keepLooking(packages)));
    const cancelOwn = own === undefined && !isLate ? clock.after(firstLookMs, () => void askOwn()) : () => {};
    cancel = () => {
      cancelLook();
      cancelOwn();
    };
  };
  return {
    atMs: () => atMs,
    looking: () => under !== null,
    of: (name) => (Object.hasOwn(known, name) ? (known[name] ?? nothing) : nothing),
    troubles: () => [
      ...(failure === null ? [] : [failure]),
      ...stale,
      ...new Set(
        Object.values(known).flatMap(({ troubles }) => troubles.map(({ source, reason }) => `${source}: ${reason}`)),
      ),
    ],
    own: () => own ?? null,
    look,
    keepLooking,
    restore: async () => {
      try {
        const read = JSON.parse((await files.readText(file)) ?? '') as {
          format?: number;
          atMs: number;
          known: typeof known;
        };
        if (read.format === 1) [atMs, known] = [read.atMs, read.known];
      } catch {
        // Torn, or of another booty: it is asked anew.
      }
    },
    stop: async () => {
      cancel();
      abort.abort();
      await asking;
    },
  };
};
