import test from 'ava';
import { createRate, etaMsOf } from '../../source/store/rate.ts';

test('the speed is that of the last three seconds', (t) => {
  const rate = createRate();
  t.is(rate.bytesPerSecond(0, 0), null);
  t.is(rate.bytesPerSecond(1_000, 500), 500);
  t.is(rate.bytesPerSecond(2_000, 1_000), 500);
  for (const atMs of [3_000, 4_000, 5_000, 6_000]) rate.bytesPerSecond(atMs, 1_000);
  t.is(rate.bytesPerSecond(7_000, 1_000), 0);
  // The clock is set back.
  t.is(rate.bytesPerSecond(1_000, 1_000), null);
  t.is(rate.bytesPerSecond(2_000, 3_000), 2_000);
});

test('nothing is said of the end while nothing moves', (t) => {
  t.is(etaMsOf(1_000, null), null);
  t.is(etaMsOf(1_000, 0), null);
  t.is(etaMsOf(1_000, 500), 2_000);
});
