/** What is written reads as what it was, whatever blanks and line ends its texts hold. */
import test from 'ava';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { yamlText } from '../../source/config/yaml-text.ts';

test('texts of blanks and line ends are kept', (t) => {
  for (const text of [' \n', ' \n\t\n', '\n', ' ', 'a \n ', ' \n a', '\t\n', 'a:  \n ']) {
    t.deepEqual(parse(yamlText({ services: { web: { text } } })), { services: { web: { text } } });
  }
});

test('any text is kept', (t) => {
  const text = fc.oneof(
    fc.array(fc.constantFrom(' ', '\n', '\t', 'a', ': ', '#', '-')).map((all) => all.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
      t.deepEqual(parse(yamlText({ texts })), { texts });
    }),
    { numRuns: 500 },
  );
});
