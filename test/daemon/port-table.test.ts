import test from 'ava';
import { BootyError } from '../../source/core/error.ts';
import { type PortWish, reservePorts } from '../../source/daemon/port-table.ts';
import type { Sockets } from '../../source/ports.ts';

/** Ports of which some are taken; remembers what is held. */
const machine = (taken: readonly number[]) => {
  const held = new Set<number>();
  let nextFree = 40_000;
  const sockets: Sockets = {
    reserve: (_bind, wanted) => {
      const port = wanted === 0 ? (nextFree += 1) : wanted;
      if (taken.includes(port) || held.has(port)) return Promise.resolve(null);
      held.add(port);
      const release = () => {
        held.delete(port);
        return Promise.resolve();
      };
      return Promise.resolve({ port, release });
    },
    connect: () => Promise.reject(new Error('not asked')),
    holderOf: () => Promise.resolve('812 nginx'),
  };
  return { sockets, held };
};

const wish = (service: string, wanted: number | 'auto', strict = false, port = 'http'): PortWish => ({
  service,
  port,
  wanted,
  strict,
  bind: '127.0.0.1',
  where: strict ? 'booty.yaml:3:5' : null,
});

test('defaults are taken when free and held until their service starts', async (t) => {
  const { sockets, held } = machine([]);
  const table = await reservePorts(sockets, [wish('a', 8080), wish('b', 9090), wish('b', 9091, false, 'admin')], {});
  t.deepEqual(table.numbers, { a: { http: 8080 }, b: { http: 9090, admin: 9091 } });
  t.deepEqual(table.notes, []);
  t.deepEqual([...held], [8080, 9090, 9091]);
  await table.release('b');
  t.deepEqual([...held], [8080]);
  await table.release('b');
  await table.releaseAll();
  t.is(held.size, 0);
});

test('a default that is taken moves on and says who has it', async (t) => {
  const { sockets } = machine([8080]);
  const table = await reservePorts(sockets, [wish('a', 8080)], {});
  t.deepEqual(table.numbers, { a: { http: 8081 } });
  t.deepEqual(table.notes, ['a http 8081 (8080 is held by 812 nginx)']);
});

test('a port that somebody keeps is given to nobody else, though nobody listens on it yet', async (t) => {
  const { sockets } = machine([]);
  const table = await reservePorts(sockets, [wish('a', 8080), wish('b', 8080)], { b: { http: 8080 } });
  t.deepEqual(table.numbers, { a: { http: 8081 }, b: { http: 8080 } });
  t.deepEqual(table.notes, ['a http 8081 (8080 is held by b of this stack)']);
  const strict = reservePorts(sockets, [wish('a', 8080, true), wish('b', 9090)], { b: { http: 8080 } });
  const error = await t.throwsAsync(strict, { instanceOf: BootyError });
  t.is(error.code, 'PORT_TAKEN');
  t.regex(error.message, /b of this stack/);
});

test('a default that moves pushes nobody off a port of their own, strict or not', async (t) => {
  const { sockets } = machine([8080]);
  const wishes = [wish('a', 8080), wish('b', 8081), wish('c', 8082, true)];
  const table = await reservePorts(sockets, wishes, {});
  t.deepEqual(table.numbers, { a: { http: 8083 }, b: { http: 8081 }, c: { http: 8082 } });
});

test('two services with one default get two ports', async (t) => {
  const { sockets } = machine([]);
  const table = await reservePorts(sockets, [wish('a', 8080), wish('b', 8080)], {});
  t.deepEqual(table.numbers, { a: { http: 8080 }, b: { http: 8081 } });
});

test('auto takes any port and says nothing', async (t) => {
  const { sockets } = machine([]);
  const table = await reservePorts(sockets, [wish('a', 'auto'), wish('b', 'auto')], {});
  t.not(table.numbers['a']?.['http'], table.numbers['b']?.['http']);
  t.deepEqual(table.notes, []);
});

test('a strict port that is taken is an error, and nothing stays held', async (t) => {
  const { sockets, held } = machine([7000]);
  const error = await t.throwsAsync(reservePorts(sockets, [wish('a', 6000, true), wish('b', 7000, true)], {}), {
    instanceOf: BootyError,
    message: 'port 7000 of b (booty.yaml:3:5) is held by 812 nginx',
  });
  t.is((error as BootyError).code, 'PORT_TAKEN');
  t.is(held.size, 0);
});

test('a default with no free port near it is an error too', async (t) => {
  const { sockets, held } = machine(Array.from({ length: 300 }, (_, index) => 8_000 + index));
  await t.throwsAsync(reservePorts(sockets, [wish('a', 6000), wish('b', 8000)], {}), { message: /^port 8000 of b is/ });
  t.is(held.size, 0);
});

test('what runs keeps its ports without holding them, unless another number is written now', async (t) => {
  const { sockets, held } = machine([8081, 9000]);
  const kept = { a: { http: 8081 }, b: { http: 9000 }, c: { http: 9000 } };
  const table = await reservePorts(sockets, [wish('a', 8080), wish('b', 'auto'), wish('c', 9001, true)], kept);
  t.deepEqual(table.numbers, { a: { http: 8081 }, b: { http: 9000 }, c: { http: 9001 } });
  t.deepEqual([...held], [9001]);
});
