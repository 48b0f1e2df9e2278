import test from 'ava';
import * as fc from 'fast-check';
import { upgradeOrder } from '../../../source/core/upgrade/order.ts';

/** Services in any written order, each needing only some that were drawn before it. */
const anyServices = fc
  .array(fc.array(fc.nat({ max: 20 }), { maxLength: 3 }), { minLength: 1, maxLength: 10 })
  .map((rows) =>
    rows.map((needs, index) => ({
      name: `s${index}`,
      component: null,
      dependencies: index === 0 ? [] : needs.map((need) => ({ service: `s${need % index}` })),
    })),
  )
  .chain((services) => fc.shuffledSubarray(services, { minLength: services.length }));

test('exactly the chosen are ordered, each after those it depends on', (t) => {
  fc.assert(
    fc.property(anyServices, fc.array(fc.nat({ max: 9 })), (services, picks) => {
      const chosen = [...new Set(picks.map((pick) => services[pick % services.length]?.name ?? ''))];
      const order = upgradeOrder(chosen, services);
      t.deepEqual(order.toSorted(), chosen.toSorted());
      for (const { name, dependencies } of services) {
        if (!order.includes(name)) continue;
        for (const { service } of dependencies) t.true(order.indexOf(service) < order.indexOf(name));
      }
    }),
  );
  t.pass();
});

test('those between two chosen ones order them too, and what is written first is first among equals', (t) => {
  const services = [
    { name: 'tidb', component: null, dependencies: [{ service: 'tikv' }] },
    { name: 'tikv', component: null, dependencies: [{ service: 'pd' }] },
    { name: 'pd', component: null, dependencies: [] },
    { name: 'nats', component: null, dependencies: [] },
  ];
  t.deepEqual(upgradeOrder(['tidb', 'pd'], services), ['pd', 'tidb']);
  t.deepEqual(upgradeOrder(['nats', 'tidb', 'tikv', 'pd'], services), ['pd', 'tikv', 'tidb', 'nats']);
});

test('PD goes before TiKV before TiDB whatever is written, each of their instances by itself', (t) => {
  const of = (name: string, ...needs: readonly string[]) => ({
    name,
    component: name.replace(/-.*/, ''),
    dependencies: needs.map((service) => ({ service })),
  });
  // Here the stack says nothing of it.
  t.deepEqual(upgradeOrder(['tidb', 'tikv', 'pd'], [of('tidb'), of('tikv'), of('pd')]), ['pd', 'tikv', 'tidb']);
  // And here the contrary: TiFlash is started after TiKV, and upgraded before it.
  const stack = [
    of('pd'),
    of('tikv-1', 'pd'),
    of('tikv-2', 'pd'),
    of('tiflash', 'tikv-1', 'tikv-2'),
    of('tidb', 'tikv-1'),
  ];
  t.deepEqual(upgradeOrder(['tidb', 'tikv-2', 'tikv-1', 'tiflash', 'pd'], stack), [
    'tiflash',
    'pd',
    'tikv-1',
    'tikv-2',
    'tidb',
  ]);
});

test('an order that contradicts itself still has everybody once', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.constantFrom('pd', 'tikv', 'tidb', 'nats'), fc.array(fc.nat({ max: 6 }), { maxLength: 3 })),
        {
          minLength: 1,
          maxLength: 7,
        },
      ),
      (rows) => {
        const services = rows.map(([component, needs], index) => ({
          name: `s${index}`,
          component,
          dependencies: needs.map((need) => ({ service: `s${need % rows.length}` })),
        }));
        const all = services.map(({ name }) => name);
        t.deepEqual([...upgradeOrder(all, services)].toSorted(), all.toSorted());
      },
    ),
  );
});
