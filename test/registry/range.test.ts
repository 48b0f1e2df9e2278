import test from 'ava';
import { distinctVersions, inRange, isRange, newestFirst } from '../../source/registry/range.ts';

test('no range means any release, yet no prerelease', (t) => {
  t.true(inRange('2.9.10', null));
  t.false(inRange('3.0.0-rc.1', null));
});

test('newest first by semver, equal versions in their order', (t) => {
  const rows = ['2.9.10', '2.10.2', '2.10.2', '3.0.0', '2.9.9'].map((version, place) => ({ version, place }));
  t.deepEqual(
    newestFirst(rows, '^2.9').map(({ place }) => place),
    [1, 2, 0, 4],
  );
});

test('versions are listed once, oldest first', (t) => {
  t.deepEqual(distinctVersions(['2.10.0', '2.9.0', '2.10.0']), ['2.9.0', '2.10.0']);
});

test('what is no range is known as such', (t) => {
  t.true(['^2.10', '1.x', '>=2 <3', '*', '2'].every(isRange));
  t.false(['newest', '^^2', 'v-1'].some(isRange));
});
