import { newestFirst } from '../registry/range.ts';
import type { AuditRow } from './store.ts';

/** A version in the store, and why it stays; null: it may go. */
export type Verdict = { readonly component: string; readonly version: string; readonly kept: string | null };

/**
Which versions may be removed: all but those somebody counts on, and of each package the newest and the one before it.
`users` is `<package> <version>` → who counts on it. What is broken may always go, unless somebody does.
*/
export const collect = (
  rows: readonly Pick<AuditRow, 'component' | 'version' | 'problems'>[],
  users: ReadonlyMap<string, string>,
): readonly Verdict[] =>
  [...new Set(rows.map(({ component }) => component))].flatMap((component) => {
    const own = rows.filter((row) => row.component === component);
    const sound = newestFirst(
      own.filter(({ problems }) => problems.length === 0),
      null,
    );
    return own.map((row): Verdict => {
      const user = users.get(`${component} ${row.version}`);
      const rank = sound.findIndex(({ version }) => version === row.version);
      const kept = user ?? (rank === 0 ? 'newest' : rank === 1 ? 'the one before the newest' : null);
      return { component, version: row.version, kept };
    });
  });
