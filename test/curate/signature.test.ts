import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { vendorKeys } from '../../source/curate/keys/vendor-keys.ts';
import { checkCosign } from '../../source/curate/signature/cosign.ts';
import { checkMinisign } from '../../source/curate/signature/minisign.ts';
import { checkOpenpgp } from '../../source/curate/signature/openpgp.ts';
import { createWorld } from '../../source/edge/world.ts';
import * as hashicorp from './signed-by-hashicorp.ts';

const signed = `${'a'.repeat(64)}  caddy_2.12.0_linux_amd64.tar.gz\n`;
const never = new AbortController().signal;
const world = createWorld();

const inFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'booty-signature-test-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** A key as minisign writes it, and what it signs with it. */
const minisignKey = (): { readonly text: string; readonly of: (bytes: string, form: 'ED' | 'Ed') => string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const id = Buffer.from('12345678');
  const raw = Buffer.from((publicKey.export({ format: 'jwk' }) as { x: string }).x, 'base64url');
  const own = (bytes: Uint8Array, key: KeyObject): Buffer => sign(null, bytes, key);
  return {
    text: Buffer.concat([Buffer.from('Ed'), id, raw]).toString('base64'),
    of: (bytes, form) => {
      const message = form === 'ED' ? createHash('blake2b512').update(bytes).digest() : Buffer.from(bytes);
      const core = own(message, privateKey);
      const global = own(Buffer.concat([core, Buffer.from('timestamp:1')]), privateKey);
      const first = Buffer.concat([Buffer.from(form), id, core]).toString('base64');
      return `untrusted comment: x\n${first}\ntrusted comment: timestamp:1\n${global.toString('base64')}\n`;
    },
  };
};

test('minisign: both forms hold, and nothing that was changed does', (t) => {
  const { text, of } = minisignKey();
  for (const form of ['ED', 'Ed'] as const) {
    t.deepEqual(checkMinisign(text, of(signed, form), signed), { state: 'verified', why: `minisign key ${text}` });
    t.is(checkMinisign(text, of(signed, form), `${signed} `).why, 'it is of other bytes');
    t.is(
      checkMinisign(text, of(signed, form).replace('timestamp:1', 'timestamp:2'), signed).why,
      'its comment was changed',
    );
  }
  t.is(checkMinisign(minisignKey().text, of(signed, 'ED'), signed).state, 'failed');
  for (const junk of ['', 'x\ny\nz\n', '<html></html>']) t.is(checkMinisign(text, junk, signed).state, 'failed', junk);
});

