/** From this byte on, up to the next step's, the log was first seen at this time. */
export type LogStep = { readonly offset: number; readonly atMs: number };

/** What is remembered of a log beside its bytes, and outlives the daemon. */
export type LogIndex = {
  readonly generation: number;
  /** Byte of the log at which the file begins: a file that is emptied goes on where the log ended. */
  readonly baseByte: number;
  /** First bytes of the file in hexadecimal: another text there is another file, even when it is longer. */
  readonly head: string;
  /** What lies before was given up; it may read as zeros. */
  readonly droppedToByte: number;
  /** In order of offset. */
  readonly steps: readonly LogStep[];
};

/** Steps kept for each log; beyond it every second one goes, so that all of the log stays covered. */
export const indexStepsMax = 4_096;

/**
The form of the index on disk: a line a fact, the later one counts. `F generation base head` says which file is meant,
`T offset ms` is a step, `C offset` takes back the steps from there on, `D offset` says that all before it was given up.
A torn last line is passed over.
*/
export const formatFile = (index: Omit<LogIndex, 'steps' | 'droppedToByte'>): string =>
  `F ${index.generation} ${index.baseByte} ${index.head || '-'}\n`;
export const formatStep = (step: LogStep): string => `T ${step.offset} ${step.atMs}\n`;
export const formatCut = (offset: number): string => `C ${offset}\n`;
export const formatDrop = (offset: number): string => `D ${offset}\n`;
export const formatIndex = (index: LogIndex): string =>
  formatFile(index) + formatDrop(index.droppedToByte) + index.steps.map((step) => formatStep(step)).join('');

/** Null when the text says nothing of a file. */
export const parseIndex = (text: string): LogIndex | null => {
  let file: Omit<LogIndex, 'steps' | 'droppedToByte'> | null = null;
  let droppedToByte = 0;
  let steps: LogStep[] = [];
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const line of whole.split('\n')) {
    const [word, first = '', second = '', head = '-'] = line.split(' ');
    const offset = wholeNumber(first);
    if (offset === null) continue;
    const value = wholeNumber(second);
    if (word === 'F' && value !== null) file = { generation: offset, baseByte: value, head: head === '-' ? '' : head };
    if (word === 'T' && value !== null) steps.push({ offset, atMs: value });
    if (word === 'D') droppedToByte = offset;
    if (word === 'C') steps = cutSteps(steps, offset);
  }
  return file && { ...file, droppedToByte, steps: orderedSteps(steps) };
};

const wholeNumber = (text: string): number | null => (/^\d{1,16}$/.test(text) ? Number(text) : null);

/** A damaged index may hold anything; what is looked up by halving must stand in order. */
const orderedSteps = (steps: readonly LogStep[]): readonly LogStep[] => {
  const ordered: LogStep[] = [];
  for (const step of steps) if (step.offset >= (ordered.at(-1)?.offset ?? 0)) ordered.push(step);
  return ordered;
};

/** Adds a step; when there are too many, every second one goes. */
export const addStep = (steps: readonly LogStep[], step: LogStep): LogStep[] => {
  const all = [...steps, step];
  return all.length > indexStepsMax ? all.filter((_, place) => place % 2 === 0) : all;
};

/** The steps before that byte. */
export const cutSteps = (steps: readonly LogStep[], offset: number): LogStep[] =>
  steps.filter((step) => step.offset < offset);

/** The step a byte belongs to, and the one before; null for bytes older than the watch. */
export const stepAt = (
  steps: readonly LogStep[],
  offset: number,
): { readonly step: LogStep; readonly before: LogStep | null } | null => {
  const place = countWhile(steps, (step) => step.offset <= offset) - 1;
  const step = steps[place];
  return step === undefined ? null : { step, before: steps[place - 1] ?? null };
};

/**
First byte that was seen at that time or later; null when nothing was. The lines around it were written at most one tick
earlier. A clock that was set back counts by the order of the bytes.
*/
export const firstSince = (steps: readonly LogStep[], sinceMs: number): number | null =>
  steps.find((step) => step.atMs >= sinceMs)?.offset ?? null;

/** How many of the first ones hold; what holds comes first. */
const countWhile = (steps: readonly LogStep[], holds: (step: LogStep) => boolean): number => {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const step = steps[middle];
    if (step !== undefined && holds(step)) low = middle + 1;
    else high = middle;
  }
  return low;
};
