/** What going back from one version to another needs, decided from what the catalog says. Pure. */
import { compareVersions } from './version.ts';

/**
What going back to the version before needs: `safe`: nothing; `needs-snapshot`: the data as it was before the upgrade;
`impossible`: a backup restored by hand (several members, say): a folder put back would not do.
*/
export type Rollback = 'safe' | 'needs-snapshot' | 'impossible';

/** A change of a system's data: versions below `before` cannot take up what those of `since` and later wrote. */
export type Crossing = {
  readonly before: string;
  readonly since: string;
  readonly rollback: Exclude<Rollback, 'safe'>;
  /** The reason, as a sentence without its full stop. */
  readonly why: string;
};

/**
How it shows that a version has lost its data: `bytes`: next to nothing is left of them; `folders`: most are gone, for
queues, whose bytes are used up by themselves.
*/
export type LossBy = 'bytes' | 'folders';

/** What the catalog says of one system; `lossBy` is `bytes` unless said. */
export type WayBack = {
  readonly usual: Rollback;
  readonly crossings: readonly Crossing[];
  readonly lossBy?: LossBy;
};

export type WayBackFound = { readonly rollback: Rollback; readonly why: string | null };

const order: readonly Rollback[] = ['safe', 'needs-snapshot', 'impossible'];

/** The one that asks for more. */
export const worseOf = (one: Rollback, other: Rollback): Rollback =>
  order.indexOf(one) >= order.indexOf(other) ? one : other;

/**
The worst of what is usual and of all changes that lie between the two versions, whichever of them is the newer one. `why`
is null where only what is usual says so.
*/
export const wayBackOf = ({ usual, crossings }: WayBack, one: string, other: string): WayBackFound => {
  const [older, newer] = compareVersions(one, other) <= 0 ? [one, other] : [other, one];
  let found: WayBackFound = { rollback: usual, why: null };
  for (const { before, since, rollback, why } of crossings) {
    const isBetween = compareVersions(older, before) < 0 && compareVersions(newer, since) >= 0;
    if (isBetween && worseOf(found.rollback, rollback) !== found.rollback) found = { rollback, why };
  }
  return found;
};
