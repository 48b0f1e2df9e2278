import test from 'ava';
import type { Random } from '../../source/ports.ts';

/** What every Random promises. */
export const randomContract = (create: () => Random): void => {
  test('random: rolls lie in [0, 1)', (t) => {
    const random = create();
    for (let n = 0; n < 1000; n++) {
      const roll = random.roll();
      t.true(roll >= 0 && roll < 1);
    }
  });

  test('random: tokens have their length in hexadecimal and differ', (t) => {
    const random = create();
    const tokens = Array.from({ length: 100 }, () => random.token(8));
    t.true(tokens.every((token) => /^[0-9a-f]{16}$/.test(token)));
    t.is(new Set(tokens).size, 100);
  });
};
