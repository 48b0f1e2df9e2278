import { row } from './row.ts';

/** Errors of the command line itself. A code never changes its meaning once released. */
export const commandErrors = {
  ANSWER_NEEDED: row<{ question: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `there is no terminal to ask at: ${facts.question}`,
    hint: () => 'say yes beforehand, with -y',
  }),
};
