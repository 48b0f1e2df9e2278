import test from 'ava';
import { newerThan } from '../../source/commands/newer-than.ts';

test('frames of before the order are told from those of after it', (t) => {
  const isNewer = newerThan(1_000);
  t.deepEqual([900, 999, 1_000, 1_100].map(isNewer), [false, false, true, true]);
});

test('once the clock is set back nobody waits until it has caught up', (t) => {
  const isNewer = newerThan(10_000);
  t.deepEqual([9_900, 9_950, 4_000, 4_100].map(isNewer), [false, false, true, true]);
});
