/** What a person reads of an error. */
import test from 'ava';
import { createPrint, errorLines } from '../../source/commands/print.ts';
import { BootyError } from '../../source/core/error.ts';
import type { Terminal } from '../../source/ports.ts';

test('what was behind an error is said where it says something', (t) => {
  const behind = (cause: Error): number =>
    errorLines(new BootyError('LOCK_UNREADABLE', { path: '/l', problem: 'it is torn' }, { cause })).length;
  t.is(behind(new Error('the disk is gone')), 3);
  t.is(behind(new Error('it is torn')), 2, 'not twice');
  t.is(behind(new Error('[\n  {\n    "code": "invalid_type"\n')), 2, 'no mere bracket, as zod begins');
});

test('what others wrote into a note shows its words and does nothing else', async (t) => {
  let said = '';
  const terminal = { outputIsTerminal: true, writeError: (text: string) => void (said += text) };
  const print = createPrint(terminal as unknown as Terminal, {});
  print.note(`${print.paint('red', 'one\x1b[2J')}\ttwo\x07\u202e\nthree\x9b5m`);
  t.is(said, '\x1b[31mone\uFFFD[2J\x1b[39m\ttwo\uFFFD\uFFFD\nthree\uFFFD5m\n');
  said = '';
  await print.error(new BootyError('LOCK_UNREADABLE', { path: '/l\x1b]0;owned\x07', problem: 'it is torn' }), false);
  t.regex(said, /\/l\uFFFD\]0;owned\uFFFD/);
});
