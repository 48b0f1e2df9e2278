/** Every condition against every state of the other service, as one table. */
import test from 'ava';
import { judgeDependencies } from '../../source/core/conditions.ts';
import { dependencyConditions, type Identity, type ServiceState } from '../../source/core/model.ts';
import type { ServiceWorld } from '../../source/core/world.ts';
import { on, readiness, serviceSpec, Story } from './story.ts';

const identity: Identity = { pid: 1, startTicks: '1', bootId: 'boot' };

/** In the order started, healthy, completed. */
const table: readonly (readonly [ServiceState, Partial<ServiceWorld>, readonly string[]])[] = [
  ['waiting', {}, ['pending', 'pending', 'pending']],
  ['fetching', {}, ['pending', 'pending', 'pending']],
  ['starting', {}, ['pending', 'pending', 'pending']],
  ['starting', { identity }, ['met', 'pending', 'pending']],
  ['ready', { identity }, ['met', 'met', 'pending']],
  ['unhealthy', { identity }, ['met', 'pending', 'pending']],
  ['stopping', { identity }, ['pending', 'pending', 'pending']],
  ['stopped', {}, ['pending', 'pending', 'pending']],
  ['backoff', { endsInRow: 1 }, ['met', 'pending', 'pending']],
  ['completed', {}, ['met', 'lost', 'met']],
  ['completed', { spec: serviceSpec('db') }, ['met', 'met', 'met']],
  ['failed', { endsInRow: 1 }, ['met', 'lost', 'lost']],
  ['failed', { endsInRow: 0 }, ['lost', 'lost', 'lost']],
  ['skipped', {}, ['lost', 'lost', 'lost']],
];

const worldOf = (state: ServiceState, change: Partial<ServiceWorld>) => {
  const story = new Story();
  story.up([serviceSpec('db', { readiness }), serviceSpec('web')]);
  return { ...story.world.services, db: { ...story.service('db'), state, ...change } };
};

const judge = (services: Readonly<Record<string, ServiceWorld>>, ...dependencies: ReturnType<typeof on>[]) => {
  const web = services['web'];
  if (!web) throw new Error('the story has no service web');
  return judgeDependencies({ ...web, spec: { ...web.spec, dependencies } }, services);
};

for (const [state, change, expected] of table) {
  test(`on a service that is ${state} ${Object.entries(change)
    .map(([key, value]) => `${key} ${typeof value === 'number' ? value : ''}`)
    .join()}`, (t) => {
    const services = worldOf(state, change);
    t.deepEqual(
      dependencyConditions.map((condition) => judge(services, on('db', condition)).kind),
      [...expected],
    );
  });
}

test('who can do without the other starts when it is lost or stopped, and waits while it is on its way', (t) => {
  const optional = on('db', 'service_healthy', { required: false });
  t.is(judge(worldOf('failed', {}), optional).kind, 'met');
  t.is(judge(worldOf('stopped', {}), optional).kind, 'met');
  t.is(judge(worldOf('starting', {}), optional).kind, 'pending');
  t.is(judge({ ...worldOf('ready', {}) }, on('nobody', 'service_started', { required: false })).kind, 'met');
});

test('a service that is not part of the run is lost, also when its name is part of every object', (t) => {
  t.deepEqual(judge(worldOf('ready', {}), on('constructor')), {
    kind: 'lost',
    reason: 'constructor is not part of this run',
  });
});

test('all that is waited for is named, and one lost condition decides', (t) => {
  const services = { ...worldOf('starting', {}), bus: { ...worldOf('failed', {}).db, spec: serviceSpec('bus') } };
  const needsDb = on('db', 'service_healthy');
  t.deepEqual(judge(services, needsDb), { kind: 'pending', reason: 'after db (starting)' });
  t.is(judge(services, needsDb, on('bus', 'service_healthy')).kind, 'lost');
});
