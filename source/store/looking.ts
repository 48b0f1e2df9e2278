import type { InstallProgress } from './store.ts';

/** What is told of a component before anything of it is fetched. */
export const looking = (message: string | null): InstallProgress => ({
  phase: 'looking',
  source: null,
  version: null,
  doneBytes: 0,
  totalBytes: null,
  bytesPerSecond: null,
  etaMs: null,
  message,
});
