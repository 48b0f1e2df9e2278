/** How single services live: start, fetch, crash, backoff, health, stop, and facts that come late or twice. */
import test from 'ava';
import { limits } from '../../source/core/limits.ts';
import { nextWakeAtMs } from '../../source/core/step.ts';
import { on, readiness, serviceSpec, Story } from './story.ts';

test('a service without health check is ready as soon as it runs', (t) => {
  const story = new Story();
  story.up([serviceSpec('web')]);
  t.deepEqual(story.asked(), ['start web']);
  t.is(story.state('web'), 'starting');
  const identity = story.started('web');
  t.is(story.state('web'), 'ready');
  t.deepEqual(story.service('web').identity, identity);
});

test('binaries that one up wants are asked for together; a crash does not ask again', (t) => {
  const story = new Story();
  const restart = { when: 'always', retriesMax: null } as const;
  story.up([serviceSpec('a', { needsBinary: true, restart }), serviceSpec('b', { needsBinary: true })]);
  t.deepEqual(story.asked(), ['fetch a b']);
  story.happen({ type: 'binary.fetched', service: 'a', version: '1.2.3' });
  story.happen({ type: 'binary.failed', service: 'b', reason: 'no source has it' });
  t.deepEqual(story.states(), { a: 'starting', b: 'failed' });
  t.is(story.service('b').reason, 'no source has it');
  story.started('a');
  story.exited('a', 1);
  story.asked();
  story.pass(1_000);
  t.deepEqual(story.asked(), ['start a']);
  t.is(story.service('a').version, '1.2.3');
});

test('a probe is asked at once, again after each failure, and makes the service ready', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { readiness })]);
  story.started('web');
  t.deepEqual(story.asked(), ['start web', 'probe web']);
  t.is(nextWakeAtMs(story.world), null, 'a question is open');
  story.answered('web', false);
  t.is(story.service('web').reason, 'not ready yet: refused');
  t.is(nextWakeAtMs(story.world), story.nowMs + 15);
  story.pass(15);
  t.deepEqual(story.asked(), ['probe web']);
  story.answered('web', true);
  t.is(story.state('web'), 'ready');
  t.is(story.service('web').reason, null);
});

test('an answer that comes twice counts once', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { readiness })]);
  story.becomeReady('web');
  story.pass(1_000);
  for (const _ of [1, 2, 3, 4]) story.answered('web', false);
  t.is(story.service('web').probe?.failuresInRow, 1);
  t.is(story.state('web'), 'ready');
});

test('one failure below the threshold changes nothing; as many as `retries` make it unhealthy; an answer heals it', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { readiness })]);
  story.becomeReady('web');
  for (const expected of ['ready', 'ready', 'unhealthy']) {
    story.pass(1_000);
    story.answered('web', false);
    t.is(story.state('web'), expected);
  }
  t.deepEqual(
    story.asked().filter((asked) => asked !== 'probe web'),
    ['start web'],
    'it is only reported',
  );
  story.pass(1_000);
  story.answered('web', true);
  t.is(story.state('web'), 'ready');
});

test('with on_unhealthy: restart it is stopped, paced by backoff and counted by the restart policy', (t) => {
  const story = new Story();
  const restart = { when: 'on-failure', retriesMax: 1 } as const;
  story.up([serviceSpec('web', { readiness: { ...readiness, retries: 1, onUnhealthy: 'restart' }, restart })]);
  story.becomeReady('web');
  story.pass(1_000);
  story.answered('web', false);
  t.is(story.state('web'), 'stopping');
  story.exited('web', 0);
  t.is(story.state('web'), 'backoff');
  t.is(story.service('web').restarts, 1);
  story.pass(1_000);
  story.becomeReady('web');
  story.pass(1_000);
  story.answered('web', false);
  story.exited('web', 0);
  t.is(story.state('web'), 'failed');
  t.is(story.service('web').reason, 'was unhealthy, exited 0, 2 times in a row; gave up');
});

test('a service that is unhealthy while the stack goes down waits for its turn', (t) => {
  const story = new Story();
  const sick = { ...readiness, retries: 1, onUnhealthy: 'restart' } as const;
  story.up([serviceSpec('db', { readiness: sick }), serviceSpec('web', { dependencies: [on('db')] })]);
  story.becomeReady('db');
  story.started('web');
  story.down();
  story.asked();
  story.pass(1_000);
  story.answered('db', false);
  t.is(story.state('db'), 'unhealthy');
  t.deepEqual(story.asked(), ['probe db'], 'it is not asked to stop while web uses it');
});

test('a log probe has said its word once the service is ready', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { readiness: { ...readiness, probe: { kind: 'log', pattern: 'listening' } } })]);
  story.becomeReady('web');
  t.is(nextWakeAtMs(story.world), null);
});

