import test from 'ava';
import { atDesk } from '../call.ts';

test('all packages are shown, one line each, with how their upstreams stand', async (t) => {
  await atDesk({}, async ({ call }) => {
    const { code, out } = await call(['registry', 'show']);
    t.is(code, 0);
    t.regex(out, /^nats-server +4 +2\.14\.5 +apt go +github +Apache-2\.0 +unsigned$/m);
    t.regex(out, /^minio .* source-only archived removed CVE-2025-62506$/m);
    t.regex(out, /^vault .* hashicorp +BUSL-1\.1 +licence$/m);
  });
});

test('of one package everything is shown, refused bytes with their reason', async (t) => {
  await atDesk({}, async ({ call }) => {
    const { code, out } = await call(['registry', 'show', 'minio']);
    t.is(code, 0);
    t.regex(out, /^ {2}upstream {3}source-only: .*\(https:\/\/github\.com\/minio\/minio\/issues\/21647\)$/m);
    t.regex(out, /^ {2}advisory {3}CVE-2025-62506 in <2025\.1015\.172955: /m);
    t.regex(out, /^ {2}version {4}2025\.907\.161309 {2}RELEASE\.2025-09-07T16-13-09Z {2}https:/m);
    t.regex(out, /^ +linux-amd64 {2}sha256 [0-9a-f]{64}$/m);
    t.regex(out, /^ +darwin-amd64 {2}refused: no published checksum/m);
    const asJson = JSON.parse((await call(['registry', 'show', 'vmagent', '--json'])).out) as { packages: object };
    t.deepEqual(Object.keys(asJson.packages), ['victoria-metrics']);
  });
});

test('a name the registry does not have is said', async (t) => {
  await atDesk({}, async ({ call }) => {
    const { code, err } = await call(['registry', 'show', 'nats', 'postgres']);
    t.is(code, 1);
    t.regex(err, /has no postgres/);
    t.is((await call(['registry'])).code, 2);
    t.is((await call(['registry', 'sing'])).code, 2);
  });
});

test('what is known of an upstream is also said by list', async (t) => {
  await atDesk({}, async ({ call }) => {
    const { err } = await call(['list', 'loki']);
    t.regex(err, /loki: unsigned: /);
    t.regex(err, /loki: removed: promtail/);
  });
});
