import test from 'ava';
import { limits } from '../../source/core/limits.ts';
import { stopLines } from '../../source/core/stop-view.ts';
import { on, serviceSpec, Story } from './story.ts';

let t0 = 0;

const goingDown = (): Story => {
  const story = new Story();
  story.up(
    [
      serviceSpec('db', { stop: { signal: 'SIGINT', graceMs: 10_000, scope: 'group' } }),
      serviceSpec('web', { dependencies: [on('db')] }),
      serviceSpec('idle'),
    ],
    ['web'],
  );
  story.started('db');
  story.started('web');
  t0 = story.nowMs;
  story.down();
  return story;
};

test('nothing is shown while nothing stops', (t) => {
  t.is(stopLines(new Story().world, 0), null);
});

test('who is waited for, for how long, who comes after, and how long it can take', (t) => {
  const story = goingDown();
  const view = stopLines(story.world, t0 + 1_000);
  t.like(view, { force: 0, layers: 2, atMostMs: 12_000 });
  t.deepEqual(
    view?.rows.map(({ layer, service, state, signal, elapsedMs, detail }) => [
      layer,
      service,
      state,
      signal,
      elapsedMs,
      detail,
    ]),
    [
      [1, 'web', 'asked', 'SIGTERM', 1_000, 'asked with SIGTERM'],
      [2, 'db', 'waiting', 'SIGINT', 0, 'after layer 1'],
    ],
  );
});

test('who has stopped shows how long its own stop took', (t) => {
  const story = goingDown();
  story.pass(2_000);
  story.exited('web');
  story.pass(500);
  story.exited('db', 1);
  const rows = stopLines(story.world, story.nowMs + 9_000)?.rows;
  t.deepEqual(
    rows?.map((row) => [row.service, row.state, row.elapsedMs, row.detail]),
    [
      ['web', 'stopped', 2_000, 'exited 0'],
      ['db', 'stopped', 500, 'exited 1'],
    ],
  );
});

test('who does not die is shown as killed, never as stopped', (t) => {
  const story = goingDown();
  story.down(2);
  story.pass(limits.killTimeoutMs);
  const [web] = stopLines(story.world, story.nowMs)?.rows ?? [];
  t.like(web, { service: 'web', state: 'killed', detail: 'pid 101 does not die of SIGKILL' });
});

test('after the second ctrl-c the bound shrinks with the graces', (t) => {
  const story = goingDown();
  story.down(1);
  t.is(stopLines(story.world, story.nowMs)?.atMostMs, 2 * limits.shortenedGraceMs);
});
