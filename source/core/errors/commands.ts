import { row } from './row.ts';

/** Errors of the command line itself. A code never changes its meaning once released. */
export const commandErrors = {
  ANSWER_NEEDED: row<{ question: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `there is no terminal to ask at: ${facts.question}`,
    hint: () => 'say yes beforehand, with -y',
  }),
  SERVICE_EXISTS: row<{ service: string; file: string; where: string | null; component: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `there is a service ${facts.service} already, at ${facts.where ?? facts.file}`,
    hint: (facts) => `for another one beside it: booty add ${facts.component} --as ${facts.service}-2`,
  }),
  COMPONENT_NOT_KNOWN: row<{ component: string; nearest: string | null; known: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `booty knows no component ${JSON.stringify(facts.component)} (it knows: ${facts.known.join(', ')})`,
    hint: (facts) =>
      facts.nearest === null
        ? 'run a program of your own with `command:` in booty.yaml'
        : `did you mean: booty add ${facts.nearest}`,
  }),
  SELF_NO_UPGRADE: row<{ what: string; reason: string; advice: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `${facts.what} cannot be upgraded by booty: ${facts.reason}`,
    hint: (facts) => facts.advice,
  }),
  SELF_FAILED: row<{ command: string; said: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `${facts.command} did not work: ${facts.said}`,
    hint: () => 'see what it needs, then again: booty self upgrade',
  }),
  HISTORY_UNKNOWN: row<{ service: string; wanted: string; known: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) =>
      `${facts.service} never went on from ${facts.wanted}${facts.known.length === 0 ? ': nothing of it was changed here' : ` (it did from ${facts.known.join(', ')})`}`,
    hint: (facts) => `see what was changed: booty history ${facts.service}`,
  }),
  ADD_REFUSED: row<{ service: string; file: string; problem: string; fix: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `with ${facts.service} in it ${facts.file} would not be sound: ${facts.problem}`,
    hint: (facts) => facts.fix,
  }),
};
