import test from 'ava';
import { readLogPattern } from '../../source/core/log-pattern.ts';

const read = (text: string) => {
  const pattern = readLogPattern(text);
  if ('problem' in pattern) throw new Error(pattern.problem);
  return pattern;
};

test('small letters stand for both, a capital one for itself, those of escapes for nothing', (t) => {
  t.is(read('error').flags, 'i');
  t.is(read('Error').flags, '');
  t.is(read('\\W\\S error').flags, 'i');
  t.is(read('é').flags, 'i');
  t.is(read('É').flags, '');
});

test('what every match must hold is told, and never what it need not', (t) => {
  t.is(read('E4711').required, 'E4711');
  const cases: readonly (readonly [string, string | null])[] = [
    ['code=E[0-9]+', 'E'],
    ['ERROR.*haystack', 'ERROR'],
    ['Errors?', 'Error'],
    ['Errors*', 'Error'],
    ['Error(s|x)+ here', 'Error'],
    ['(Error)? then', 'hen'],
    ['Error|Warn', null],
    ['E{0,3}rr', 'rr'],
    ['\\bError\\b', 'Error'],
    ['[(]Error[)]', 'Error'],
    ['\\(Error\\)', 'Error'],
    ['Err\\x41bc', 'Err'],
    ['error', null],
  ];
  for (const [text, required] of cases) {
    t.is(read(text).required, required, text);
  }
});

test('what is no regular expression is said in a sentence', (t) => {
  t.deepEqual(readLogPattern('(abc'), { problem: '`(abc` is not a regular expression: unterminated group' });
  t.like(readLogPattern('a/b('), { problem: '`a/b(` is not a regular expression: unterminated group' });
});

test('quick is only what no text can keep busy', (t) => {
  const isQuick = (text: string): boolean => {
    const pattern = readLogPattern(text);
    return !('problem' in pattern) && pattern.isQuick;
  };
  for (const text of ['needle', 'error|fatal', 'status=5\\d\\d', '99[0-9]ms$']) t.true(isQuick(text), text);
  for (const text of ['(a+)+$', 'a*a*b', 'x{9}', 'a?a?aa', '(a|a)(a|a)b']) t.false(isQuick(text), text);
});
