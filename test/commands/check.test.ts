/** A look at the machine that fails or hangs is a finding like any other; the clock is one that is told what time it is. */
import test from 'ava';
import { check, checkMsMax } from '../../source/commands/readings/check.ts';
import { ok } from '../../source/doctor/finding.ts';
import { until } from '../until.ts';
import { makeClock } from '../tui/fake-stack.ts';

test('what was found is handed on, one or many', async (t) => {
  const finding = ok('a', 'A', 'fine');
  t.deepEqual(await check(makeClock(), 'a', 'A', async () => finding), [finding]);
  t.deepEqual(await check(makeClock(), 'a', 'A', async () => [finding, finding]), [finding, finding]);
});

test('a look that fails says why', async (t) => {
  const [finding] = await check(makeClock(), 'a', 'A', () => Promise.reject(new Error('no such device')));
  t.like(finding, { id: 'a', state: 'warn', found: 'could not be looked at: no such device' });
});

test('a look that hangs is given up, told so, and has its time to clear up', async (t) => {
  const clock = makeClock();
  let cleared = false;
  const answer = check(clock, 'a', 'A', async (signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    cleared = true;
    throw new Error('aborted');
  });
  clock.advance(checkMsMax);
  const [finding] = await answer;
  t.like(finding, { state: 'warn', found: 'no answer within 4 s' });
  t.true(cleared);
});

test('of several things those that answered are told beside the one that hangs', async (t) => {
  const clock = makeClock();
  const quick = ok('quick', 'Quick', 'answered');
  const heard = [quick];
  const answer = check(
    clock,
    'a',
    'A',
    () => new Promise(() => undefined),
    () => heard,
  );
  let isOver = false;
  void answer.then(() => (isOver = true));
  await until('the look is given up', () => {
    clock.advance(checkMsMax);
    return isOver;
  });
  const [first, second] = await answer;
  t.deepEqual(first, quick);
  t.like(second, { id: 'a', state: 'warn', found: 'no answer within 4 s' });
});
