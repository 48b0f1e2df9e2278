import { row } from './row.ts';

/** Errors of the stack room. A code never changes its meaning once released. */
export const stackErrors = {
  STACK_UNKNOWN: row<{ name: string; known: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `there is no stack named ${facts.name} (known: ${facts.known.join(', ') || 'none'})`,
    hint: () => 'name one with --stack NAME, or a file with -f FILE',
  }),
  PORT_TAKEN: row<{ service: string; port: number; holder: string; where: string | null }>({
    kind: 'world',
    exitCode: 4,
    message: (facts) =>
      `port ${facts.port} of ${facts.service}${facts.where ? ` (${facts.where})` : ''} is held by ${facts.holder}`,
    hint: () => 'end that process, write another number, or write `auto` to take any free port',
  }),
};
