import { type Family, findMembers } from './family.ts';
import type { ProcessStat } from './proc/stat.ts';
import { createMarkerReader, readTable } from './proc/table.ts';

/** Looks at all families in one pass over /proc, so that twelve services cost little more than one. */
export const takeCensus = (families: Iterable<Family>): ReadonlyMap<Family, readonly ProcessStat[]> => {
  const table = readTable();
  const markerOf = createMarkerReader();
  return new Map([...families].map((family) => [family, findMembers(family, table, markerOf)]));
};

/** The living members of one family, its helpers not among them. */
export const membersNow = (family: Family): readonly ProcessStat[] => takeCensus([family]).get(family) ?? [];
