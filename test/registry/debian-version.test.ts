import test from 'ava';
import * as fc from 'fast-check';
import { prerelease, valid } from 'semver';
import { upstreamVersion } from '../../source/registry/debian-version.ts';

const table: readonly (readonly [debian: string, upstream: string | null])[] = [
  ['2.9.10-1+b3', '2.9.10'],
  ['2.6.2-12+deb13u1', '2.6.2'],
  ['2.11.2-1~bpo13+1', '2.11.2'],
  ['1.79.5+ds1-2+b5', '1.79.5'],
  ['2.42.0+ds-5+deb12u1', '2.42.0'],
  ['1.8.7+dfsg1-2+b3', '1.8.7'],
  ['0.0~20250403-3+b3', '0.0.0'],
  ['3.3.25', '3.3.25'],
  ['1:7.0.15-1', '7.0.15'],
  ['2.42', '2.42.0'],
  ['7', '7.0.0'],
  ['1.2.3~bpo12+1', '1.2.3'],
  ['3.0.0~rc1-1', '3.0.0-rc.1'],
  ['3.0.0~beta.2+ds-1', '3.0.0-beta.2'],
  ['3.0.0~rc1~bpo12+1-1', '3.0.0-rc.1'],
  ['2.1+really1.9.5-1', '1.9.5'],
  ['1.08-1', '1.8.0'],
  ['1.2.3.4-1', null],
  ['20cafe-1', null],
  ['', null],
];

for (const [debian, upstream] of table) {
  test(`${debian || 'an empty text'} is ${upstream ?? 'no semver'}`, (t) => {
    t.is(upstreamVersion(debian), upstream);
  });
}

const number = fc.nat(99_999);

test('what Debian adds to a release never changes its upstream version', (t) => {
  const epoch = fc.constantFrom('', '1:', '12:');
  const repacked = fc.constantFrom('', '+ds', '+ds1', '+dfsg2', '+git20240101.abc', '~ds1', '~dfsg');
  const revision = fc.constantFrom('', '-1', '-2+b5', '-1~bpo13+1', '-5+deb12u1', '-0ubuntu0.24.04.1', '-1.1');
  fc.assert(
    fc.property(number, number, number, epoch, repacked, revision, (major, minor, patch, before, middle, after) => {
      const plain = `${major}.${minor}.${patch}`;
      t.is(upstreamVersion(`${before}${plain}${middle}${after}`), plain);
    }),
  );
  t.pass();
});

test('whatever the text, the answer is semver without build or nothing', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-z.+~:-]{0,20}$/)), (text) => {
      const answer = upstreamVersion(text);
      if (answer === null) return;
      t.is(valid(answer), answer);
      t.true(prerelease(answer) === null || text.includes('~'));
    }),
  );
  t.pass();
});
