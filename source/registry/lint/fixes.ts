import type { JsonPath } from '../locate.ts';

/** What to change where the form of a document is wrong, by what was said of it. */
export const fixOf = (path: JsonPath, message: string): string => {
  const key = path.at(-1);
  const rule = rules.find(([pattern]) => pattern.test(message));
  if (rule) return rule[1];
  const [, wanted] = /^must be (.+)$/.exec(message) ?? [];
  if (wanted !== undefined) return `make ${String(key)} ${wanted}`;
  const [, expected, received] = /expected (\S+), received (\S+)$/.exec(message) ?? [];
  if (received === 'undefined') return `add ${String(key)}, ${article(expected ?? 'value')}`;
  if (expected !== undefined) return `write ${article(expected)} there`;
  return 'compare it with schema/registry.schema.json';
};

const article = (word: string): string => `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`;

const rules: readonly (readonly [RegExp, string])[] = [
  [/control character/, 'write it on one line, without what no editor shows'],
  [/^may not be named so/, 'give it a name of its own'],
  [/^Unrecognized key/, 'take it out, or mend its spelling: the keys there can be are in schema/registry.schema.json'],
  [/64 lower-case hexadecimal/, "copy the SHA-256 again from upstream's checksum file"],
  [/^hash \w+ is already used/, "copy the hash of this very archive from upstream's checksum file"],
  [/^name \S+ is already used/, 'give one of the two another name'],
  [/is provided nowhere/, 'name the file it is in under `members`, or take it out of `executables`'],
  [/is provided twice or not listed/, 'leave it once, and list it in `executables`'],
  [/not among the package's executables/, 'name one of the executables, or add it to `executables`'],
  [
    /by the rule for releases named by a date/,
    'name the version after its date: RELEASE.2025-09-07T16-13-09Z is 2025.907.161309',
  ],
  [/is not in module/, 'name a package of the module, or the module the package is in'],
  [/^Too small/, 'write something there'],
  [/^may only hold \$\{/, 'use these placeholders only'],
];
