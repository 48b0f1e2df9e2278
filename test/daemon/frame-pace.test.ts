/** How soon a client is told, and how often at most. */
import test from 'ava';
import * as fc from 'fast-check';
import { createFramePace } from '../../source/daemon/frame-pace.ts';
import { createHandClock } from './hand-clock.ts';

const setUp = () => {
  const clock = createHandClock();
  const sentAtMs: number[] = [];
  const begunMs = clock.steadyMs();
  const { ask } = createFramePace(clock, () => sentAtMs.push(clock.steadyMs() - begunMs));
  return { clock, ask, sentAtMs };
};

test('news is told at once, also right after a frame, and the rest waits for its time', (t) => {
  const { clock, ask, sentAtMs } = setUp();
  ask(false);
  clock.pass(10);
  ask(false);
  clock.pass(10);
  ask(true);
  clock.pass(200);
  // What waited for its time went out with the news.
  t.deepEqual(sentAtMs, [0, 20]);
});

test('a stream of news is told ten times a second, but for the first few', (t) => {
  const { clock, ask, sentAtMs } = setUp();
  for (let atMs = 0; atMs < 3_000; atMs += 5) {
    ask(true);
    clock.pass(5);
  }
  t.deepEqual(sentAtMs.slice(0, 5), [0, 5, 10, 15, 20]);
  t.true(sentAtMs.length <= 30 + 6);
  t.true(sentAtMs.length >= 30);
});

test('whatever is asked for, a frame follows, and never more than ten a second and a few', (t) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 250 }), fc.boolean()), { maxLength: 200 }), (asks) => {
      const { clock, ask, sentAtMs } = setUp();
      let atMs = 0;
      for (const [pauseMs, isNews] of asks) {
        clock.pass(pauseMs);
        atMs += pauseMs;
        ask(isNews);
      }
      clock.pass(600);
      if (asks.length > 0) t.true((sentAtMs.at(-1) ?? -1) >= atMs);
      for (const [index, begin] of sentAtMs.entries()) {
        const within = sentAtMs.slice(index).filter((each) => each < begin + 1_000);
        t.true(within.length <= 10 + 6);
      }
    }),
  );
});
