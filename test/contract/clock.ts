import test from 'ava';
import type { Clock } from '../../source/ports.ts';

/** What every Clock promises. */
export const clockContract = (create: () => Clock): void => {
  test('clock: time does not run backwards', (t) => {
    const clock = create();
    const before = clock.nowMs();
    t.true(clock.nowMs() >= before);
  });

  test('clock: runs once, and not before the delay is over', async (t) => {
    const clock = create();
    const before = clock.nowMs();
    let runs = 0;
    await new Promise<void>((resolve) => {
      clock.after(20, () => {
        runs++;
        clock.after(20, resolve);
      });
    });
    t.is(runs, 1);
    // Timers count in a clock of their own, which may differ from this one by a rounding.
    t.true(clock.nowMs() - before >= 38);
  });

  test('clock: shorter delays run first', async (t) => {
    const clock = create();
    const order: number[] = [];
    await new Promise<void>((resolve) => {
      clock.after(30, () => {
        order.push(30);
        resolve();
      });
      clock.after(10, () => order.push(10));
    });
    t.deepEqual(order, [10, 30]);
  });

  test('clock: what is cancelled does not run; cancelling twice does nothing', async (t) => {
    const clock = create();
    let runs = 0;
    const cancel = clock.after(5, () => runs++);
    cancel();
    cancel();
    const far = clock.after(2 ** 40, () => runs++);
    await new Promise<void>((resolve) => {
      clock.after(25, resolve);
    });
    far();
    t.is(runs, 0);
  });
};
