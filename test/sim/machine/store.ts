import { BootyError } from '../../../source/core/error.ts';
import type { Installed, Store } from '../../../source/store/store.ts';
import type { Lifeline } from './lifeline.ts';

/** After this time without a byte the real store gives a download up. */
const stallMs = 20_000;

/** What the simulated store does with one wish; what hangs is given up in the end. */
export type FetchFate = 'comes' | 'fails' | 'hangs';

/** The store of a simulated machine; `installed` outlives daemons. */
export const createFakeStore = (
  installed: Map<string, Installed>,
  line: Lifeline,
  of: {
    readonly fate: () => FetchFate;
    readonly fetchMs: () => number;
    /** The store's folder cannot be read at this moment. */
    readonly isUnreadable: () => boolean;
  },
): Store => {
  const fetchOne = async (component: string, signal: AbortSignal): Promise<Installed> => {
    const fate = of.fate();
    const done = line.ask(
      () => {
        if (fate !== 'comes')
          throw new BootyError('STORE_NO_SOURCE', { component, range: '*', tried: ['simulated source'] });
        const found = installedAs(component);
        if (!signal.aborted) installed.set(component, found);
        return found;
      },
      fate === 'hangs' ? stallMs : of.fetchMs(),
    );
    const aborted = new Promise<never>((_, reject) => {
      const cancel = (): void => reject(new BootyError('STORE_CANCELLED', { component }));
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
    });
    return Promise.race([done, aborted]);
  };
  return {
    find: (component) =>
      line.ask(() => {
        if (of.isUnreadable()) throw new Error('EIO: the store cannot be read');
        return installed.get(component) ?? null;
      }),
    list: async () => [...installed.values()],
    overview: async () => [],
    entry: () => null,
    offers: async () => new Map(),
    choose: async (wanted) => wanted.map(() => new Error('a simulated store is not asked')),
    audit: async () => [],
    requireSound: async () => undefined,
    repair: (component, _version, _onProgress, signal) => fetchOne(component, signal),
    remove: async () => 0,
    clone: async () => undefined,
    checkMirror: async () => null,
    install: async (wanted, on, signal) => {
      await Promise.all(
        wanted.map(async ({ component }) => {
          on.progress(component, progress);
          const result = await fetchOne(component, signal).catch((error: unknown) => error as Error);
          on.settled(component, result);
        }),
      );
    },
  };
};

const progress = {
  phase: 'downloading',
  source: 'archive',
  version: '1.2.3',
  doneBytes: 1,
  totalBytes: 2,
  bytesPerSecond: 1,
  etaMs: 1,
  message: null,
} as const;

const installedAs = (component: string): Installed => ({
  component,
  version: '1.2.3',
  sourceVersion: '1.2.3',
  source: 'archive',
  reason: null,
  suite: null,
  downloads: [],
  folder: `/store/${component}/1.2.3`,
  executables: { [component]: `/store/${component}/1.2.3/${component}` },
});
