/** What is said of a service that does not hold: why, and nothing that will not come to pass. */
import test from 'ava';
import { emptyWorld, type ServiceWorld, type StackWorld } from '../../../source/core/world.ts';
import { createServiceWatch } from '../../../source/daemon/upgrade/watch-service.ts';

const worldOf = (service: Partial<ServiceWorld>): StackWorld => ({
  ...emptyWorld,
  phase: 'up',
  // Only what is looked at.
  services: {
    db: { spec: { readiness: null }, generation: 2, reason: null, lastExit: null, ...service } as ServiceWorld,
  },
});

/** A watch on one world, and the time it waits at most, to be over when the test wants it. */
const watchOn = (world: StackWorld) => {
  const late: (() => void)[] = [];
  const watch = createServiceWatch(
    { world: () => world, onChange: () => () => {} },
    {
      nowMs: () => 0,
      steadyMs: () => 0,
      after: (_, act) => (late.push(act), () => {}),
    },
  );
  return { watch, beLate: () => late.forEach((act) => act()) };
};

const never = new AbortController().signal;

test('one that ended is told by its end, not by a next try that does not come', async (t) => {
  const lastExit = { code: 3, signal: null, atMs: 1 };
  const reason = 'exited 3; starts again in 0.5 s';
  const { watch } = watchOn(worldOf({ state: 'backoff', reason, lastExit }));
  t.deepEqual(await watch.ready('db', 1, never), { kind: 'no', why: 'exited 3' });
  t.deepEqual(await watch.steady('db', 1_000, never), { kind: 'no', why: 'exited 3' });
});

test('one that does not become ready is told by what its health check said last', async (t) => {
  const probe = { lastMessage: 'HTTP 503' } as ServiceWorld['probe'];
  const { watch, beLate } = watchOn(worldOf({ state: 'starting', probe }));
  const waited = watch.ready('db', 1, never);
  beLate();
  t.deepEqual(await waited, { kind: 'no', why: 'not within 120 s; its health check said: HTTP 503' });
});
