import { row } from './row.ts';

/** Errors of the store room. A code never changes its meaning once released. */
export const storeErrors = {
  STORE_NO_SOURCE: row<{ component: string; range: string; tried: readonly string[] }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `no source has ${facts.component}@${facts.range}: ${facts.tried.join('; ') || 'none was usable'}`,
    hint: (facts) => `widen the range of ${facts.component}, or connect this machine to one of the sources`,
  }),
};
