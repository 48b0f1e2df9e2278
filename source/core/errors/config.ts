import { row } from './row.ts';

/** Errors of the config room. A code never changes its meaning once released. */
export const configErrors = {
  CONFIG_NOT_FOUND: row<{ path: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `no booty.yaml at ${facts.path}`,
    hint: () => 'write a booty.yaml here, name one with -f FILE, or try a built-in stack: booty tui --stack observe',
  }),
};
