import type { HistoryEntry } from '../../api/upgrade-protocol.ts';
import type { Files } from '../../ports.ts';

/** An entry as it is written down; whether one can still go back is asked anew each time. */
export type PastEntry = Omit<HistoryEntry, 'blockedBy'> & {
  /** Folder of the data as it was before; null: none was taken. */
  readonly snapshot: string | null;
  readonly rollback: 'safe' | 'needs-snapshot' | 'impossible';
};

/** What became of installations, upgrades and rollbacks, oldest first. */
export type Past = {
  readonly entries: () => readonly PastEntry[];
  readonly has: (id: string, service: string) => boolean;
  /** Written down once: what is known of the same upgrade of the same service stays. */
  readonly add: (entry: PastEntry) => Promise<void>;
  /** Reads what earlier daemons wrote; lines that are torn are left out. */
  readonly restore: () => Promise<void>;
};

/** Kept in a file, one entry a line, for this user alone. */
export const createPast = (files: Pick<Files, 'readText' | 'append'>, file: string): Past => {
  let entries: readonly PastEntry[] = [];
  const has: Past['has'] = (id, service) => entries.some((each) => each.id === id && each.service === service);
  return {
    entries: () => entries,
    has,
    add: async (entry) => {
      if (has(entry.id, entry.service)) return;
      entries = [...entries, entry];
      await files.append(file, `${JSON.stringify(entry)}\n`, 0o600);
    },
    restore: async () => {
      entries = ((await files.readText(file)) ?? '').split('\n').flatMap(readEntry);
    },
  };
};

const readEntry = (line: string): PastEntry[] => {
  try {
    const entry = JSON.parse(line) as PastEntry;
    return typeof entry.id === 'string' && typeof entry.service === 'string' ? [entry] : [];
  } catch {
    return [];
  }
};

/**
How a version was left the last time it was tried: by itself, as it did not hold, or by somebody who went back from it.
Null: it was not tried, holds, or its upgrade was ended by a person.
*/
export const failedTryOf = (
  entries: readonly PastEntry[],
  service: string,
  version: string,
): { readonly atMs: number; readonly why: string } | null => {
  const last = entries.findLast(
    ({ service: name, kind, from, to, result }) =>
      name === service &&
      (kind === 'rollback' ? from === version && result === 'done' : kind === 'upgrade' && to === version),
  );
  if (last?.kind === 'rollback') return { atMs: last.endedAtMs, why: `${last.who} went back to ${last.to}` };
  if (last === undefined || (last.result !== 'returned' && last.result !== 'failed')) return null;
  const why = last.reason ?? 'for no known reason';
  return why.startsWith('cancelled') ? null : { atMs: last.endedAtMs, why };
};

/**
The last thing that changed which version a service runs: a change that held, or one that failed and left it at the new
version, from which there must be a way back all the more.
*/
export const lastChangeOf = (
  entries: readonly PastEntry[],
  service: string,
  current: string | null,
): PastEntry | null =>
  entries.findLast(
    ({ service: name, result, to }) =>
      name === service && (result === 'done' || (result === 'failed' && to === current)),
  ) ?? null;

/** The version a service was left at by what is remembered of it; null: nothing is. */
export const lastVersionOf = (entries: readonly PastEntry[], service: string): string | null => {
  const last = entries.findLast((entry) => entry.service === service);
  return last === undefined || last.result === 'done' || last.result === 'failed' ? (last?.to ?? null) : last.from;
};

/** Of the changes after which a service was left at the version they were for. */
export const heldIds = (entries: readonly PastEntry[], service: string): ReadonlySet<string> =>
  new Set(
    entries
      .filter((entry) => entry.service === service && (entry.result === 'done' || entry.result === 'failed'))
      .map(({ id }) => id),
  );
