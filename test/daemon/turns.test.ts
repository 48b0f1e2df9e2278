import test from 'ava';
import { createTurns } from '../../source/daemon/turns.ts';

test('work is done one after the other, in the order it was asked for, whatever becomes of it', async (t) => {
  const inTurn = createTurns();
  const told: string[] = [];
  const first = Promise.withResolvers<void>();
  const slow = inTurn(async (name: string) => {
    told.push(`${name} begins`);
    await first.promise;
    told.push(`${name} ends`);
    throw new Error(name);
  });
  const quick = inTurn(async (name: string) => {
    told.push(name);
    return name;
  });
  const failing = t.throwsAsync(slow('one'), { message: 'one' });
  const answer = quick('two');
  await Promise.resolve();
  t.deepEqual(told, ['one begins']);
  first.resolve();
  await failing;
  t.is(await answer, 'two');
  t.deepEqual(told, ['one begins', 'one ends', 'two']);
});
