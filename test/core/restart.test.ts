import test from 'ava';
import * as fc from 'fast-check';
import { limits } from '../../source/core/limits.ts';
import { backoffMs, decideRestart, endOf, exitText } from '../../source/core/restart.ts';
import { exitOf } from './story.ts';

const clean = endOf(exitOf(0));
const dirty = endOf(exitOf(2));
const killed = endOf(exitOf(null, 'SIGSEGV'));

for (const { when, ends, expected } of [
  { when: 'no', ends: [clean, dirty, killed], expected: ['completed', 'failed', 'failed'] },
  { when: 'on-failure', ends: [clean, dirty, killed], expected: ['completed', 'restart', 'restart'] },
  { when: 'always', ends: [clean, dirty, killed], expected: ['restart', 'restart', 'restart'] },
  { when: 'unless-stopped', ends: [clean, dirty, killed], expected: ['restart', 'restart', 'restart'] },
] as const) {
  test(`restart: ${when}`, (t) => {
    const decisions = ends.map((end) => decideRestart({ when, retriesMax: null }, end, 1, 0.5));
    t.deepEqual(
      decisions.map((decision) => (decision.kind === 'stay' ? decision.state : decision.kind)),
      [...expected],
    );
  });
}

test('on-failure:3 means three starts after the first', (t) => {
  const kinds = [1, 2, 3, 4].map((ends) => decideRestart({ when: 'on-failure', retriesMax: 3 }, dirty, ends, 0).kind);
  t.deepEqual(kinds, ['restart', 'restart', 'restart', 'stay']);
  const last = decideRestart({ when: 'on-failure', retriesMax: 3 }, dirty, 4, 0);
  t.is(last.reason, 'exited 2, 4 times in a row; gave up');
});

test('the delay stays within its bounds, whatever is drawn', (t) => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (ends, roll) => {
      const delayMs = backoffMs(ends, roll);
      t.true(Number.isInteger(delayMs));
      t.true(delayMs >= limits.backoffMsMin && delayMs <= limits.backoffMsMax);
    }),
  );
});

test('the delay never shrinks with another end in a row, for the same draw', (t) => {
  fc.assert(
    fc.property(fc.nat({ max: 40 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (ends, roll) => {
      t.true(backoffMs(ends + 1, roll) >= backoffMs(ends, roll));
    }),
  );
});

test('without luck either way the delay doubles up to its bound', (t) => {
  t.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((ends) => backoffMs(ends, 0.5)),
    [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000],
  );
});

test('an exit in words', (t) => {
  t.is(exitText(exitOf(2)), 'exited 2');
  t.is(exitText(exitOf(null, 'SIGSEGV')), 'killed by SIGSEGV');
  t.is(exitText(exitOf(null)), 'ended, exit code unknown');
});
