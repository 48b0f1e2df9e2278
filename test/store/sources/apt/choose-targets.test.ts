import test from 'ava';
import { chooseTargets, type Configured, isDecided } from '../../../../source/store/sources/apt/choose-targets.ts';

const distributionKey = { 'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg' };
const ownersKey = { 'Signed-By': '/etc/apt/keyrings/owner.gpg' };

const target = (uri: string, change: Partial<Configured> = {}): Configured => ({
  uri,
  release: 'bookworm',
  component: 'main',
  architecture: 'amd64',
  entry: '/etc/apt/sources.list:1',
  origin: null,
  codename: null,
  options: {},
  ...change,
});

const asked = (...targets: readonly Configured[]): readonly string[] =>
  chooseTargets(targets, 'bookworm').asked.map(({ uri }) => uri);

test('the Release file has the last word', (t) => {
  const mirror = target('http://corp/anything', { origin: 'Debian', options: ownersKey });
  const vendor = target('http://vendor/debian', { origin: 'Vendor', options: distributionKey });
  t.deepEqual(asked(mirror, vendor), ['http://corp/anything']);
});

test('without lists the distribution’s keyring tells, whatever the release', (t) => {
  const main = target('http://corp/d', { options: distributionKey, release: 'trixie' });
  const vendor = target('http://apt.vendor/debian', { options: ownersKey });
  t.deepEqual(asked(main, vendor), ['http://corp/d']);
});

test('without lists and keys the place tells', (t) => {
  const official = target('http://ftp.debian.org/debian');
  const mirror = target('http://user:p@mirror.corp:8080/pub/debian/', { release: 'bookworm-updates' });
  const flat = target('https://apt.vendor/');
  const other = target('https://packages.vendor/debian', { release: 'stable' });
  const alike = target('https://debian.org.vendor/x');
  t.deepEqual(asked(official, mirror, flat, other, alike), [official.uri, mirror.uri]);
});

test('a private mirror with its owner’s key is asked when there is no other, and only for the machine’s release', (t) => {
  const mirror = target('http://corp/debian', { options: ownersKey });
  const security = target('http://corp/security', { options: ownersKey, release: 'bookworm-security' });
  const vendor = target('http://vendor/apt', { options: ownersKey, release: 'stable' });
  t.deepEqual(asked(mirror, security, vendor), [mirror.uri, security.uri]);
  t.deepEqual(chooseTargets([mirror], null).asked, []);
});

test('other components and discs are never asked, and what was skipped is told without passwords', (t) => {
  const docker = target('https://u:p@download.vendor/linux/debian', { component: 'stable' });
  const disc = target('cdrom:[Debian 12]/', { origin: 'Debian' });
  const choice = chooseTargets([docker, disc], 'bookworm');
  t.deepEqual(choice.asked, []);
  t.deepEqual(choice.skipped, [
    'https://download.vendor/linux/debian bookworm/stable',
    'cdrom:[Debian 12]/ bookworm/main',
  ]);
});

test('more is asked of the machine only where a Release file could change the choice', (t) => {
  t.true(isDecided(target('http://a/', { options: distributionKey })));
  t.true(isDecided(target('http://a/', { origin: 'Vendor' })));
  t.true(isDecided(target('http://a/', { component: 'stable' })));
  t.false(isDecided(target('http://a/debian')));
});
