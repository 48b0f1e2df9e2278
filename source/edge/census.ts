import { type Family, findMembers } from './family.ts';
import type { ProcessStat } from './proc/stat.ts';
import { createMarkerReader, type Marker, type ProcessTable, readTable } from './proc/table.ts';

/** Looks at all families in one pass over /proc, so that twelve services cost little more than one. */
export const takeCensus = (families: Iterable<Family>): ReadonlyMap<Family, readonly ProcessStat[]> => {
  const table = readTable();
  const markerOf = createMarkerReader();
  return new Map([...families].map((family) => [family, findMembers(family, table, markerOf)]));
};

/** The living members of one family, its helpers not among them. */
export const membersNow = (family: Family): readonly ProcessStat[] => {
  shared ??= shareTable();
  return findMembers(family, shared.table, shared.markerOf);
};

type Shared = { readonly table: ProcessTable; readonly markerOf: (pid: number) => Marker | null };

/** Twenty services signalled in one turn of the event loop share one table, which the next turn no longer sees. */
let shared: Shared | null = null;

const shareTable = (): Shared => {
  setImmediate(() => {
    shared = null;
  });
  return { table: readTable(), markerOf: createMarkerReader() };
};
