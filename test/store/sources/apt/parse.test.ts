/** The texts are what apt 2.6 printed, hosts changed. */
import test from 'ava';
import {
  nameInFile,
  parseErrors,
  parseFailures,
  parseMadison,
  parseTargets,
  parseUris,
  withoutCredentials,
} from '../../../../source/store/sources/apt/parse.ts';

test('targets: only binary packages, what is not expanded is not known', (t) => {
  const text = [
    'Packages\thttp://m/debian/\tbookworm\tmain\tamd64\t/etc/apt/sources.list:1\tDebian\tbookworm',
    'Packages\thttp://m/debian/\tbookworm-updates\tmain\tamd64\t/etc/apt/sources.list:2\t$(ORIGIN)\t$(CODENAME)',
    'DEP-11\thttp://m/debian/\tbookworm\tmain\tamd64\t/etc/apt/sources.list:1\tDebian\tbookworm',
    '',
  ].join('\n');
  const first = {
    uri: 'http://m/debian/',
    release: 'bookworm',
    component: 'main',
    architecture: 'amd64',
    entry: '/etc/apt/sources.list:1',
    origin: 'Debian',
    codename: 'bookworm',
  };
  const second = {
    ...first,
    release: 'bookworm-updates',
    entry: '/etc/apt/sources.list:2',
    origin: null,
    codename: null,
  };
  t.deepEqual(parseTargets(text), [first, second]);
});

test('madison: versions in apt’s order, sources left out', (t) => {
  const text = [
    'nats-server | 2.10.27-1+b2 | http://m/debian trixie/main amd64 Packages',
    '     caddy |    2.6.2-5 | http://m/debian-security bookworm/updates/main amd64 Packages',
    '     caddy |    2.6.2-5 | http://m/debian bookworm/main Sources',
    'N: Unable to locate package x',
  ].join('\n');
  t.deepEqual(parseMadison(text), [
    { package: 'nats-server', version: '2.10.27-1+b2', uri: 'http://m/debian', release: 'trixie' },
    { package: 'caddy', version: '2.6.2-5', uri: 'http://m/debian-security', release: 'bookworm/updates' },
  ]);
});

test('uris: only with a SHA-256, and never a path for a file', (t) => {
  const hash = '9f69ebb6f612e652382fde175622160dcd81fd97f2356f5da80bb5c3f48513dd';
  const url = 'http://m/debian/pool/main/n/nats-server/nats-server_2.9.10-1%2bb3_amd64.deb';
  const file = 'nats-server_2.9.10-1+b3_amd64.deb';
  t.deepEqual(parseUris(`'${url}' ${file} 3644664 SHA256:${hash}\n`), [
    { url, file, sizeBytes: 3_644_664, sha256: hash },
  ]);
  t.deepEqual(parseUris(`'${url}' ${file} 3644664 MD5Sum:00\n'${url}' ../${file} 1 SHA256:${hash}\n`), []);
});

test('a package’s name and version stand in its file’s name', (t) => {
  t.deepEqual(nameInFile('redis_5%3a7.0.15-1_amd64.deb'), { package: 'redis', version: '5:7.0.15-1' });
  t.is(nameInFile('Packages.xz'), null);
});

test('failures are told apart', (t) => {
  const text = [
    'E: Failed to fetch http://u:p@127.0.0.1:1/d/InRelease  Could not connect to 127.0.0.1:1 (127.0.0.1). - connect (111)',
    'E: Failed to fetch http://m/a.deb  404  Not Found [IP: 127.0.0.1 80]',
    'E: Failed to fetch http://m/b.deb  Hash Sum mismatch',
    'W: GPG error: http://m/debian bookworm InRelease: The following signatures ... NO_PUBKEY 6ED0E7B82643E131',
    "E: The repository 'http://m/debian bookworm InRelease' is not signed.",
    "E: The repository 'http://m/debian nosuch Release' does not have a Release file.",
    'E: Some index files failed to download. They have been ignored, or old ones used instead.',
  ].join('\n');
  t.deepEqual(
    parseFailures(text).map(({ kind, address }) => [kind, address]),
    [
      ['unreachable', 'http://127.0.0.1:1/d/InRelease'],
      ['missing', 'http://m/a.deb'],
      ['hash', 'http://m/b.deb'],
      ['signature', 'http://m/debian'],
      ['signature', 'http://m/debian'],
      ['other', 'http://m/debian'],
    ],
  );
});

test('a URL is kept without its password', (t) => {
  t.is(withoutCredentials('https://user:secret@mirror/debian@1/x'), 'https://mirror/debian@1/x');
  t.is(withoutCredentials('https://mirror/a@b'), 'https://mirror/a@b');
});

test('an update that was ended early still tells what it met', (t) => {
  const text =
    'Err:1 http://u:p@m/debian bookworm InRelease\n  Connection failed [IP: 127.0.0.1 80]\nErr:2 http://m/d x';
  const found = 'Connection failed [IP: 127.0.0.1 80]';
  t.deepEqual(parseErrors(text), [{ kind: 'unreachable', address: 'http://m/debian', found }]);
});
