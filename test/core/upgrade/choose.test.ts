import test from 'ava';
import * as fc from 'fast-check';
import { chooseVersion } from '../../../source/core/upgrade/choose.ts';
import { compareVersions, skips } from '../../../source/core/upgrade/version.ts';

const anyVersion = fc
  .tuple(fc.nat({ max: 4 }), fc.nat({ max: 12 }), fc.nat({ max: 12 }))
  .map((numbers) => numbers.join('.'));
const anyChoosing = fc.record({
  service: fc.constant('db'),
  current: anyVersion,
  candidates: fc.array(anyVersion, { maxLength: 8 }),
  oneAtATime: fc.constantFrom(null, 'major' as const, 'minor' as const),
});

test('what is chosen is offered, newer than what runs, and skips nothing that may not be skipped', (t) => {
  fc.assert(
    fc.property(anyChoosing, (choosing) => {
      const choice = chooseVersion(choosing);
      if (choice.kind === 'nothing') return;
      t.true(choosing.candidates.includes(choice.version));
      t.true(compareVersions(choice.version, choosing.current) > 0);
      if (choosing.oneAtATime !== null) t.false(skips(choosing.current, choice.version, choosing.oneAtATime));
    }),
  );
  t.pass();
});

test('nothing that could be chosen is newer than what is chosen, and nothing is chosen only where there is none', (t) => {
  fc.assert(
    fc.property(anyChoosing, (choosing) => {
      const { current, oneAtATime } = choosing;
      const allowed = choosing.candidates.filter(
        (version) =>
          compareVersions(version, current) > 0 && (oneAtATime === null || !skips(current, version, oneAtATime)),
      );
      const choice = chooseVersion(choosing);
      t.is(choice.kind === 'to', allowed.length > 0);
      if (choice.kind === 'to') t.true(allowed.every((version) => compareVersions(version, choice.version) <= 0));
    }),
  );
});

test('versions are compared as numbers', (t) => {
  t.true(compareVersions('1.10.0', '1.9.9') > 0);
  t.true(compareVersions('2.0.0', '10.0.0') < 0);
  t.is(compareVersions('3.5.16', '3.5.16'), 0);
});

test('a system that goes one at a time stops on the way and says what comes after', (t) => {
  const choosing = { service: 'etcd', current: '3.4.1', candidates: ['3.5.9', '3.6.2'], oneAtATime: 'minor' as const };
  t.deepEqual(chooseVersion(choosing), {
    kind: 'to',
    version: '3.5.9',
    notice: 'one minor version at a time: 3.6.2 comes after 3.5.9',
  });
  t.like(chooseVersion({ ...choosing, candidates: ['3.6.2'] }), {
    kind: 'nothing',
    reason: '3.6.2 skips a minor version, and none on the way can be had; it goes one at a time',
  });
  t.like(chooseVersion({ ...choosing, current: '3.6.2', candidates: ['3.5.9'] }), {
    kind: 'nothing',
    reason: '3.5.9 is older than 3.6.2; going back is `booty rollback etcd`',
  });
});
