/** The journal that a daemon before has left. */
import type { UpgradeSubject } from '../../api/upgrade-protocol.ts';
import type { Journal, JournalSubject } from '../../core/upgrade/journal.ts';

/** The journal in a text; null when there is none, or it is torn or of another form. */
export const readJournal = (text: string | null): Journal | null => {
  try {
    const journal = JSON.parse(text ?? '') as Journal;
    return journal.format === 1 ? journal : null;
  } catch {
    return null;
  }
};

/** What is shown of an upgrade that was begun by a daemon before. */
export const shownAgain = ({ service, from, to, rollback, restarts }: JournalSubject): UpgradeSubject => ({
  ...{
    service,
    from,
    to,
    rollback,
    restarts,
    dependants: [],
    downtimeMs: null,
    snapshot: null,
    loses: null,
    notices: [],
  },
});
