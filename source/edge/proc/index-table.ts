import type { ProcessStat } from './stat.ts';
import type { Marker, ProcessTable } from './table.ts';

/** Who is whose in one table, so that twenty families are not looked for in all of it one after the other. */
export type TableIndex = {
  readonly inGroup: (id: number) => readonly ProcessStat[];
  readonly inSession: (id: number) => readonly ProcessStat[];
  readonly childrenOf: (pid: number) => readonly ProcessStat[];
  /** Of those that were born at `sinceTicks` or later; the marks of older ones are not read. */
  readonly marked: (marker: Marker, sinceTicks: number) => readonly ProcessStat[];
  /** As `marked`, by what their output is. */
  readonly writingTo: (output: string, sinceTicks: number) => readonly ProcessStat[];
};

const known = new WeakMap<ProcessTable, TableIndex>();

/** Of the same table the same index; the readers of marks given first are those that are asked. */
export const indexOf = (
  table: ProcessTable,
  markerOf: (pid: number) => Marker | null,
  outputsOf: (pid: number) => readonly string[],
): TableIndex => {
  const index = known.get(table) ?? makeIndex(table, markerOf, outputsOf);
  known.set(table, index);
  return index;
};

const makeIndex = (
  table: ProcessTable,
  markerOf: (pid: number) => Marker | null,
  outputsOf: (pid: number) => readonly string[],
): TableIndex => {
  const [groups, sessions, children] = [newLists<number>(), newLists<number>(), newLists<number>()];
  for (const stat of table.values()) {
    groups.add(stat.group, stat);
    sessions.add(stat.session, stat);
    children.add(stat.parent, stat);
  }
  const marks = lateLists(table, (pid) => {
    const marker = markerOf(pid);
    return marker === null ? [] : [keyOf(marker)];
  });
  const outputs = lateLists(table, outputsOf);
  return {
    inGroup: groups.of,
    inSession: sessions.of,
    childrenOf: children.of,
    marked: (marker, sinceTicks) => marks(sinceTicks).of(keyOf(marker)),
    writingTo: (output, sinceTicks) => outputs(sinceTicks).of(output),
  };
};

const keyOf = ({ runId, service }: Marker): string => `${runId}\0${service}`;

type Lists<Key> = {
  readonly add: (key: Key, stat: ProcessStat) => void;
  readonly of: (key: Key) => readonly ProcessStat[];
};

const newLists = <Key>(): Lists<Key> => {
  const lists = new Map<Key, ProcessStat[]>();
  return {
    add: (key, stat) => {
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [stat]);
      else list.push(stat);
    },
    of: (key) => lists.get(key) ?? [],
  };
};

/** Lists by what has to be read of each process, which is done for those born since the time asked for, once. */
const lateLists = (
  table: ProcessTable,
  keysOf: (pid: number) => readonly string[],
): ((sinceTicks: number) => Lists<string>) => {
  const lists = newLists<string>();
  let readSince = Number.POSITIVE_INFINITY;
  return (sinceTicks) => {
    if (sinceTicks >= readSince) return lists;
    for (const stat of table.values()) {
      const startTicks = Number(stat.startTicks);
      if (startTicks < sinceTicks || startTicks >= readSince || stat.pid === process.pid) continue;
      for (const key of new Set(keysOf(stat.pid))) lists.add(key, stat);
    }
    readSince = sinceTicks;
    return lists;
  };
};
