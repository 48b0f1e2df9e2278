/** What a plan says of its fetches: the source, version and suite an installation would take, or why it would take nothing. */
import test from 'ava';
import type { Step } from '../../source/core/plan.ts';
import { withOrigins } from '../../source/daemon/plan-origins.ts';
import { createHost } from '../../source/edge/host.ts';
import type { Clock } from '../../source/ports.ts';
import { createStore } from '../../source/store/create-store.ts';
import { fakeSource } from '../store/fake-source.ts';
import { carriers, clock, files, newHome, shippedRegistry } from '../store/world.ts';

const wish = (service: string, component: string, range: string | null = null) => ({
  service,
  component,
  package: component,
  range,
});
const fetchOf = (service: string): Step => ({ service, action: 'fetch', reason: `${service} is not in the store` });
const lock = { pinOf: () => null };

test('each fetch names where it comes from, or why it cannot', async (t) => {
  const home = await newHome(t);
  const registry = await shippedRegistry();
  const empty = fakeSource(files, {}, { name: 'archive' });
  const debian = fakeSource(files, { caddy: ['2.6.2'], etcd: ['3.4.23'] }, { name: 'apt', suite: 'bookworm' });
  const sources = [empty, debian];
  const store = createStore({ ...carriers, files, host: createHost(), clock, registry, home, sources });
  const start: Step = { service: 'web', action: 'start', reason: 'is new' };
  const plan = [fetchOf('web'), fetchOf('keys'), start];
  const binaries = [wish('web', 'caddy'), wish('keys', 'etcd', '^9'), wish('other', 'prometheus')];
  const [web, keys, last] = await withOrigins({ store, clock }, lock, binaries, plan);
  t.is(web?.reason, 'web is not in the store; 2.6.2-1 comes from apt, suite bookworm');
  t.regex(keys?.reason ?? '', /and cannot be fetched: no source has etcd@\^9: apt has 3\.4\.23/);
  t.is(last, start);
  t.deepEqual(debian.fetched, []);
});

test('sources that do not answer hold up a plan for so long only', async (t) => {
  const quick: Clock = { ...clock, after: (_, run) => clock.after(1, run) };
  const hanging = {
    choose: (_: unknown, signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  };
  const [web] = await withOrigins({ store: hanging, clock: quick }, lock, [wish('web', 'caddy')], [fetchOf('web')]);
  t.regex(web?.reason ?? '', /where from is not known: no answer within 60 s/);
});
