import { type Family, findMembers } from './family.ts';
import type { ProcessStat } from './proc/stat.ts';
import { sendTo } from './send.ts';
import { createMarksMemory, type Marks, type ProcessTable, readMarks, readTable } from './proc/table.ts';

/** Looks at all families in one pass over /proc, so that twelve services cost little more than one. */
export const takeCensus = (families: Iterable<Family>): ReadonlyMap<Family, readonly ProcessStat[]> => {
  const table = readTable();
  const marks = remembered(table);
  return new Map([...families].map((family) => [family, look(family, { table, ...marks })]));
};

/** The looks for usage come every second and decide nothing: most of what they would read they know. */
const remembered = createMarksMemory();

/** A service may stop its shim, as it runs under the same user; at the next look that goes on. */
const look = (family: Family, { table, markerOf, outputsOf }: Omit<Shared, 'readAtMs'>): readonly ProcessStat[] => {
  const members = findMembers(family, table, markerOf, outputsOf);
  for (const helper of family.halted) sendTo(helper, 'SIGCONT');
  return members;
};

/** The living members of one family, its helpers not among them; of a table that may be some milliseconds old. */
export const membersNow = (family: Family): readonly ProcessStat[] => {
  if (shared === null || performance.now() - shared.readAtMs > sharedMsMax) shared = shareTable();
  return look(family, shared);
};

/** A process that was born since the last table was read is to be found: the next look takes a new one. */
export const forgetTable = (): void => {
  shared = null;
};

type Shared = Marks & { readonly table: ProcessTable; readonly readAtMs: number };

/** On a busy machine one turn of the event loop is long enough for a service to be born in it, or to fork. */
const sharedMsMax = 5;

/** Twenty services signalled in one turn of the event loop share one table, which the next turn no longer sees. */
let shared: Shared | null = null;

const shareTable = (): Shared => {
  setImmediate(forgetTable);
  // Of the moment before, as what is born while it is read may be missed.
  const readAtMs = performance.now();
  return { table: readTable(), ...readMarks(), readAtMs };
};
