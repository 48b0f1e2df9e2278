import { BootyError, reasonOf } from '../core/error.ts';
import { versionsText } from '../core/versions-text.ts';
import type { Clock } from '../ports.ts';
import { distinctVersions, newestFirst } from '../registry/range.ts';
import { type Pin, pinObjection } from './pin.ts';
import type { Candidate, Offer, Pick as Picked, Skipped, Source } from './sources/source.ts';
import type { Want } from './wants.ts';

/** One version of one package to be fetched from one source, for all who want it. */
export type Task = {
  readonly source: Source;
  readonly pick: Picked;
  readonly wants: readonly Want[];
  /** Sources that stand before this one in the order, and why they were not taken. */
  readonly skipped: readonly Skipped[];
};

export type Resolved = { readonly tasks: readonly Task[]; readonly failures: ReadonlyMap<Want, BootyError> };

/** After this long without an answer the next source is asked as well; the first in order still goes first. */
const patienceMs = 500;

type Answer =
  | { readonly source: Source; readonly offer: Offer }
  | { readonly source: Source; readonly skipped: string; readonly error: BootyError | null };

/**
Chooses for each want the newest version within its range from the first source that has one. Wants of one package share
a version where one fits them all. A want that no source satisfies gets an error that tells a range nobody can satisfy
(STORE_RANGE_UNSATISFIABLE) from a source that could not be asked. `earlier` are skips of the same wants before this call.
*/
export const resolveWants = async (
  wants: readonly Want[],
  sources: readonly Source[],
  earlier: ReadonlyMap<Want, readonly (Skipped & { readonly error?: BootyError })[]>,
  clock: Clock,
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Resolved> => {
  const enough = new AbortController();
  const asks = createAsks(wants, sources, onMessage, AbortSignal.any([signal, enough.signal]));
  const answers: Answer[] = [];
  const skips = new Map<Want, Skipped[]>(
    wants.map((want) => [want, (earlier.get(want) ?? []).map(({ source, reason }) => ({ source, reason }))]),
  );
  const tasks = new Map<string, Task & { wants: Want[] }>();
  let left = wants;
  try {
    for (const [index, source] of sources.entries()) {
      if (left.length === 0) break;
      const stopWaiting = clock.after(patienceMs, () => asks.beginEarly(index + 1));
      const answer = await asks.begin(index).finally(stopWaiting);
      answers.push(answer);
      left = left.filter((want) => {
        const found = takeFrom(answer, want, wants);
        if (typeof found === 'string') {
          skips.get(want)?.push({ source: source.name, reason: found });
          return true;
        }
        const key = `${found.package} ${found.candidate.sourceVersion} ${source.name}`;
        const task = tasks.get(key) ?? { source, pick: found, wants: [], skipped: skips.get(want) ?? [] };
        task.wants.push(want);
        tasks.set(key, task);
        return false;
      });
    }
  } finally {
    enough.abort();
    await asks.ended();
  }
  const failures = new Map(
    left.map((want) => [want, failureOf(want, answers, earlier.get(want) ?? [], skips.get(want) ?? [])]),
  );
  return { tasks: [...tasks.values()], failures };
};

/** Each source is asked at most once, for all wants; nothing is left running after `ended`. */
const createAsks = (
  wants: readonly Want[],
  sources: readonly Source[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
) => {
  const begun = new Map<number, Promise<Answer>>();
  const begin = (index: number): Promise<Answer> => {
    const known = begun.get(index);
    if (known) return known;
    const source = sources[index];
    if (source === undefined)
      return Promise.reject(new BootyError('ASSERTION', { claim: 'only known sources are asked' }));
    const answer = ask(source, wants, onMessage, signal);
    begun.set(index, answer);
    // One that was asked ahead may fail before anybody waits for it.
    answer.catch(() => undefined);
    return answer;
  };
  return {
    begin,
    beginEarly: (index: number): void => {
      if (index < sources.length) void begin(index);
    },
    ended: async (): Promise<void> => void (await Promise.allSettled(begun.values())),
  };
};

const ask = async (
  source: Source,
  wants: readonly Want[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Answer> => {
  const reason = await source.unusable();
  if (reason !== null) return { source, skipped: `not usable here: ${reason}`, error: null };
  try {
    const wanted = wants.map(({ found, range }) => ({ package: found.package, entry: found.entry, range }));
    return { source, offer: await source.offer(wanted, onMessage, signal) };
  } catch (error) {
    if (signal.aborted || !(error instanceof BootyError)) throw error;
    return { source, skipped: skipReason(error), error };
  }
};

/** What is taken, or why nothing is. */
const takeFrom = (answer: Answer, want: Want, wants: readonly Want[]): Picked | string => {
  if ('skipped' in answer) return answer.skipped;
  const refusal = refusalOf(answer, want);
  if (refusal !== null) return skipReason(refusal);
  const { candidates, trouble } = answer.offer;
  const objections = want.pin === null ? [] : objectionsOf(want, want.pin, answer);
  const [objection] = objections;
  if (objection && objections.every((one) => one !== null)) return objection;
  const pick = choose(want, wants, answer);
  if (pick !== null) return pick;
  if (trouble !== null) return skipReason(trouble);
  const versions = distinctVersions((candidates.get(want.found.package) ?? []).map(({ version }) => version));
  return versions.length > 0 ? `has ${versionsText(versions)}` : `has no ${want.found.package}`;
};

/** The source's name stands before it already. */
const skipReason = (error: BootyError): string => {
  if (error.code !== 'STORE_MIRROR_UNREACHABLE') return reasonOf(error);
  const { address, found } = error.facts as { readonly address: string; readonly found: string };
  return `cannot reach ${address}: ${found}`;
};

const refusalOf = (answer: Answer, { found, range }: Want): BootyError | null =>
  'skipped' in answer ? null : (answer.offer.refusal?.(found.package, range) ?? null);

/** Why each of the candidates in range is not the pinned one; null for those that are. */
const objectionsOf = (
  want: Want,
  pin: Pin,
  { source, offer }: { readonly source: Source; readonly offer: Offer },
): readonly (string | null)[] =>
  newestFirst(offer.candidates.get(want.found.package) ?? [], want.range).map((candidate) =>
    pinObjection(pin, candidate.origin ?? source.name, candidate),
  );

/** Newest for all wants of the package at once, else newest for this one. */
const choose = (
  want: Want,
  wants: readonly Want[],
  { source, offer }: { readonly source: Source; readonly offer: Offer },
): Picked | null => {
  const { package: name, entry } = want.found;
  const { pin } = want;
  const fitting = newestFirst(offer.candidates.get(name) ?? [], want.range).filter(
    (candidate) => pin === null || pinObjection(pin, candidate.origin ?? source.name, candidate) === null,
  );
  const others = wants.filter((other) => other.found.package === name);
  const shared = others.reduce<readonly Candidate[]>((rows, other) => newestFirst(rows, other.range), fitting);
  const candidate = shared[0] ?? fitting[0];
  return candidate ? { package: name, entry, candidate } : null;
};

/** A single trouble speaks for itself; of several sources each says its own. */
const failureOf = (
  want: Want,
  answers: readonly Answer[],
  earlier: readonly { readonly error?: BootyError }[],
  skipped: readonly Skipped[],
): BootyError => {
  const { component, found, range } = want;
  const troubles = [
    ...earlier.flatMap(({ error }) => error ?? []),
    ...answers.flatMap((answer) =>
      'skipped' in answer ? (answer.error ?? []) : (refusalOf(answer, want) ?? answer.offer.trouble ?? []),
    ),
  ];
  const [first] = troubles;
  if (first && skipped.length === 1 && want.pin === null) return first;
  if (want.pin !== null) {
    const { version, holder } = want.pin;
    const tried = skipped.map(({ source, reason }) => `${source}: ${reason}`);
    return new BootyError('LOCK_NOT_HERE', { component, version, holder, tried }, first ? { cause: first } : {});
  }
  const text = range ?? 'any';
  const having = answers.flatMap((answer) => {
    if ('skipped' in answer) return [];
    const versions = (answer.offer.candidates.get(found.package) ?? []).map(({ version }) => version);
    return versions.length > 0 ? [{ source: answer.source.name, versions: distinctVersions(versions) }] : [];
  });
  // That PATH lacks it is no trouble: nobody expected it there.
  const isRangeAtFault = having.length > 0 && troubles.every(({ code }) => code === 'STORE_NOT_ON_PATH');
  const tried = skipped
    .filter(({ source }) => !isRangeAtFault || !having.some((one) => one.source === source))
    .map(({ source, reason }) => `${source}: ${reason}`);
  return isRangeAtFault
    ? new BootyError('STORE_RANGE_UNSATISFIABLE', { component, range: text, sources: having, tried })
    : new BootyError('STORE_NO_SOURCE', { component, range: text, tried }, first ? { cause: first } : {});
};
