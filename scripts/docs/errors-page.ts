import { errorTable } from '../../source/core/error.ts';
import type { ErrorRow } from '../../source/core/errors/row.ts';

const kinds = { user: 'something written wrongly', world: 'the machine or the network', bug: 'booty itself' } as const;

export const errorsPage = (): readonly string[] => [
  '# Errors',
  '',
  'Every error has a code that never changes its meaning, a sentence that says what was tried and found, and a hint that says',
  'what to do next. With `--json` it is one document: `{code, message, hint, exitCode, facts, cause}`. `‹…›` stands for a fact.',
  ...Object.entries(errorTable)
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([code, row]) => entry(code, row as unknown as ErrorRow<unknown>)),
];

const entry = (code: string, row: ErrorRow<unknown>): readonly string[] => [
  '',
  `## ${code}`,
  '',
  `Exit code ${row.exitCode}; ${kinds[row.kind]}.`,
  '',
  `> ${sentence(row.message)}`,
  '',
  `Hint: ${sentence(row.hint)}`,
];

/** The sentence with a placeholder for every fact; one that needs real facts is left to the code. */
const sentence = (make: (facts: unknown) => string): string => {
  try {
    return make(placeholder('fact')).replaceAll('\n', ' ').trim() || 'depends on what was found';
  } catch {
    return 'depends on what was found';
  }
};

/** Stands for any fact: a text, a list, a number, or an object of further facts. */
const placeholder = (name: string): unknown =>
  new Proxy(() => `‹${name}›`, {
    get: (_target, key) => {
      if (
        key === Symbol.toPrimitive ||
        key === 'toString' ||
        key === 'join' ||
        key === 'toFixed' ||
        key === 'trim' ||
        key === 'toJSON'
      )
        return () => `‹${name}›`;
      if (key === 'split') return () => [`‹${name}›`];
      if (key === Symbol.iterator) return [][Symbol.iterator];
      if (key === 'length') return 2;
      if (key === 'map' || key === 'slice' || key === 'filter' || key === 'flatMap') return () => placeholder(name);
      if (key === 'includes' || key === 'startsWith') return () => false;
      return typeof key === 'string' ? placeholder(key) : undefined;
    },
  });
