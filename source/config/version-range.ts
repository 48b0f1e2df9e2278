import { faulty, parsed, type Parsed } from './fault.ts';

const partial = String.raw`v?(?:[x*]|\d+)(?:\.(?:[x*]|\d+)){0,2}(?:-[0-9a-z.-]+)?(?:\+[0-9a-z.-]+)?`;
const comparators = new RegExp(
  `^(?:(?:[<>]=?|=|~>?|\\^)?\\s*${partial})(?:\\s+(?:[<>]=?|=|~>?|\\^)?\\s*${partial})*$`,
  'i',
);
const hyphenated = new RegExp(`^${partial}\\s+-\\s+${partial}$`, 'i');

/**
Reads a version range in npm's grammar (`^2.10`, `~1.2.3`, `>=1.2 <2`, `1.x || 2.x`, `1.2 - 1.4`); a bare `2` becomes
`2.x`, `latest` and `*` mean any and become `*`. Only the form is checked; which versions exist is the registry's knowledge.
*/
export const parseVersionRange = (written: string): Parsed<string> => {
  const text = written.trim();
  if (text === '*' || text === 'latest') return parsed('*');
  if (/^v?\d+$/.test(text)) return parsed(`${text.replace('v', '')}.x`);
  const alternatives = text.split('||').map((alternative) => alternative.trim());
  if (alternatives.every((alternative) => comparators.test(alternative) || hyphenated.test(alternative)))
    return parsed(text);
  return faulty(
    `${JSON.stringify(text)} is no range of versions`,
    'write a version or a range: 2, 2.10, 2.10.27, ^2.10, ">=2.10 <3"',
  );
};
