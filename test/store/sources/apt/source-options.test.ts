import test from 'ava';
import { sourceOptions } from '../../../../source/store/sources/apt/source-options.ts';

test('one-line sources: the options of that line', (t) => {
  const text = [
    '# the archive',
    'deb [arch=amd64,arm64 signed-by=/a.gpg,/b.gpg trusted=yes] http://m/debian bookworm main',
    'deb http://m/debian bookworm-updates main',
  ].join('\n');
  t.deepEqual(sourceOptions(text, '/etc/apt/sources.list:2'), { 'Signed-By': '/a.gpg /b.gpg' });
  t.deepEqual(sourceOptions(text, '/etc/apt/sources.list:3'), {});
  t.deepEqual(sourceOptions(text, '/etc/apt/sources.list:9'), {});
});

test('deb822 sources: the fields of that stanza, keys embedded or named, whatever the case', (t) => {
  const text = `# Managed by hand

Types: deb
URIs: http://m/debian
# a comment within
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
Check-Valid-Until: no

Types: deb
URIs: http://n/debian
signed-by:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEYCQjIxYJKwYBBAHaRw8BAQdAD/P5Nvvnvk66SxBBHDbhRml9ORg1WV5CvzKY
 -----END PGP PUBLIC KEY BLOCK-----
Trusted: yes
`;
  t.deepEqual(sourceOptions(text, '/etc/apt/sources.list.d/d.sources:1'), {
    'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg',
    'Check-Valid-Until': 'no',
  });
  t.deepEqual(sourceOptions(text, '/etc/apt/sources.list.d/d.sources:2'), {
    'Signed-By':
      '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEYCQjIxYJKwYBBAHaRw8BAQdAD/P5Nvvnvk66SxBBHDbhRml9ORg1WV5CvzKY\n' +
      ' -----END PGP PUBLIC KEY BLOCK-----',
  });
});
