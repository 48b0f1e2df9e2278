import { row } from './row.ts';

/** Errors of booty.lock.json. A code never changes its meaning once released. */
export const lockErrors = {
  LOCK_UNREADABLE: row<{ path: string; problem: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${facts.path} cannot be used: ${facts.problem}`,
    hint: (facts) => `mend it, take it from version control, or remove it to lock anew: rm ${facts.path}`,
  }),
  LOCK_OTHER_BYTES: row<{
    component: string;
    version: string;
    source: string;
    sourceVersion: string;
    holder: string;
    objection: string;
  }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `${facts.component} ${facts.version} from ${facts.source} (${facts.sourceVersion}) is not what ${facts.holder} holds it to: ${facts.objection}`,
    hint: (facts) =>
      `booty uninstall ${facts.component}@${facts.version} --force fetches the locked bytes at the next up; to take these, remove the entry of the lock`,
  }),
  LOCK_NOT_HERE: row<{ component: string; version: string; holder: string; tried: readonly string[] }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `${facts.holder} holds ${facts.component} to ${facts.version}, which cannot be had here: ${facts.tried.join('; ') || 'no source was usable'}`,
    hint: () => 'bring one of these sources within reach (see booty doctor), or lock another version: booty upgrade',
  }),
  LOCK_OUT_OF_DATE: row<{ path: string; problems: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${facts.path} does not fit the stack, and --frozen forbids to change it: ${facts.problems.join('; ')}`,
    hint: () => 'run booty up without --frozen, look at what changed in the lock, and commit it',
  }),
};
