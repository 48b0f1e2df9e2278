import test from 'ava';
import * as fc from 'fast-check';
import { upgradeOrder } from '../../../source/core/upgrade/order.ts';

/** Services in any written order, each needing only some that were drawn before it. */
const anyServices = fc
  .array(fc.array(fc.nat({ max: 20 }), { maxLength: 3 }), { minLength: 1, maxLength: 10 })
  .map((rows) =>
    rows.map((needs, index) => ({
      name: `s${index}`,
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
    { name: 'tidb', dependencies: [{ service: 'tikv' }] },
    { name: 'tikv', dependencies: [{ service: 'pd' }] },
    { name: 'pd', dependencies: [] },
    { name: 'nats', dependencies: [] },
  ];
  t.deepEqual(upgradeOrder(['tidb', 'pd'], services), ['pd', 'tidb']);
  t.deepEqual(upgradeOrder(['nats', 'tidb', 'tikv', 'pd'], services), ['pd', 'tikv', 'tidb', 'nats']);
});