test('a start that is refused the first time is final; after a crash it is tried again', (t) => {
  const restart = { when: 'always', retriesMax: null } as const;
  const first = new Story();
  first.up([serviceSpec('web', { restart })]);
  first.refused('web', 'no such file');
  t.is(first.state('web'), 'failed');
  t.is(first.service('web').reason, 'no such file');

  const later = new Story();
  later.up([serviceSpec('web', { restart })]);
  later.started('web');
  later.exited('web', 1);
  later.pass(1_000);
  later.refused('web', 'port 80 is held');
  t.is(later.state('web'), 'backoff');
  t.regex(later.service('web').reason ?? '', /^port 80 is held; starts again in/);
});

test('a run that is long enough starts the backoff anew', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { restart: { when: 'always', retriesMax: null } })]);
  const delays: number[] = [];
  for (const runMs of [10, 10, 10, limits.backoffResetMs]) {
    story.started('web');
    story.pass(runMs);
    story.exited('web', 1);
    const delayMs = (story.service('web').deadlineAtMs ?? 0) - story.nowMs;
    delays.push(delayMs);
    story.pass(delayMs);
  }
  t.deepEqual(delays, [500, 1_000, 2_000, 500]);
});

test('an exit that is told twice does not turn a failure into something else', (t) => {
  const story = new Story();
  story.up([serviceSpec('web')]);
  story.started('web');
  story.exited('web', 3);
  story.exited('web', 3);
  t.is(story.state('web'), 'failed');
  t.is(story.service('web').reason, 'exited 3');
});

test('a start that is told twice, or after its own end, changes nothing', (t) => {
  const story = new Story();
  story.up([serviceSpec('web'), serviceSpec('job')]);
  const identity = story.started('web');
  story.started('web');
  t.deepEqual(story.service('web').identity, identity);
  story.exited('job', 0);
  story.started('job');
  t.is(story.state('job'), 'completed');
  t.is(story.service('job').identity, null);
});

test('facts about an older process are not about this one', (t) => {
  const story = new Story();
  story.up([serviceSpec('web')]);
  story.started('web');
  story.ask('restart', 'web');
  story.exited('web', 0);
  story.started('web');
  story.exited('web', 1, 1);
  t.is(story.state('web'), 'ready');
  t.is(story.service('web').generation, 2);
});

test('SIGKILL follows when grace is over, and a process that does not die of it is given up', (t) => {
  const story = new Story();
  story.up([serviceSpec('web')]);
  story.started('web');
  story.ask('stop', 'web');
  story.asked();
  story.pass(2_999);
  t.deepEqual(story.asked(), []);
  story.pass(1);
  t.deepEqual(story.asked(), ['kill web']);
  story.pass(limits.killTimeoutMs);
  t.is(story.state('web'), 'failed');
  t.is(story.service('web').reason, 'pid 101 does not die of SIGKILL');
  t.is(nextWakeAtMs(story.world), null);
});

test('a process that does not die blocks the next start until it is gone', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { stop: { signal: 'SIGTERM', graceMs: 0, scope: 'group' } })]);
  story.started('web');
  story.ask('stop', 'web');
  story.pass(limits.killTimeoutMs);
  story.asked();
  story.ask('start', 'web');
  t.deepEqual(story.asked(), ['kill web']);
  t.is(story.state('web'), 'failed');
  story.exited('web', null);
  t.deepEqual(story.asked(), ['start web']);
});

test('after a sleep of the machine grace is given anew, and nobody passes for undying', (t) => {
  const story = new Story();
  story.up([serviceSpec('web')]);
  story.started('web');
  story.ask('stop', 'web');
  story.asked();
  story.nowMs += 3_600_000;
  story.happen({ type: 'clock.ticked' });
  t.deepEqual(story.asked(), []);
  story.pass(3_000);
  t.deepEqual(story.asked(), ['kill web']);
  story.nowMs += 3_600_000;
  story.happen({ type: 'clock.ticked' });
  t.is(story.state('web'), 'stopping');
});

test('a stop while the start is under way is sent once there is a process', (t) => {
  const story = new Story();
  story.up([serviceSpec('web')]);
  story.ask('stop', 'web');
  t.deepEqual(story.asked(), ['start web']);
  t.is(nextWakeAtMs(story.world), null, 'the start will be answered; time has nothing to add');
  story.started('web');
  t.deepEqual(story.asked(), ['SIGTERM web']);
  t.is(nextWakeAtMs(story.world), story.nowMs + 3_000);
  story.exited('web', 0);
  t.is(story.state('web'), 'stopped');
});

