import test from 'ava';
import { parseSince } from '../../source/commands/since.ts';

const nowMs = Date.parse('2026-11-22T20:00:00Z');

test('a time ago, in the units people write', (t) => {
  t.is(parseSince('10m', nowMs), nowMs - 600_000);
  t.is(parseSince('1h30m', nowMs), nowMs - 5_400_000);
  t.is(parseSince('2d', nowMs), nowMs - 172_800_000);
  t.is(parseSince('1.5s', nowMs), nowMs - 1_500);
  t.is(parseSince('99999d', nowMs), 0);
});

test('a date or a time, in this zone where it names none', (t) => {
  t.is(parseSince('2026-11-22T18:00Z', nowMs), nowMs - 7_200_000);
  t.is(parseSince('2026-11-22 18:00:00.5+02:00', nowMs), nowMs - 14_399_500);
  t.is(parseSince('2026-11-22', nowMs), new Date(2026, 10, 22).getTime());
});

test('anything else is refused by name', (t) => {
  for (const wrong of ['', '10', 'yesterday', '10m ago', '2026-13-01', '-5m']) {
    t.throws(() => parseSince(wrong, nowMs), { message: /neither a time ago nor a date/ }, wrong);
  }
});
