import { BootyError } from '../../core/error.ts';
import type { Installed, Store } from '../../store/store.ts';

/**
A version of a package from the store, fetched into it where it is not there; `say` is told how far it is. Throws what
the store says, and STORE_CANCELLED.
*/
export const fetchVersion = async (
  store: Pick<Store, 'find' | 'install'>,
  component: string,
  version: string,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (text: string) => void },
): Promise<Installed> => {
  const range = `=${version}`;
  const there = await store.find(component, range);
  if (there !== null) return there;
  let settled: Installed | Error = new BootyError('STORE_CANCELLED', { component });
  await store.install(
    [{ component, range }],
    {
      progress: (_, { phase, message, doneBytes, totalBytes }) => {
        const share = totalBytes ? ` ${Math.floor((100 * doneBytes) / totalBytes)} %` : '';
        say(message ?? `${phase}${share}`);
      },
      settled: (_, result) => (settled = result),
    },
    signal,
  );
  const result = settled as Installed | Error;
  if (result instanceof Error) throw result;
  return result;
};
