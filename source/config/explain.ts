import type * as z from 'zod';
import { describeFound, type Fault } from './fault.ts';
import { isHelped, keyHelp } from './key-help.ts';
import { hostPort, noNetwork } from './port.ts';
import { didYouMean, wordToWrite } from './suggest.ts';
import type { Path, Tree } from './tree.ts';

type Issue = z.core.$ZodIssue;

/** A fault of a value or of its key, somewhere below the value that was checked. */
export type Explained = Fault & { readonly path: Path; readonly about: 'key' | 'value' };

/**
Turns one issue of zod into what a person reads: expected, found, and a line to copy. `value` is what was checked and
stands at `base` of the document; `known` lists the keys of the strict map that a path below the base leads to.
*/
export const explainIssue = (
  issue: Issue,
  base: Path,
  value: Tree,
  known: (path: Path) => readonly string[],
): readonly Explained[] => {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const found = valueAt(value, path);
  const shown = [...base, ...path].join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey([...path, key], key, shown, known(path)));
    case 'invalid_union':
      return chosenBranch(issue, found, path).flatMap((inner) => explainIssue(inner, base, value, known));
    case 'invalid_key':
      return [
        {
          path,
          about: 'key',
          message: `${shown}: this name is not allowed: expected ${issue.issues[0]?.message}`,
          fix: 'rename it',
        },
      ];
    case 'invalid_value': {
      const words = issue.values.map(String);
      const near = typeof found === 'string' ? didYouMean(found, words) : '';
      const message = found === undefined ? `${shown} is missing` : `${shown} cannot be ${describeFound(found)}${near}`;
      return [{ path, about: 'value', message, fix: `write ${oneOf(words)}` }];
    }
    case 'custom': {
      const fix: unknown = issue.params?.['fix'];
      const excerpt: unknown = issue.params?.['excerpt'];
      const fault = { path, about: 'value', message: `${shown}: ${issue.message}`, fix: String(fix) } as const;
      return [typeof excerpt === 'string' ? { ...fault, excerpt } : fault];
    }
    case 'invalid_type':
      return [wrongType(shown, path, found, expectedPhrase(issue.expected))];
    case 'invalid_format':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
    default:
      return [wrongType(shown, path, found, issue.message)];
  }
};

const unknownKey = (path: Path, key: string, parent: string, known: readonly string[]): Explained => {
  return {
    path,
    about: 'key',
    message: `${parent === '' ? 'booty.yaml' : parent} has no key ${JSON.stringify(key)}${didYouMean(key, known)}`,
    fix: wordToWrite(key, known),
  };
};

/** The branch of a union that the value was meant for: the one whose outer type fits, so that only something inside fails. */
const chosenBranch = (
  issue: Extract<Issue, { code: 'invalid_union' }>,
  found: Tree | undefined,
  path: Path,
): readonly Issue[] => {
  const meant = issue.errors.find((branch) => !branch.every(isMisfit));
  if (meant !== undefined) return meant.map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
  return [{ code: 'invalid_format', format: 'union', message: issue.message, path: [...path], input: found } as Issue];
};

/** Whether a branch of a union was not meant at all: already the outermost type differs. */
const isMisfit = (issue: Issue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    (issue.code === 'invalid_union' && issue.errors.every((branch) => branch.every(isMisfit))));

const wrongType = (shown: string, path: Path, found: Tree | undefined, expected: string): Explained => {
  // Below these the keys are names of the user's own.
  const free = path.find((part) => ['ports', 'environment', 'depends_on', 'offers'].includes(String(part)));
  const key = String(free ?? path.findLast((part) => typeof part === 'string') ?? '');
  if (key === 'ports' && Array.isArray(found)) {
    const port = hostPort(found[0]) ?? 8080;
    return {
      path,
      about: 'key',
      message: `${shown} is a list, as if it mapped ports: expected a map`,
      fix: noNetwork(port),
    };
  }
  const message =
    found === undefined
      ? `${shown} is missing: expected ${expected}`
      : `${shown} expects ${expected}, found ${describeFound(found)}`;
  const fix = isHelped(key) ? `write for example \`${key}: ${keyHelp[key].example}\`` : `write ${expected}`;
  return { path, about: 'value', message, fix };
};

const expectedPhrase = (expected: string): string => {
  switch (expected) {
    case 'object':
    case 'record':
      return 'a map';
    case 'array':
      return 'a list';
    case 'string':
      return 'text';
    case 'int':
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return expected;
  }
};

const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

const valueAt = (value: Tree, path: Path): Tree | undefined => {
  let here: Tree | undefined = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Array.isArray(here) ? here[Number(part)] : (here as Readonly<Record<string, Tree>>)[String(part)];
  }
  return here;
};
