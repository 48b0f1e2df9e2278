import test from 'ava';
import * as fc from 'fast-check';
import { jsonPath, lineOf, locate } from '../../source/registry/locate.ts';

/** Every path in a value, the value itself first. */
const pathsIn = (value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] => {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Array.isArray(value)
    ? value.flatMap((each, index) => pathsIn(each, [...path, index]))
    : Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...path, key]));
  return [path, ...inner];
};

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<string | number, unknown>)[part], value);

test('every value of any document is found where it stands', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 2, '\t'), (value, indent) => {
      const text = ` ${JSON.stringify(value, null, indent)}\n`;
      const plain = JSON.parse(text) as unknown;
      const located = locate(text);
      for (const path of pathsIn(plain)) {
        const { start, end, from } = located.of(path);
        t.deepEqual(JSON.parse(text.slice(start, end)), valueAt(plain, path));
        const key = path.at(-1);
        if (typeof key === 'string') t.true(text.slice(from, start).startsWith(JSON.stringify(key)));
      }
      t.deepEqual(located.duplicates, []);
    }),
  );
});

test('a key that stands twice is told, with where', (t) => {
  const text = '{"a": {"1.0.0": {}, "2.0.0": [{"x": 1, "x": 2}], "1.0.0": {"y": "}{"}}, "a\\"b": null}';
  t.deepEqual(locate(text).duplicates, [
    ['a', '2.0.0', 0, 'x'],
    ['a', '1.0.0'],
  ]);
});

test('of what is not there the nearest around it is told', (t) => {
  const text = '{\n  "a": {\n    "b": 1\n  }\n}';
  t.deepEqual(lineOf(text, locate(text).of(['a', 'c', 'd']).from), { line: 2, column: 3 });
  t.deepEqual(lineOf(text, locate(text).of(['a', 'b']).from), { line: 3, column: 5 });
  t.deepEqual(lineOf(text, 0), { line: 1, column: 1 });
  t.is(jsonPath(['a', 'b-c', 0, 'd']), 'a["b-c"][0].d');
});
