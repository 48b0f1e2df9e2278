import test from 'ava';
import { createGate } from '../../source/store/gate.ts';

test('no more than its width run at once, in order, whatever fails', async (t) => {
  const gate = createGate(2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const work = (number: number) => async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    order.push(number);
    await Promise.resolve();
    running -= 1;
    if (number === 2) throw new Error('two');
  };
  const settled = await Promise.allSettled([1, 2, 3, 4, 5].map((number) => gate(work(number))));
  t.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  );
  t.is(most, 2);
  t.deepEqual(order, [1, 2, 3, 4, 5]);
});
