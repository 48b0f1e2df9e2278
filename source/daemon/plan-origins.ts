import { reasonOf } from '../core/error.ts';
import type { Step } from '../core/plan.ts';
import type { Clock } from '../ports.ts';
import type { Store } from '../store/store.ts';
import type { BinaryWish } from './fetches.ts';
import type { LockBook } from './lock-book.ts';

/** The lists of a Debian release take seconds; whoever asks for a plan should not wait for longer than for a few of them. */
const askMsMax = 60_000;

/** Adds to each fetch of a plan what would come from where, or why nothing would: the sources are asked, nothing is fetched. */
export const withOrigins = async (
  { store, clock }: { readonly store: Pick<Store, 'choose'>; readonly clock: Clock },
  lock: Pick<LockBook, 'pinOf'>,
  binaries: readonly BinaryWish[],
  plan: readonly Step[],
): Promise<readonly Step[]> => {
  const wishes = binaries.filter(({ service }) =>
    plan.some((step) => step.action === 'fetch' && step.service === service),
  );
  if (wishes.length === 0) return plan;
  const told = new Map<string, string>();
  const abort = new AbortController();
  const cancel = clock.after(askMsMax, () => abort.abort());
  try {
    const wanted = wishes.map(({ service, package: component, range }) => {
      return { component, range, pin: lock.pinOf(service) };
    });
    const choices = await store.choose(wanted, abort.signal);
    for (const [index, { service }] of wishes.entries()) {
      const choice = choices[index];
      if (choice === undefined) continue;
      told.set(service, choice instanceof Error ? `and cannot be fetched: ${reasonOf(choice)}` : originText(choice));
    }
  } catch (error) {
    const why = abort.signal.aborted ? `no answer within ${askMsMax / 1_000} s` : reasonOf(error);
    for (const { service } of wishes) told.set(service, `where from is not known: ${why}`);
  } finally {
    cancel();
  }
  return plan.map((step) => {
    const more = step.action === 'fetch' ? told.get(step.service) : undefined;
    return more === undefined ? step : { ...step, reason: `${step.reason}; ${more}` };
  });
};

const originText = ({
  sourceVersion,
  source,
  suite,
}: {
  readonly sourceVersion: string;
  readonly source: string;
  readonly suite: string | null;
}): string => `${sourceVersion} comes from ${source}${suite === null ? '' : `, suite ${suite}`}`;
