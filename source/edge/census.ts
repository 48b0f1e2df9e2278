import { type Family, findMembers } from './family.ts';
import type { ProcessStat } from './proc/stat.ts';
import { readProc } from './proc/stat.ts';
import { sendTo } from './send.ts';
import { type ShimPart, shimPart } from './shim.ts';
import {
  createMarksMemory,
  createTableMemory,
  type Marks,
  type ProcessTable,
  readInput,
  readMarks,
  readTable,
} from './proc/table.ts';

/** The members of each family, its helpers not among them. */
export type Census = ReadonlyMap<Family, readonly ProcessStat[]>;

/** Looks at all families in one pass over /proc, so that twelve services cost little more than one; for who is to kill them. */
export const takeCensus = (families: Iterable<Family>): Census => {
  const table = readTable();
  return lookAt(families, table, readMarks());
};

/** The same for who looks every second and decides nothing by it: most of what it would read is remembered. */
export const takeUsualCensus = (families: readonly Family[]): Census => {
  // Nobody that was there before the shim is of its family.
  const table = tableSince(Math.min(...families.map(({ shim }) => Number(shim.startTicks))));
  return lookAt(families, table, remembered(table));
};

const tableSince = createTableMemory();
const remembered = createMarksMemory();

const lookAt = (families: Iterable<Family>, table: ProcessTable, marks: Marks): Census =>
  new Map([...families].map((family) => [family, look(family, table, marks)]));

/** A service may stop its shim, as it runs under the same user; at the next look that goes on. */
const look = (family: Family, table: ProcessTable, { markerOf, outputsOf }: Marks): readonly ProcessStat[] => {
  const members = findMembers(family, table, markerOf, outputsOf, readInput, partOf);
  for (const helper of family.halted) sendTo(helper, 'SIGCONT');
  return members;
};

const partOf = (pid: number): ShimPart | null => shimPart(readProc(`/proc/${pid}/cmdline`, 'utf8') ?? '');

/** The living members of one family, its helpers not among them; of a table that may be some milliseconds old. */
export const membersNow = (family: Family): readonly ProcessStat[] => {
  if (shared === null || performance.now() > shared.untilMs) shared = shareTable();
  return look(family, shared.table, shared.marks);
};

/** A process that was born since the last table was read is to be found: the next look reads all anew. */
export const forgetTable = (): void => {
  shared = null;
  isAnew = true;
};

type Shared = { readonly table: ProcessTable; readonly marks: Marks; readonly untilMs: number };

/** On a busy machine one turn of the event loop is long enough for a service to be born in it, or to fork. */
const sharedMsMin = 5;
/** Where there are so many processes that one look takes longer, two thirds of the time go to what is done with it. */
const sharedReads = 3;

/**
Services signalled in one turn of the event loop share one table, which the next turn no longer sees: with a table for each
two hundred of them took nine seconds to stop.
*/
let shared: Shared | null = null;
let isAnew = true;

const shareTable = (): Shared => {
  setImmediate(() => (shared = null));
  // Of the moment before, as what is born while it is read may be missed.
  const readAtMs = performance.now();
  const table = readTable();
  const marks = isAnew ? readMarks() : remembered(table);
  isAnew = false;
  const tookMs = performance.now() - readAtMs;
  return { table, marks, untilMs: readAtMs + Math.max(sharedMsMin, sharedReads * tookMs) };
};