test('a service may be called like a part of every object', (t) => {
  const story = new Story();
  story.up([serviceSpec('constructor')]);
  story.started('constructor');
  t.is(story.state('constructor'), 'ready');
  t.notThrows(() => story.ask('stop', 'toString'));
});

test('a grace begins when the signal is out: nobody is killed who was not asked', (t) => {
  const story = new Story();
  story.areSignalsFast = false;
  story.up([serviceSpec('web', { stop: { signal: 'SIGTERM', graceMs: 200, scope: 'group' } })]);
  story.started('web');
  story.ask('stop', 'web');
  t.deepEqual(story.asked(), ['start web', 'SIGTERM web']);
  // The disk is slow, and what is decided is written down first.
  story.pass(250);
  t.deepEqual(story.asked(), []);
  story.sent('web');
  story.pass(199);
  story.sent('web');
  t.deepEqual(story.asked(), []);
  story.pass(1);
  t.deepEqual(story.asked(), ['kill web']);
});

test('what is waited for moves with a clock that jumps: a start period and a grace last as long as they may', (t) => {
  const story = new Story();
  story.up([serviceSpec('web'), serviceSpec('db', { readiness: { ...readiness, startPeriodMs: 5_000 } })]);
  story.started('web');
  story.started('db');
  story.ask('stop', 'web');
  story.asked();
  story.pass(1_000);
  story.nowMs += 3_600_000;
  story.happen({ type: 'clock.jumped', byMs: 3_600_000 });
  for (let count = 0; count < 5; count += 1) {
    story.answered('db', false);
    story.pass(300);
  }
  t.is(story.state('db'), 'starting');
  story.down(0, 60_000);
  story.pass(499);
  t.false(story.asked().includes('kill web'));
  story.pass(1);
  t.true(story.asked().includes('kill web'));
});

test('a health check asks no sooner because the clock was set forward, and no later', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { readiness })]);
  story.becomeReady('web');
  story.asked();
  story.pass(400);
  story.nowMs += 3_600_000;
  story.happen({ type: 'clock.jumped', byMs: 3_600_000 });
  story.pass(readiness.intervalMs - 401);
  t.deepEqual(story.asked(), []);
  story.pass(1);
  t.deepEqual(story.asked(), ['probe web']);
});

test('a signal that never gets out is not waited for without end', (t) => {
  const story = new Story();
  story.areSignalsFast = false;
  story.up([serviceSpec('web')]);
  story.started('web');
  story.ask('stop', 'web');
  story.asked();
  story.pass(3_000 + limits.signalTimeoutMs - 1);
  t.deepEqual(story.asked(), []);
  story.pass(1);
  t.deepEqual(story.asked(), ['kill web']);
  story.sent('web');
  story.pass(limits.killTimeoutMs);
  t.is(story.state('web'), 'failed');
});

test('a daemon that was frozen before the signal got out kills nobody unasked when it is asked to hurry', (t) => {
  const story = new Story();
  story.areSignalsFast = false;
  story.up([serviceSpec('web')]);
  story.started('web');
  story.ask('stop', 'web');
  story.nowMs += 8_000;
  // Before its own timers, and before it hears that the signal is out at last.
  story.down(1);
  t.deepEqual(story.asked(), ['start web', 'SIGTERM web']);
  story.sent('web');
  story.pass(limits.shortenedGraceMs - 1);
  t.deepEqual(story.asked(), []);
  story.pass(1);
  t.deepEqual(story.asked(), ['kill web']);
});

test('a stop whose signal went out with no daemon is asked once more by the next, with all of its grace', (t) => {
  const story = new Story();
  story.areSignalsFast = false;
  story.up([serviceSpec('web')]);
  story.started('web');
  story.asked();
  story.happen({ type: 'stop.requested', service: 'web' });
  t.deepEqual(story.asked(), ['SIGTERM web']);
  t.false(story.service('web').stop?.isSent);
  story.pass(1_000);
  const { generation } = story.service('web');
  story.happen({ type: 'signal.lost', service: 'web', generation: generation - 1 });
  t.deepEqual(story.asked(), [], 'that was an older life');
  story.happen({ type: 'signal.lost', service: 'web', generation });
  t.deepEqual(story.asked(), ['SIGTERM web']);
  t.is(story.service('web').deadlineAtMs, story.nowMs + (story.service('web').stop?.graceMs ?? 0));
  story.happen({ type: 'signal.sent', service: 'web', generation });
  t.true(story.service('web').stop?.isSent);
  story.exited('web', 0);
  story.happen({ type: 'signal.sent', service: 'web', generation });
  story.happen({ type: 'signal.lost', service: 'web', generation });
  t.is(story.state('web'), 'stopped');
  t.deepEqual(story.asked(), []);
});
