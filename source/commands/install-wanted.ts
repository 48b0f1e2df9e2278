import { BootyError } from '../core/error.ts';
import type { Installed, InstallProgress } from '../store/store.ts';
import type { Context } from './context.ts';
import { createFetchNotes } from './fetch-notes.ts';

export type Wanted = { readonly component: string; readonly range: string | null };
export type Outcome = Wanted & { readonly result: Installed | Error };

/** Splits `nats@^2.10`; no `@` means any version. */
export const parseWanted = (word: string): Wanted => {
  const at = word.indexOf('@');
  return at < 0 ? { component: word, range: null } : { component: word.slice(0, at), range: word.slice(at + 1) };
};

/**
Installs with progress on stderr; a signal cuts it short. Several ranges of one component are installed one after the
other, in the order they stand. Never throws for one; the outcomes are in the order of what is wanted.
*/
export const installWanted = async (context: Context, wanted: readonly Wanted[]): Promise<readonly Outcome[]> => {
  const store = await context.openStore();
  const results = new Map<Wanted, Installed | Error>();
  await whileFetching(context, async (progress, signal) => {
    for (const round of roundsOf(wanted)) {
      if (signal.aborted) return;
      const settled = (component: string, result: Installed | Error): void => {
        const one = round.find((each) => each.component === component);
        if (one !== undefined) results.set(one, result);
      };
      await store.install(round, { progress, settled }, signal);
    }
  });
  return wanted.map((one) => ({
    ...one,
    result: results.get(one) ?? new BootyError('STORE_CANCELLED', { component: one.component }),
  }));
};

/** In each of which a component stands once: the first of each, the second of each, and so on. */
const roundsOf = (wanted: readonly Wanted[]): readonly (readonly Wanted[])[] => {
  const rounds: Wanted[][] = [];
  for (const one of wanted) {
    const free = rounds.find((round) => round.every(({ component }) => component !== one.component));
    if (free === undefined) rounds.push([one]);
    else free.push(one);
  }
  return rounds;
};

/** Runs what fetches, with its progress on stderr and a signal that SIGINT, SIGTERM and SIGHUP abort. */
export const whileFetching = async <Result>(
  context: Context,
  fetch: (onProgress: (component: string, progress: InstallProgress) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const notes = createFetchNotes(context);
  const abort = new AbortController();
  const offs = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((what) => context.terminal.on(what, () => abort.abort()));
  try {
    return await fetch((component, progress) => notes.show([{ component, services: [], ...progress }]), abort.signal);
  } finally {
    for (const off of offs) off();
  }
};
