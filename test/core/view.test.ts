import test from 'ava';
import { serviceRows, stackState } from '../../source/core/view.ts';
import { emptyWorld } from '../../source/core/world.ts';
import { on, readiness, serviceSpec, Story } from './story.ts';

test('the state of a stack is one word for all of its services', (t) => {
  t.is(stackState(emptyWorld), 'down');
  const story = new Story();
  story.up([serviceSpec('db', { readiness }), serviceSpec('web', { dependencies: [on('db', 'service_healthy')] })]);
  t.is(stackState(story.world), 'starting');
  story.becomeReady('db');
  story.becomeReady('web');
  t.is(stackState(story.world), 'ready');
  story.ask('restart', 'web');
  t.is(stackState(story.world), 'starting');
  story.exited('web');
  story.started('web');
  story.exited('web', 1);
  t.is(stackState(story.world), 'degraded');
  story.down();
  t.is(stackState(story.world), 'stopping');
  story.exited('db');
  t.is(stackState(story.world), 'down');
});

test('a row tells the service as it is', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { restart: { when: 'always', retriesMax: null }, ports: { http: 80 } })]);
  const { pid } = story.started('web');
  const usage = new Map([['web', { cpuPercent: 3, rssBytes: 4_096 }]]);
  const [row] = serviceRows(story.world, usage);
  t.like(row, { name: 'web', state: 'ready', pid, startedAtMs: story.nowMs, restarts: 0, cpuPercent: 3 });
  t.like(row, { rssBytes: 4_096, ports: { http: 80 }, exitCode: null, nextRetryAtMs: null });
  story.exited('web', 2);
  const [after] = serviceRows(story.world, usage);
  t.like(after, { state: 'backoff', pid: null, startedAtMs: null, restarts: 1, exitCode: 2, cpuPercent: null });
  t.like(after, { nextRetryAtMs: story.nowMs + 500, lastChange: { atMs: story.nowMs, from: 'ready' } });
});

test('a clock that was set back makes nobody younger, and no pause longer', (t) => {
  const story = new Story();
  story.up([serviceSpec('web'), serviceSpec('db', { restart: { when: 'always', retriesMax: null } })]);
  story.started('web');
  story.started('db');
  story.pass(10_000);
  story.exited('db', 1);
  const [web, db] = serviceRows(story.world, new Map(), 3_600_000);
  const nowMs = story.nowMs - 3_600_000;
  t.is(nowMs - (web?.startedAtMs ?? 0), 10_000);
  t.is((db?.nextRetryAtMs ?? 0) - nowMs, (story.service('db').deadlineAtMs ?? 0) - story.nowMs);
});
