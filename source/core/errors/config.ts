import type { Position } from '../model.ts';
import { at, row } from './row.ts';

/** One thing that is wrong in a file the user wrote: where, what was found and expected, and how to mend it. */
export type ConfigProblem = Position & {
  /** Dotted path of the key: `services.web.ports.http`; empty for the document as a whole. */
  readonly path: string;
  /** What was found and what was expected. */
  readonly message: string;
  /** The change to make. */
  readonly fix: string;
};

/** Errors of the config room. A code never changes its meaning once released. */
export const configErrors = {
  CONFIG_NOT_FOUND: row<{ path: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `no booty.yaml at ${facts.path}`,
    hint: () => 'write one with: booty init, name one with -f FILE, or try a built-in stack: booty tui --stack observe',
  }),
  CONFIG_UNREADABLE: row<{ path: string; found: string; fix: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${facts.path} cannot be read: ${facts.found}`,
    hint: (facts) => facts.fix,
  }),
  /** `problems` holds the first ten in the order of the file; `total` counts all. */
  CONFIG_INVALID: row<{ file: string; problems: readonly ConfigProblem[]; total: number }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => {
      const [first] = facts.problems;
      if (first !== undefined && facts.total === 1) return `${at(first)}: ${first.message}`;
      const lines = facts.problems.map((problem) => `${at(problem)}: ${problem.message}\n  fix: ${problem.fix}`);
      const more = facts.total - facts.problems.length;
      return [`${facts.total} problems in ${facts.file}`, ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join(
        '\n',
      );
    },
    hint: (facts) =>
      facts.total === 1 && facts.problems[0] !== undefined
        ? facts.problems[0].fix
        : `mend them, then check with: booty config -f ${facts.file}`,
  }),
  CONFIG_EXISTS: row<{ path: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${facts.path} is there already, and nothing was written`,
    hint: () => 'add to it with: booty add NAME, or write a new one beside a copy of the old: booty init --force',
  }),
  CONFIG_NOT_WRITTEN: row<{ path: string; found: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `${facts.path} cannot be written: ${facts.found}`,
    hint: (facts) => `look who may write there: ls -ld ${facts.path.replace(/\/[^/]*$/, '') || '/'}`,
  }),
  CONFIG_NOT_EDITABLE: row<{ path: string; found: string; lines: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${facts.path} was left as it is: ${facts.found}`,
    hint: (facts) => `write it there by hand: ${facts.lines}`,
  }),
  CONFIG_NAME_BAD: row<{ name: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${JSON.stringify(facts.name)} is no name for a stack`,
    hint: () => 'use up to 40 lower-case letters, digits, - and _, the first a letter or digit: shop-1',
  }),
  CONFIG_REFERENCE_BAD: row<{ text: string; found: string; fix: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `${JSON.stringify(facts.text)}: ${facts.found}`,
    hint: (facts) => facts.fix,
  }),
};
