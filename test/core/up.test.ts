/** What a second `up` does: nothing to what has not changed, and everything else in order. The plan says the same. */
import test from 'ava';
import { planUp } from '../../source/core/plan.ts';
import { on, orderOf, readiness, serviceSpec, Story } from './story.ts';

const db = serviceSpec('db');
const web = serviceSpec('web', { dependencies: [on('db')] });

const running = (specs = [db, web]): Story => {
  const story = new Story();
  story.up(specs);
  for (const { name } of specs) story.becomeReady(name);
  story.asked();
  return story;
};

test('one changed, one dropped, one added, one the same: only the same one keeps its process', (t) => {
  const story = running([db, web, serviceSpec('same'), serviceSpec('old')]);
  const changed = { ...db, ports: { sql: 5432 } };
  story.up([changed, web, serviceSpec('same'), serviceSpec('added')]);
  t.deepEqual(story.asked(), ['SIGTERM db', 'SIGTERM old', 'start added']);
  t.deepEqual(story.service('db').spec.ports, {}, 'what runs is described by what it was started by');
  story.exited('db');
  t.deepEqual(story.service('db').spec.ports, { sql: 5432 });
  story.exited('old');
  t.deepEqual(Object.keys(story.world.services), ['db', 'web', 'same', 'added']);
  t.is(story.service('same').generation, 1);
  t.is(story.world.phase, 'up');
});

test('a changed binary is fetched anew, also when the old one was still on its way', (t) => {
  const story = new Story();
  const old = serviceSpec('db', { needsBinary: true });
  story.up([old]);
  t.deepEqual(story.asked(), ['fetch db']);
  const changed = { ...old, ports: { sql: 1 } };
  story.up([changed]);
  t.deepEqual(story.asked(), ['fetch db']);
  story.happen({ type: 'binary.fetched', service: 'db', version: '2.0.0' });
  story.started('db');
  story.asked();
  story.up([old]);
  t.deepEqual(story.asked(), ['SIGTERM db']);
  story.exited('db');
  t.deepEqual(story.asked(), ['fetch db']);
});

test('a changed service that was not chosen keeps running as it is', (t) => {
  const story = running();
  story.up([{ ...db, ports: { sql: 1 } }, serviceSpec('new')], ['new']);
  story.exited('web');
  t.deepEqual(story.asked(), ['SIGTERM web', 'start new'], 'web is dropped, db is left');
  story.up([{ ...db, ports: { sql: 1 } }], ['db']);
  t.deepEqual(story.asked(), ['SIGTERM db'], 'once chosen, the change is seen');
});

test('a task that has done its work is not done again, unless it changed', (t) => {
  const story = new Story();
  const task = serviceSpec('task');
  story.up([task]);
  story.started('task');
  story.exited('task', 0);
  story.asked();
  story.up([task]);
  t.deepEqual(story.asked(), []);
  story.up([{ ...task, ports: { x: 1 } }]);
  t.deepEqual(story.asked(), ['start task']);
});

test('a server that ended with 0 is started again', (t) => {
  const story = running([serviceSpec('web', { readiness })]);
  story.exited('web', 0);
  t.is(story.state('web'), 'completed');
  story.up([serviceSpec('web', { readiness })]);
  t.deepEqual(story.asked(), ['start web']);
});

test('a service that comes back under its name counts its starts on', (t) => {
  const story = running([db]);
  story.up([serviceSpec('other')]);
  story.exited('db');
  story.up([db]);
  t.is(story.service('db').generation, 2);
  story.exited('db', 1, 1);
  t.is(story.state('db'), 'starting', 'an exit of its former life is not about it');
});

test('an up while the stack goes down brings it up again', (t) => {
  const story = running();
  story.down();
  t.deepEqual(story.asked(), ['SIGTERM web']);
  story.up([db, web]);
  t.is(story.world.phase, 'up');
  story.exited('web');
  t.deepEqual(story.asked(), ['start web']);
  t.is(story.state('db'), 'ready');
});

test('processes of two definitions that use each other in a circle do not wait for each other for ever', (t) => {
  const x = serviceSpec('x', { dependencies: [on('y')] });
  const y = serviceSpec('y');
  const z = serviceSpec('z', { dependencies: [on('x')] });
  const story = running([y, x, z]);
  story.up([serviceSpec('x'), serviceSpec('y', { dependencies: [on('x')] }), { ...z, ports: { http: 1 } }]);
  t.deepEqual(story.asked(), ['SIGTERM z'], 'x waits for z, y for x');
  story.exited('y', 1);
  story.started('y');
  t.deepEqual(story.asked(), ['start y'], 'by the new definition it uses x, which still runs by the old one');
  story.down();
  story.exited('z');
  t.deepEqual(story.asked(), ['SIGTERM y', 'SIGTERM x']);
  story.exited('x');
  story.exited('y');
  t.is(story.world.phase, 'ended');
});

test('the plan names fetches, then stops from the leaves, then starts from the root, each with its reason', (t) => {
  const follows = serviceSpec('web', { dependencies: [on('db', 'service_healthy', { restart: true })] });
  const story = running([db, follows, serviceSpec('old'), serviceSpec('same')]);
  const changed = serviceSpec('db', { component: 'postgres', needsBinary: true });
  const orders = [follows, serviceSpec('same'), changed].map(orderOf);
  const steps = planUp(orders, ['web', 'same'], new Set(), story.world);
  t.deepEqual(
    steps.map(({ action, service, reason }) => `${action} ${service}: ${reason}`),
    [
      'fetch db: postgres is not in the store',
      'stop old: the definition does not name it any more',
      'stop web: restarts with db',
      'stop db: its definition changed',
      'start db: waits for nothing',
      'start web: once db is ready',
      'keep same: runs and has not changed',
    ],
  );
});

test('a plan fetches nothing that is in the store or keeps running', (t) => {
  const binary = serviceSpec('db', { needsBinary: true });
  const installed = planUp([orderOf(binary)], ['db'], new Set(['db']), new Story().world);
  t.deepEqual(
    installed.map((step) => step.action),
    ['start'],
  );
  const story = new Story();
  story.up([binary]);
  story.happen({ type: 'binary.fetched', service: 'db', version: '1.0.0' });
  story.started('db');
  const kept = planUp([orderOf(binary)], ['db'], new Set(), story.world);
  t.deepEqual(
    kept.map((step) => step.action),
    ['keep'],
  );
});

test('in a world nobody asked for anything yet, as after a restart of the machine, a start is for one and what it needs', (t) => {
  for (const what of ['start', 'restart'] as const) {
    const story = running([db, web, serviceSpec('other')]);
    const rest = { identity: null, startedAtMs: null, state: 'stopped', wanted: 'down' } as const;
    const services = Object.entries(story.world.services).map(([name, service]) => [name, { ...service, ...rest }]);
    story.world = { ...story.world, phase: 'idle', services: Object.fromEntries(services) };
    story.ask('stop', 'web');
    story.ask(what, 'nobody');
    t.is(story.world.phase, 'idle');
    story.ask(what, 'web');
    t.is(story.world.phase, 'up');
    t.deepEqual(story.asked(), ['start db']);
    story.becomeReady('db');
    t.deepEqual(story.asked(), ['start web']);
    t.is(story.state('other'), 'stopped');
  }
});
