/** How services live together: order of start and stop, ctrl-c by degrees, restarts that pull others along. */
import test from 'ava';
import { limits } from '../../source/core/limits.ts';
import type { ServiceSpec } from '../../source/core/model.ts';
import { on, readiness, serviceSpec, Story } from './story.ts';

test('six tasks in a chain each start only after the one before has completed', (t) => {
  const story = new Story();
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const chain = names.map((name, index) => {
    const before = names[index - 1];
    return serviceSpec(name, { dependencies: before ? [on(before, 'service_completed_successfully')] : [] });
  });
  story.up(chain.toReversed());
  for (const name of names) {
    t.deepEqual(story.asked(), [`start ${name}`]);
    story.started(name);
    t.deepEqual(story.asked(), []);
    story.exited(name, 0);
  }
  t.true(Object.values(story.states()).every((state) => state === 'completed'));
});

test('when a link of the chain fails, nothing after it runs, and each says why', (t) => {
  const story = new Story();
  const after = (name: string) => ({ dependencies: [on(name, 'service_completed_successfully')] });
  story.up([serviceSpec('a'), serviceSpec('b', after('a')), serviceSpec('c', after('b'))]);
  story.started('a');
  story.asked();
  story.exited('a', 7);
  t.deepEqual(story.asked(), []);
  t.deepEqual(story.states(), { a: 'failed', b: 'skipped', c: 'skipped' });
  t.is(story.service('b').reason, 'a failed: exited 7');
  t.is(story.service('c').reason, 'b was skipped');
});

test('who was skipped waits again and starts once what it needs is on its way', (t) => {
  const story = new Story();
  story.up([serviceSpec('a', { readiness }), serviceSpec('b', { dependencies: [on('a', 'service_healthy')] })]);
  story.started('a');
  story.exited('a', 1);
  t.is(story.state('b'), 'skipped');
  story.ask('start', 'a');
  t.is(story.state('b'), 'waiting');
  story.becomeReady('a');
  t.is(story.state('b'), 'starting');
});

const diamond: readonly ServiceSpec[] = [
  serviceSpec('leaf', { dependencies: [on('left', 'service_healthy'), on('right', 'service_healthy')] }),
  serviceSpec('left', { readiness, dependencies: [on('root')] }),
  serviceSpec('right', { readiness, dependencies: [on('root')] }),
  serviceSpec('root'),
];

test('the end of a diamond starts once, after both of its middles', (t) => {
  const story = new Story();
  story.up(diamond);
  t.deepEqual(story.asked(), ['start root']);
  story.started('root');
  t.deepEqual(story.asked(), ['start left', 'start right']);
  story.becomeReady('left');
  t.deepEqual(story.asked(), ['probe left']);
  story.becomeReady('right');
  t.deepEqual(story.asked(), ['probe right', 'start leaf']);
});

const runningDiamond = (): Story => {
  const story = new Story();
  story.up(diamond);
  for (const name of ['root', 'left', 'right', 'leaf']) story.becomeReady(name);
  story.asked();
  return story;
};

test('a definition with a cycle is refused before anything starts; its names are told by findCycle', (t) => {
  const story = new Story();
  const specs = [serviceSpec('a', { dependencies: [on('b')] }), serviceSpec('b', { dependencies: [on('a')] })];
  t.throws(() => story.up(specs), { code: 'ASSERTION' });
  t.deepEqual(story.world.services, {});
});

test('one service that many need, and many that one needs', (t) => {
  const many = ['a', 'b', 'c', 'd', 'e'];
  const story = new Story();
  story.up([
    serviceSpec('root'),
    ...many.map((name) => serviceSpec(name, { dependencies: [on('root')] })),
    serviceSpec('top', { dependencies: many.map((name) => on(name)) }),
  ]);
  story.started('root');
  t.deepEqual(story.asked(), ['start root', ...many.map((name) => `start ${name}`)]);
  for (const name of many) story.started(name);
  t.deepEqual(story.asked(), ['start top']);
});

test('asking for one service starts what it needs and nothing else', (t) => {
  const story = new Story();
  story.up([...diamond, serviceSpec('other')], ['left']);
  t.deepEqual(story.asked(), ['start root']);
  story.started('root');
  t.deepEqual(story.asked(), ['start left']);
  t.is(story.state('other'), 'stopped');
  t.is(story.state('leaf'), 'stopped');
});

test('a stack goes down from its leaves to its root, each after all that use it', (t) => {
  const story = runningDiamond();
  story.down();
  t.deepEqual(story.asked(), ['SIGTERM leaf']);
  story.exited('leaf');
  t.deepEqual(story.asked(), ['SIGTERM left', 'SIGTERM right']);
  story.exited('right');
  t.deepEqual(story.asked(), []);
  story.exited('left', 143);
  t.deepEqual(story.asked(), ['SIGTERM root']);
  t.is(story.state('left'), 'stopped', 'a stop is judged by whether it was asked for');
  story.exited('root');
  t.deepEqual(story.asked(), ['end']);
  t.is(story.world.phase, 'ended');
});

test('a service that ends by itself while it waits for its turn to stop is not restarted', (t) => {
  const story = new Story();
  const restart = { when: 'always', retriesMax: null } as const;
  story.up([serviceSpec('db', { restart }), serviceSpec('web', { dependencies: [on('db')] })]);
  story.started('db');
  story.started('web');
  story.down();
  story.exited('db', 1);
  t.is(story.state('db'), 'stopped');
  t.is(story.service('db').reason, 'exited 1');
});

