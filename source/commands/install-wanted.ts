import { BootyError } from '../core/error.ts';
import type { Installed } from '../store/store.ts';
import type { Context } from './context.ts';
import { createFetchNotes } from './fetch-notes.ts';

export type Wanted = { readonly component: string; readonly range: string | null };
export type Outcome = Wanted & { readonly result: Installed | Error };

/** Splits `nats@^2.10`; no `@` means any version. */
export const parseWanted = (word: string): Wanted => {
  const at = word.indexOf('@');
  return at < 0 ? { component: word, range: null } : { component: word.slice(0, at), range: word.slice(at + 1) };
};

/** Installs with progress on stderr; a signal cuts it short. Each wanted component may stand once. Never throws for one. */
export const installWanted = async (context: Context, wanted: readonly Wanted[]): Promise<readonly Outcome[]> => {
  const store = await context.openStore();
  const notes = createFetchNotes(context);
  const abort = new AbortController();
  const offs = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((what) => context.terminal.on(what, () => abort.abort()));
  const results = new Map<string, Installed | Error>();
  try {
    await store.install(
      wanted,
      {
        progress: (component, progress) => notes.show([{ component, services: [], ...progress }]),
        settled: (component, result) => results.set(component, result),
      },
      abort.signal,
    );
  } finally {
    for (const off of offs) off();
  }
  return wanted.map((one) => ({
    ...one,
    result: results.get(one.component) ?? new BootyError('STORE_CANCELLED', { component: one.component }),
  }));
};
