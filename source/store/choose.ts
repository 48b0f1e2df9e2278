import type { Clock } from '../ports.ts';
import { resolveWants } from './resolve-wants.ts';
import type { Source } from './sources/source.ts';
import type { Offered, Store } from './store.ts';
import { type Knowledge, type Want, wantOf } from './wants.ts';

/** `Store.choose`: what an installation would choose, by the same rules, and nothing of it fetched. */
export const choose = async (
  { sources, clock, ...knowledge }: Knowledge & { readonly sources: readonly Source[]; readonly clock: Clock },
  wanted: Parameters<Store['choose']>[0],
  signal: AbortSignal,
): Promise<readonly (Offered | Error)[]> => {
  const wants = wanted.map(({ component, range, pin }): Want | Error => {
    try {
      return wantOf(knowledge, component, range, pin);
    } catch (error) {
      return error as Error;
    }
  });
  const known = wants.filter((want): want is Want => !(want instanceof Error));
  const { tasks, failures } = await resolveWants(known, sources, new Map(), clock, () => undefined, signal);
  return wants.map((want): Offered | Error => {
    if (want instanceof Error) return want;
    const task = tasks.find((one) => one.wants.includes(want));
    if (task === undefined) return failures.get(want) ?? new Error('it was not looked for');
    const { version, sourceVersion, suite } = task.pick.candidate;
    return { version, sourceVersion, suite, source: task.source.name };
  });
};
