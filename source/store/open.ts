import type { Store } from './store.ts';
export const openStore = (..._: unknown[]): Store => ({ find: async () => null, list: async () => [], install: async () => {} });
