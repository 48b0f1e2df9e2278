import { row } from './row.ts';

/** Errors of the daemon room. A code never changes its meaning once released. */
export const daemonErrors = {
  DAEMON_UNREACHABLE: row<{ stack: string; socket: string; found: string }>({
    kind: 'world',
    exitCode: 3,
    message: (facts) => `the daemon of stack ${facts.stack} does not answer at ${facts.socket}: ${facts.found}`,
    hint: (facts) => `start it with: booty up -d --stack ${facts.stack}`,
  }),
  SERVICE_UNKNOWN: row<{ service: string; stack: string; known: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `stack ${facts.stack} has no service ${facts.service} (it has: ${facts.known.join(', ')})`,
    hint: () => 'see them with: booty ps',
  }),
  USAGE: row<{ problem: string; usage: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => facts.problem,
    hint: (facts) => `usage: ${facts.usage}`,
  }),
  ASSERTION: row<{ claim: string }>({
    kind: 'bug',
    exitCode: 1,
    message: (facts) => `booty found itself in a state it holds impossible: ${facts.claim}`,
    hint: () => 'please report this with the output of: booty events --json',
  }),
};
