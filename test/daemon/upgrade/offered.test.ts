/** What newer versions there are: whoever is asked when the daemon leaves is not left behind. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { createOffered } from '../../../source/daemon/upgrade/offered.ts';
import { createWorld } from '../../../source/edge/world.ts';
import { createStore } from '../../../source/store/create-store.ts';
import { removeTree } from '../../remove-tree.ts';
import { shippedRegistry } from '../../store/world.ts';

test('a question about booty itself ends with the daemon, which waits for its end', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'booty-offered-'));
  t.teardown(() => removeTree(home));
  const world = createWorld();
  const store = createStore({ ...world, registry: await shippedRegistry(), home });
  const isAsked = Promise.withResolvers<void>();
  let hasEnded = false;
  const offered = createOffered(world, store, {
    file: path.join(home, 'offers.json'),
    changed: () => {},
    refresh: async () => [],
    ownVersion: async (signal) => {
      isAsked.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      // As a process does that was killed: it is not gone at once.
      await new Promise<void>((resolve) => setImmediate(resolve));
      hasEnded = true;
      return { current: '1.0.0', newest: '2.0.0' };
    },
  });
  const look = offered.look([]);
  await isAsked.promise;
  await offered.stop();
  t.true(hasEnded);
  await look;
});

test('registries are asked before what they hold is, and what did not go well is told', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'booty-offered-'));
  t.teardown(() => removeTree(home));
  const world = createWorld();
  const store = createStore({ ...world, registry: await shippedRegistry(), home, sources: [] });
  const order: string[] = [];
  const offered = createOffered(
    world,
    { ...store, offers: async (...words) => (order.push('offers'), store.offers(...words)) },
    {
      file: path.join(home, 'offers.json'),
      changed: () => {},
      ownVersion: async () => null,
      refresh: async () => (order.push('refresh'), ['registry acme: it is away']),
    },
  );
  await offered.look(['nats-server']);
  t.is(order[0], 'refresh');
  t.true(offered.troubles().includes('registry acme: it is away'));
  await offered.stop();
});

test('who is not to look by itself waits for nothing, also when it did so before', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'booty-offered-'));
  t.teardown(() => removeTree(home));
  const world = createWorld();
  const waits = new Set<number>();
  const clock = {
    ...world.clock,
    after: (ms: number) => {
      waits.add(ms);
      return () => void waits.delete(ms);
    },
  };
  const store = createStore({ ...world, registry: await shippedRegistry(), home, sources: [] });
  const host = { ...world.host, environment: {} };
  const offered = createOffered({ ...world, host, clock }, store, {
    file: path.join(home, 'offers.json'),
    changed: () => {},
    ownVersion: async () => null,
    refresh: async () => [],
  });
  offered.keepLooking(() => ['nats-server']);
  t.is(waits.size, 1);
  offered.keepLooking(null);
  t.is(waits.size, 0);
  await offered.stop();
});
