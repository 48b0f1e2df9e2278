import test from 'ava';
import type { UpRequest } from '../../source/api/protocol.ts';
import { BootyError } from '../../source/core/error.ts';
import type { Held } from '../../source/daemon/held.ts';
import type { Fact } from '../../source/daemon/loop.ts';
import { createRewire } from '../../source/daemon/rewire.ts';
import { createTurns } from '../../source/daemon/turns.ts';

const taken = new BootyError('PORT_TAKEN', { service: 'db', port: 5000, holder: '1 x', where: null });
const request = { services: [], profiles: [] } as unknown as UpRequest;

/** A daemon with two services; `prepare` answers with what it was asked to keep. */
const daemon = (prepare?: () => Promise<Held>, wanted = ['db', 'web']) => {
  const facts: Fact[] = [];
  const kept: unknown[] = [];
  let held = { ports: { numbers: { db: { sql: 5000 }, web: { http: 8080 } } }, orders: [] } as unknown as Held;
  const rewire = createRewire({
    inTurn: createTurns(),
    held: () => held,
    request: () => request,
    prepare: async (_request, numbers) => {
      kept.push(numbers);
      return prepare ? prepare() : { ...held, ports: { ...held.ports, numbers: { ...numbers, db: { sql: 5001 } } } };
    },
    adoptDefinition: async (next) => {
      held = next;
    },
    wanted: () => wanted,
    taken: async () => {},
    post: (fact) => facts.push(fact),
  });
  return { rewire, facts, kept, numbers: () => held.ports.numbers };
};

test('a lost port is chosen anew, the others are kept, and all that was wanted is ordered again', async (t) => {
  const { rewire, facts, kept, numbers } = daemon();
  await rewire('db', taken);
  t.deepEqual(kept, [{ web: { http: 8080 } }]);
  t.deepEqual(numbers(), { web: { http: 8080 }, db: { sql: 5001 } });
  t.deepEqual(facts, [{ type: 'up.requested', orders: [], start: ['db', 'web'] }]);
});

test('a port the user wrote stays lost: the refusal stands and nothing is ordered', async (t) => {
  const { rewire, facts } = daemon(() => Promise.reject(taken));
  await rewire('db', taken);
  t.deepEqual(facts, []);
});

test('no other refusal moves anything', async (t) => {
  const { rewire, facts, kept } = daemon();
  await rewire('db', new Error('spawn EAGAIN'));
  t.deepEqual([facts, kept], [[], []]);
});

test('two services that lose their ports at once are moved one after the other', async (t) => {
  const { rewire, kept } = daemon();
  await Promise.all([rewire('db', taken), rewire('web', taken)]);
  t.deepEqual(kept, [{ web: { http: 8080 } }, { db: { sql: 5001 } }]);
});

test('a service that was asked to stop before or while the ports are chosen stays down', async (t) => {
  const before = daemon(undefined, ['web']);
  await before.rewire('db', taken);
  t.deepEqual([before.facts, before.kept], [[], []]);

  const wanted = ['db', 'web'];
  const numbers = { db: { sql: 5001 }, web: { http: 8080 } };
  const during = daemon(async () => {
    wanted.splice(0);
    return { ports: { numbers }, orders: [] } as unknown as Held;
  }, wanted);
  await during.rewire('db', taken);
  t.deepEqual(during.facts, []);
  // Of what was made whole nothing is held twice.
  t.deepEqual(during.numbers(), numbers);
});
