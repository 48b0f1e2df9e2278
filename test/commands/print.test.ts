/** What a person reads of an error. */
import test from 'ava';
import { errorLines } from '../../source/commands/print.ts';
import { BootyError } from '../../source/core/error.ts';

test('what was behind an error is said where it says something', (t) => {
  const behind = (cause: Error): number =>
    errorLines(new BootyError('LOCK_UNREADABLE', { path: '/l', problem: 'it is torn' }, { cause })).length;
  t.is(behind(new Error('the disk is gone')), 3);
  t.is(behind(new Error('it is torn')), 2, 'not twice');
  t.is(behind(new Error('[\n  {\n    "code": "invalid_type"\n')), 2, 'no mere bracket, as zod begins');
});