const hasGpg = ['gpg', 'gpgv'].every((name) => {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

(hasGpg ? test : test.skip)(
  'openpgp: gpgv holds a signature to the one key that is kept [needs gpg, gpgv]',
  async (t) => {
    await inFolder(async (folder) => {
      const home = path.join(folder, 'gpg');
      await mkdir(home, { mode: 0o700 });
      const gpg = (...words: readonly string[]): Buffer =>
        execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', ...words], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
      for (const who of ['vendor', 'other']) {
        gpg('--passphrase', '', '--quick-gen-key', `${who}@example.org`, 'ed25519', 'sign', 'never');
        await writeFile(path.join(folder, `${who}.gpg`), gpg('--export', `${who}@example.org`));
      }
      await writeFile(path.join(folder, 'sums'), signed);
      const signatureBy = (who: string, ...words: readonly string[]): Buffer =>
        gpg(
          '--local-user',
          `${who}@example.org`,
          '--detach-sign',
          ...words,
          '--output',
          '-',
          path.join(folder, 'sums'),
        );
      const check = (keyring: string, signature: Uint8Array, text = signed) =>
        checkOpenpgp(world, {}, path.join(folder, keyring), signature, text, never);

      const good = await check('vendor.gpg', signatureBy('vendor'));
      t.is(good.state, 'verified', good.why);
      t.regex(good.why, /^OpenPGP key [0-9A-F]{40} of .*vendor\.gpg$/);
      t.is((await check('vendor.gpg', signatureBy('vendor', '--armor'))).state, 'verified');
      t.is((await check('vendor.gpg', signatureBy('other'))).state, 'failed');
      t.is((await check('vendor.gpg', signatureBy('vendor'), `${signed}x`)).state, 'failed');
      t.is((await check('vendor.gpg', Buffer.from('<html>'))).state, 'failed');
      const absent = await check('none.gpg', signatureBy('vendor'));
      t.is(absent.state, 'not-checked');
      t.regex(absent.why, /no key of the vendor at .*none\.gpg/);

      // gpgv ends with 0 for a key that its owner revoked, and for a signature whose own time is over.
      const long = ['--faked-system-time', '20200101T000000!'];
      gpg(...long, '--passphrase', '', '--quick-gen-key', 'early@example.org', 'ed25519', 'sign', 'never');
      await writeFile(path.join(folder, 'early.gpg'), gpg('--export', 'early@example.org'));
      t.is((await check('early.gpg', signatureBy('early', ...long))).state, 'verified');
      const over = signatureBy('early', ...long, '--default-sig-expire', '1d');
      t.is((await check('early.gpg', over)).why, 'it is a signature that has expired');
      const before = signatureBy('other');
      const [, other = ''] = [
        ...gpg('--list-keys', '--with-colons')
          .toString()
          .matchAll(/^fpr:+(\w+):/gm),
      ].map(([, one]) => one);
      const revocation = await readFile(path.join(home, 'openpgp-revocs.d', `${other}.rev`), 'utf8');
      await writeFile(path.join(folder, 'revocation'), revocation.replace(/^:(?=-----)/gm, ''));
      gpg('--import', path.join(folder, 'revocation'));
      await writeFile(path.join(folder, 'revoked.gpg'), gpg('--export', 'other@example.org'));
      t.is((await check('other.gpg', before)).state, 'verified');
      t.is((await check('revoked.gpg', before)).why, 'it is made with a key that its owner revoked');
      execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'], { stdio: 'ignore' });
    });
  },
);

const hasGpgv = ['/usr/bin/gpgv', '/bin/gpgv', '/usr/local/bin/gpgv', '/opt/homebrew/bin/gpgv'].some((file) =>
  existsSync(file),
);

(hasGpgv ? test : test.skip)(
  "openpgp: what HashiCorp signed holds by the key that came with booty, and one's own keyring counts before it [needs gpgv]",
  async (t) => {
    await inFolder(async (folder) => {
      const own = path.join(folder, 'nomad.gpg');
      const check = (text: string, bytes: Uint8Array, named: { readonly fingerprint?: string }) =>
        checkOpenpgp(world, named, own, bytes, text, never);
      const real = Buffer.from(hashicorp.signature, 'base64');
      const { fingerprint } = hashicorp;
      t.deepEqual(await check(hashicorp.sums, real, { fingerprint }), {
        state: 'verified',
        why: `OpenPGP key ${fingerprint}, expired since`,
      });
      t.regex((await check(hashicorp.sums.replace('f', 'e'), real, { fingerprint })).why, /^BAD signature from /);
      const changed = Buffer.from(real);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      t.is((await check(hashicorp.sums, changed, { fingerprint })).state, 'failed');
      t.is((await check(hashicorp.sums, real, {})).state, 'not-checked');
      t.is((await check(hashicorp.sums, real, { fingerprint: '0'.repeat(40) })).state, 'not-checked');

      await writeFile(own, '');
      t.is((await check(hashicorp.sums, real, { fingerprint })).state, 'failed');
    });
  },
);

test('a key that came with booty is the one it is named by', (t) => {
  for (const [fingerprint, armour] of Object.entries(vendorKeys)) {
    // The first packet is the key; its fingerprint is the SHA-1 of it behind a byte and its length (RFC 4880, 12.2).
    const bytes = Buffer.from(armour.split('\n\n')[1]?.replace(/\n[=-][^]*$/, '') ?? '', 'base64');
    t.is(bytes[0], 0x99);
    const key = bytes.subarray(0, 3 + bytes.readUInt16BE(1));
    t.is(createHash('sha1').update(key).digest('hex').toUpperCase(), fingerprint);
  }
});

const cosign = {
  kind: 'cosign',
  url: '',
  certificate: '',
  identity: '^https://github',
  issuer: 'https://issuer',
} as const;
const parts = { signature: 'SIG', certificate: 'PEM', signed };

test('cosign: the tool is asked with the identity of the registry, and its word is taken', async (t) => {
  await inFolder(async (folder) => {
    // A stand-in: the real one asks a log on the internet.
    const tool = path.join(folder, 'cosign');
    await writeFile(
      tool,
      `#!/bin/sh
while [ $# -gt 1 ]; do case $1 in
  --signature) grep -q '^SIG$' "$2" || exit 3;;
  --certificate) grep -q '^PEM$' "$2" || exit 4;;
  --certificate-identity-regexp) [ "$2" = '^https://github' ] || exit 5;;
  --certificate-oidc-issuer) [ "$2" = https://issuer ] || exit 6;;
esac; shift; done
grep -q caddy_2.12.0 "$1" || { echo 'Error: no matching signatures' >&2; exit 1; }
`,
    );
    await chmod(tool, 0o755);
    const own = { ...world, host: { ...world.host, environment: { PATH: `${folder}:${process.env['PATH']}` } } };
    t.deepEqual(await checkCosign(own, cosign, parts, never), { state: 'verified', why: 'cosign, ^https://github' });
    t.deepEqual(await checkCosign(own, cosign, { ...parts, signed: 'x' }, never), {
      state: 'failed',
      why: 'Error: no matching signatures',
    });
  });
});

test('a tool that is not there is no check, and that is said', async (t) => {
  const bare = { ...world, host: { ...world.host, environment: { PATH: '/nonexistent' } } };
  t.deepEqual(await checkCosign(bare, cosign, parts, never), { state: 'not-checked', why: 'no cosign on PATH' });
  const openpgp = await checkOpenpgp(bare, {}, '/nonexistent', Buffer.from('x'), signed, never);
  t.deepEqual(openpgp, { state: 'not-checked', why: 'no gpgv on PATH' });
});
