import { firstOf } from './first-of.ts';
import { row } from './row.ts';

/** Errors of mirrors and bundles. A code never changes its meaning once released. */
export const mirrorErrors = {
  MIRROR_UNREADABLE: row<{ address: string; problem: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `the mirror's document ${facts.address} cannot be read: ${facts.problem}`,
    hint: () => 'make the mirror anew with: booty mirror clone DIR NAME…, or unset BOOTY_MIRROR',
  }),
  BUNDLE_NOT_MADE: row<{ file: string; problem: string; advice: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `no bundle was made at ${facts.file}: ${facts.problem}`,
    hint: (facts) => facts.advice,
  }),
  MIRROR_NOT_SERVED: row<{ bind: string; port: number; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `the mirror cannot be served at ${facts.bind} port ${facts.port}: ${facts.found}`,
    hint: () => 'take another port: booty mirror serve DIR --port 0',
  }),
  MIRROR_DAMAGED: row<{ folder: string; problems: readonly string[] }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `the mirror in ${facts.folder} is damaged: ${firstOf(facts.problems)}`,
    hint: (facts) => `remove what is named there, then clone the same again: booty mirror clone ${facts.folder} NAME…`,
  }),
};
