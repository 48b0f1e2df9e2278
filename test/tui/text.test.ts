import test from 'ava';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { cut, pad, plainText, widthOf, wrapText, wrapWords } from '../../source/tui/text.ts';

test('escape sequences and control characters go, what they surround stays', (t) => {
  t.is(plainText('\u001B[31mred\u001B[0m and \u001B[1;4mmore'), 'red and more');
  t.is(plainText('a\u001B]0;title\u0007b\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\c'), 'ablinkc');
  t.is(plainText('up\u001B[2A\u001B[2Kover\u009B5Cx'), 'upoverx');
  t.is(plainText('dcs\u001BPq#0;2;0\u001B\\end\u001B(B\u001B7'), 'dcsend');
  t.is(plainText('cut off\u001B['), 'cut off');
  t.is(plainText('cut off\u001B]0;never ended'), 'cut off');
  t.is(plainText('bell\u0007 null\u0000 back\u0008'), 'bell null back');
  t.is(plainText('abc\u202Edef\u2066'), 'abcdef');
});

test('a progress bar shows its last state, tabs reach the next eighth column', (t) => {
  t.is(plainText('10%\r20%\r30%'), '30%');
  t.is(plainText('windows line\r'), 'windows line');
  t.is(plainText('a\tb\tc'), 'a       b       c');
  t.is(plainText('日\tb'), '日      b');
});

test('wide characters are cut whole and measured by columns', (t) => {
  t.is(widthOf('日本'), 4);
  t.is(cut('日本語', 5), '日本…');
  t.is(cut('日本語', 4), '日 …');
  t.is(cut('日本語', 6), '日本語');
  t.is(cut('abcdef', 4), 'abc…');
  t.is(cut('abcdef', 4, '…', 2), 'cdef');
  t.is(pad('日', 4), '日  ');
  t.is(pad('7', 3, 'right'), '  7');
});

test('long lines are wrapped anywhere, prose between words', (t) => {
  t.deepEqual(wrapText('abcdefgh', 3, 9), ['abc', 'def', 'gh']);
  t.deepEqual(wrapText('abcdefgh', 3, 2), ['abc', 'de…']);
  t.deepEqual(wrapText('日本語', 4, 9), ['日本', '語']);
  t.deepEqual(wrapWords('one two three', 8), ['one two', 'three']);
  t.deepEqual(wrapWords('abcdefgh x', 4), ['abcd', 'efgh', 'x']);
});

const hostile = fc.string({ unit: 'binary', maxLength: 200 });

test('whatever a log holds, nothing a terminal obeys is left of it', (t) => {
  fc.assert(
    fc.property(hostile, (raw) => {
      t.notRegex(plainText(raw), /\p{Control}/u);
    }),
  );
});

test('whatever a log holds, it never takes more columns than it was given', (t) => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 40 }), (raw, width, from) => {
      const text = plainText(raw);
      t.true(stringWidth(cut(text, width, '…', from)) <= width);
      for (const row of wrapText(text, width, 5)) t.true(stringWidth(row) <= width);
      t.true(wrapText(text, width, 5).length <= 5);
    }),
  );
});
