import { BootyError, reasonOf } from '../core/error.ts';
import { distinctVersions, newestFirst } from '../registry/range.ts';
import type { Offer, Pick as Picked, Source } from './sources/source.ts';
import type { Want } from './wants.ts';

/** One version of one package to be fetched from one source, for all who want it. */
export type Task = { readonly source: Source; readonly pick: Picked; readonly wants: readonly Want[] };

export type Resolved = { readonly tasks: readonly Task[]; readonly failures: ReadonlyMap<Want, BootyError> };

type Answer =
  | { readonly source: Source; readonly offer: Offer }
  | { readonly skipped: string; readonly error: BootyError | null };

/**
Chooses for each want the newest version within its range from the first source that has one. Wants of one package share
a version where one fits them all. A want that no source satisfies gets an error that tells a range nobody can satisfy
(STORE_RANGE_UNSATISFIABLE) from a source that could not be asked.
*/
export const resolveWants = async (
  wants: readonly Want[],
  sources: readonly Source[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Resolved> => {
  const answers: Answer[] = [];
  const tasks = new Map<string, { source: Source; pick: Picked; wants: Want[] }>();
  let left = wants;
  for (const source of sources) {
    if (left.length === 0) break;
    const answer = await ask(source, left, onMessage, signal);
    answers.push(answer);
    if ('skipped' in answer) continue;
    left = left.filter((want) => {
      const pick = choose(want, wants, answer.offer);
      if (pick === null) return true;
      const key = `${pick.package} ${pick.candidate.sourceVersion} ${source.name}`;
      const task = tasks.get(key) ?? { source, pick, wants: [] };
      task.wants.push(want);
      tasks.set(key, task);
      return false;
    });
  }
  return { tasks: [...tasks.values()], failures: new Map(left.map((want) => [want, failureOf(want, answers)])) };
};

const ask = async (
  source: Source,
  wants: readonly Want[],
  onMessage: (message: string) => void,
  signal: AbortSignal,
): Promise<Answer> => {
  const reason = await source.unusable();
  if (reason !== null) return { skipped: `${source.name}: not usable here: ${reason}`, error: null };
  try {
    const wanted = wants.map(({ found, range }) => ({ package: found.package, entry: found.entry, range }));
    return { source, offer: await source.offer(wanted, onMessage, signal) };
  } catch (error) {
    if (signal.aborted || !(error instanceof BootyError)) throw error;
    return { skipped: `${source.name}: ${reasonOf(error)}`, error };
  }
};

/** Newest for all wants of the package at once, else newest for this one. */
const choose = (want: Want, wants: readonly Want[], offer: Offer): Picked | null => {
  const { package: name, entry } = want.found;
  const fitting = newestFirst(offer.candidates.get(name) ?? [], want.range);
  const others = wants.filter((other) => other.found.package === name);
  const shared = others.reduce((rows, other) => newestFirst(rows, other.range), fitting);
  const candidate = shared[0] ?? fitting[0];
  return candidate ? { package: name, entry, candidate } : null;
};

const failureOf = ({ component, found, range }: Want, answers: readonly Answer[]): BootyError => {
  const troubles = answers.flatMap((answer) => ('skipped' in answer ? answer.error : answer.offer.trouble) ?? []);
  const first = troubles[0];
  if (first) return first;
  const text = range ?? 'any';
  const skipped = answers.flatMap((answer) => ('skipped' in answer ? [answer.skipped] : []));
  const offered = answers.flatMap((answer) => {
    if ('skipped' in answer) return [];
    const versions = (answer.offer.candidates.get(found.package) ?? []).map((candidate) => candidate.version);
    return [{ source: answer.source.name, versions: distinctVersions(versions) }];
  });
  const having = offered.filter(({ versions }) => versions.length > 0);
  const tried = [
    ...offered
      .filter(({ versions }) => versions.length === 0)
      .map(({ source }) => `${source}: has no ${found.package}`),
    ...skipped,
  ];
  return having.length > 0
    ? new BootyError('STORE_RANGE_UNSATISFIABLE', { component, range: text, sources: having, tried })
    : new BootyError('STORE_NO_SOURCE', { component, range: text, tried });
};
