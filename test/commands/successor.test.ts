import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { successor } from '../../source/commands/steady-session.ts';
import { createHandClock } from '../daemon/hand-clock.ts';

test('a successor that never comes is waited for no longer when the clock is set back', async (t) => {
  const clock = createHandClock();
  let setMs = 0;
  const context = { ports: { clock: { ...clock, nowMs: () => clock.nowMs() + setMs } } };
  let isOver = false;
  const waiting = successor(context as never, () => Promise.reject(new Error('ECONNREFUSED'))).then((found) => {
    isOver = true;
    return found;
  });
  setMs = -3_600_000;
  for (let tries = 0; tries < 100 && !isOver; tries += 1) {
    await turn();
    clock.pass(200);
  }
  t.true(isOver);
  t.is(await waiting, null);
});