test('the second ctrl-c shortens the graces, also of those who were asked already', (t) => {
  const story = runningDiamond();
  story.down();
  story.asked();
  story.pass(100);
  story.down(1);
  story.pass(limits.shortenedGraceMs - 1);
  t.deepEqual(
    story.asked().filter((asked) => asked.startsWith('kill')),
    [],
  );
  story.pass(1);
  t.deepEqual(
    story.asked().filter((asked) => asked.startsWith('kill')),
    ['kill leaf'],
  );
  story.exited('leaf', null);
  story.asked();
  story.pass(limits.shortenedGraceMs);
  t.deepEqual(story.asked(), ['kill left', 'kill right']);
});

test('the third ctrl-c kills all at once; one that was just starting follows', (t) => {
  const story = runningDiamond();
  story.ask('restart', 'leaf');
  story.exited('leaf');
  story.asked();
  story.down(2);
  t.deepEqual(story.asked(), ['kill left', 'kill right', 'kill root']);
  story.started('leaf');
  t.deepEqual(story.asked(), ['kill leaf']);
  for (const name of ['root', 'left', 'right', 'leaf']) story.exited(name, null);
  t.deepEqual(story.asked(), ['end']);
});

test('a bound on the graces holds for those who were asked before it came', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { stop: { signal: 'SIGTERM', graceMs: 60_000, scope: 'group' } })]);
  story.started('web');
  story.down();
  story.pass(200);
  story.asked();
  story.down(0, 1_000);
  story.pass(800);
  t.deepEqual(story.asked(), ['kill web']);
});

test('a bound that is over already ends the grace at once', (t) => {
  const story = runningDiamond();
  story.down();
  story.pass(2_500);
  story.asked();
  story.down(0, 1_000);
  t.deepEqual(story.asked(), ['kill leaf']);
});

test('a down of an empty stack ends at once, and a second one says nothing more', (t) => {
  const story = new Story();
  story.down();
  story.down();
  t.deepEqual(story.asked(), ['end']);
});

test('stopping one service leaves those that use it alone', (t) => {
  const story = runningDiamond();
  story.ask('stop', 'root');
  t.deepEqual(story.asked(), ['SIGTERM root']);
  story.exited('root');
  t.deepEqual(story.states(), { leaf: 'ready', left: 'ready', right: 'ready', root: 'stopped' });
});

test('stopping or restarting a service that waits does not wedge it', (t) => {
  const story = new Story();
  story.up([serviceSpec('db', { readiness }), serviceSpec('web', { dependencies: [on('db', 'service_healthy')] })]);
  story.ask('stop', 'web');
  t.is(story.state('web'), 'stopped');
  story.ask('restart', 'web');
  t.is(story.state('web'), 'waiting');
  story.becomeReady('db');
  t.is(story.state('web'), 'starting');
  t.deepEqual(
    story.asked().filter((asked) => asked === 'start web'),
    ['start web'],
  );
});

test('a stop during backoff is a stop', (t) => {
  const story = new Story();
  story.up([serviceSpec('web', { restart: { when: 'always', retriesMax: null } })]);
  story.started('web');
  story.exited('web', 1);
  story.asked();
  story.ask('stop', 'web');
  story.pass(120_000);
  t.is(story.state('web'), 'stopped');
  t.deepEqual(story.asked(), []);
});

test('ten restarts at once make one new instance', (t) => {
  const story = runningDiamond();
  for (let count = 0; count < 10; count += 1) story.ask('restart', 'leaf');
  t.deepEqual(story.asked(), ['SIGTERM leaf']);
  story.exited('leaf');
  t.deepEqual(story.asked(), ['start leaf']);
  story.started('leaf');
  t.is(story.state('leaf'), 'ready');
});

test('with restart: true, what depends on a service stops before it and starts after it', (t) => {
  const story = new Story();
  const follows = (name: string) => ({ dependencies: [on(name, 'service_started', { restart: true })] });
  story.up([
    serviceSpec('db'),
    serviceSpec('api', follows('db')),
    serviceSpec('web', follows('api')),
    serviceSpec('other', { dependencies: [on('db')] }),
  ]);
  for (const name of ['db', 'api', 'web', 'other']) story.started(name);
  story.asked();
  story.ask('restart', 'db');
  const seen: string[] = [];
  for (const name of ['web', 'api', 'db']) {
    seen.push(...story.asked());
    story.exited(name);
  }
  for (const name of ['db', 'api', 'web']) {
    seen.push(...story.asked());
    story.started(name);
  }
  t.deepEqual(seen, ['SIGTERM web', 'SIGTERM api', 'SIGTERM db', 'start db', 'start api', 'start web']);
});

test('a restart by itself after a crash does not pull others along', (t) => {
  const story = new Story();
  story.up([
    serviceSpec('db', { restart: { when: 'always', retriesMax: null } }),
    serviceSpec('api', { dependencies: [on('db', 'service_started', { restart: true })] }),
  ]);
  story.started('db');
  story.started('api');
  story.asked();
  story.exited('db', 1);
  story.pass(1_000);
  t.deepEqual(story.asked(), ['start db']);
});
