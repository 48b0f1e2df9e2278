import test from 'ava';
import { otherSuites } from '../../../../source/store/sources/apt/suites.ts';

const all = ['bullseye', 'bookworm', 'trixie', 'forky', 'sid', 'jammy', 'noble', 'resolute'];

test('nearest newer release first, older ones last, or the other way round', (t) => {
  t.deepEqual(otherSuites(['bookworm'], all, 'newer'), ['trixie', 'forky', 'sid', 'bullseye']);
  t.deepEqual(otherSuites(['bookworm'], all, 'older'), ['bullseye', 'trixie', 'forky', 'sid']);
});

test('what the machine asks already is not asked again, nor what the package may not come from', (t) => {
  t.deepEqual(otherSuites(['bookworm', 'trixie'], ['trixie', 'sid'], 'newer'), ['sid']);
  t.deepEqual(otherSuites(['sid'], all, 'newer'), ['forky', 'trixie', 'bookworm', 'bullseye']);
});

test('distributions are not mixed, and an unknown release has no others', (t) => {
  t.deepEqual(otherSuites(['noble'], all, 'newer'), ['resolute', 'jammy']);
  t.deepEqual(otherSuites(['kali-rolling'], all, 'newer'), []);
});
