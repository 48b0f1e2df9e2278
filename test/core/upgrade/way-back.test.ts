import test from 'ava';
import * as fc from 'fast-check';
import { wayBackOf, type WayBack } from '../../../source/core/upgrade/way-back.ts';
import { compareVersions } from '../../../source/core/upgrade/version.ts';
import { findRecipe } from '../../../source/catalog/catalog.ts';

const anyVersion = fc
  .tuple(fc.nat({ max: 3 }), fc.nat({ max: 4 }), fc.nat({ max: 2 }))
  .map((numbers) => numbers.join('.'));
const anyWayBack: fc.Arbitrary<WayBack> = fc.record({
  usual: fc.constantFrom('safe' as const, 'needs-snapshot' as const, 'impossible' as const),
  crossings: fc.array(
    fc.record({
      before: anyVersion,
      since: anyVersion,
      rollback: fc.constantFrom('needs-snapshot' as const, 'impossible' as const),
      why: fc.string(),
    }),
    { maxLength: 4 },
  ),
});
const rank = { safe: 0, 'needs-snapshot': 1, impossible: 2 } as const;

test('both ways alike, never better than usual, and a longer way is never the better one', (t) => {
  fc.assert(
    fc.property(anyWayBack, fc.tuple(anyVersion, anyVersion, anyVersion), (wayBack, versions) => {
      const [low, middle, high] = versions.toSorted(compareVersions) as [string, string, string];
      const whole = wayBackOf(wayBack, low, high);
      t.deepEqual(wayBackOf(wayBack, high, low), whole);
      t.true(rank[whole.rollback] >= rank[wayBack.usual]);
      t.true(rank[whole.rollback] >= rank[wayBackOf(wayBack, low, middle).rollback]);
      t.true(rank[whole.rollback] >= rank[wayBackOf(wayBack, middle, high).rollback]);
      t.is(whole.why === null, whole.rollback === wayBack.usual);
    }),
  );
});

const classOf = (component: string, one: string, other: string): string => {
  const recipe = findRecipe(component);
  if (recipe === null) throw new Error(`no ${component}`);
  return wayBackOf(recipe.wayBack, one, other).rollback;
};

test('what the catalog says of its systems, by pair of versions', (t) => {
  t.is(classOf('prometheus', '2.42.0', '2.53.3'), 'safe');
  t.is(classOf('prometheus', '2.53.3', '3.5.3'), 'needs-snapshot');
  t.is(classOf('prometheus', '2.55.0', '3.5.3'), 'safe');
  t.is(classOf('prometheus', '3.5.3', '3.14.0'), 'safe');
  t.is(classOf('victoria-metrics', '1.79.5', '1.132.0'), 'safe');
  t.is(classOf('victoria-metrics', '1.132.0', '1.133.0'), 'needs-snapshot');
  t.is(classOf('victoria-metrics', '1.133.0', '1.150.0'), 'safe');
  t.is(classOf('nats-server', '2.11.8', '2.12.0'), 'needs-snapshot');
  t.is(classOf('nats-server', '2.11.9', '2.12.0'), 'safe');
  t.is(classOf('etcd', '3.4.23', '3.5.16'), 'needs-snapshot');
});
