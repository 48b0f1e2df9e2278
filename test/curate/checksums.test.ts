import test from 'ava';
import { parseChecksums } from '../../source/curate/checksums.ts';

const a = 'a'.repeat(64);
const b = 'B'.repeat(64);

test('all forms that upstreams write are read', (t) => {
  const text = [
    `${a}  nats-server-linux.tar.gz`,
    `${b} *./dist/nats-server-darwin.zip`,
    `SHA256 (caddy_2.tar.gz) = ${a}`,
    `${'c'.repeat(128)}  of-another-algorithm.tar.gz`,
    '-----BEGIN PGP SIGNATURE-----',
    '',
  ].join('\r\n');
  t.deepEqual(
    [...(parseChecksums(text, 'sha256', 'x') ?? [])],
    [
      ['nats-server-linux.tar.gz', a],
      ['nats-server-darwin.zip', b.toLowerCase()],
      ['caddy_2.tar.gz', a],
    ],
  );
});

test('a digest alone is that of the one file', (t) => {
  t.deepEqual([...(parseChecksums(`${a}\n`, 'sha256', 'grafana.tar.gz') ?? [])], [['grafana.tar.gz', a]]);
});

test('one name with two digests is no answer; said twice it is', (t) => {
  t.is(parseChecksums(`${a}  x\n${b}  x\n`, 'sha256', 'x'), null);
  t.is(parseChecksums(`${a}  x\n${a}  dir/x\n`, 'sha256', 'x')?.get('x'), a);
});

test('a page in the place of the file gives nothing', (t) => {
  t.is(parseChecksums('<!doctype html><title>Sign in</title>', 'sha256', 'x')?.size, 0);
});
