/** By what `booty registry bump` believes the bytes of a newer version: sums, digests, signatures, manifests. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import test from 'ava';
import { signature, sums } from '../../curate/signed-by-hashicorp.ts';
import { hashOf, bumping, natsList, natsFiles, platforms, release, natsRelease, natsSums } from './bumping.ts';

test("the list's own digests vouch where there is no file of checksums, and may not contradict one", async (t) => {
  await bumping(['openbao', 'nats-server'], async ({ upstream, bump, registry }) => {
    const files = ['linux_amd64', 'linux_arm64', 'darwin_amd64'].map((one) => `openbao_2.7.0_${one}.tar.gz`);
    upstream.replies.set('/api.github.com/repos/openbao/openbao/releases?per_page=100', {
      body: JSON.stringify([release('v2.7.0', files, true)]),
    });
    upstream.replies.set(natsList, { body: JSON.stringify([natsRelease('2.15.1', true)]) });
    upstream.replies.set(`${natsFiles}/v2.15.1/SHA256SUMS`, { body: natsSums('2.15.1').replace(/^./, '0') });
    const { code, out } = await bump(['-y']);
    t.is(code, 1);
    t.regex(
      out,
      /hashes by the list of releases; signature not checked: there is no file of checksums that could be signed/,
    );
    t.regex(out, /upstream of nats-server contradicts itself about nats-server-v2\.15\.1-linux-amd64\.tar\.gz/);
    const { packages } = await registry();
    const own = packages['openbao']?.versions['2.7.0']?.archives[0]?.platforms ?? {};
    t.deepEqual(Object.keys(own), ['linux-amd64', 'linux-arm64', 'darwin-amd64']);
    t.false('2.15.1' in (packages['nats-server']?.versions ?? {}));
  });
});

test('HashiCorp: the index is read, other editions are left out, an unchecked signature is said', async (t) => {
  await bumping(['nomad'], async ({ upstream, bump, registry, desk }) => {
    const builds = platforms.map((one) => ({
      filename: `nomad_2.1.0_${one.replace('-', '_')}.zip`,
      os: 'x',
      arch: 'y',
    }));
    const versions = { '2.1.0': { builds }, '2.2.0-beta1': { builds }, '2.2.0+ent': { builds: [] } };
    upstream.replies.set('/releases.hashicorp.com/nomad/index.json', {
      body: JSON.stringify({ name: 'nomad', versions }),
    });
    upstream.replies.set('/releases.hashicorp.com/nomad/2.1.0/nomad_2.1.0_SHA256SUMS', {
      body: builds.map(({ filename }) => `${hashOf(filename)}  ${filename}\n`).join(''),
    });
    upstream.replies.set('/releases.hashicorp.com/nomad/2.1.0/nomad_2.1.0_SHA256SUMS.sig', { body: 'SIGNATURE' });
    const text = await desk.read('registry.json');
    await writeFile(`${desk.folder}/registry.json`, text.replace(/,\s*"fingerprint": "\w+"/, ''));
    const { code, out } = await bump(['-y']);
    t.is(code, 0, out);
    t.regex(
      out,
      /hashes by nomad_2\.1\.0_SHA256SUMS; signature not checked: no (key of the vendor at .*nomad\.gpg|gpgv)/,
    );
    t.true('2.1.0' in ((await registry()).packages['nomad']?.versions ?? {}));
  });
});

const hasGpgv = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/gpgv`));

(hasGpgv ? test : test.skip)(
  'HashiCorp: what it signed is verified by the key that came with booty, and a changed byte keeps it out [needs gpgv]',
  async (t) => {
    await bumping(['nomad'], async ({ upstream, bump, registry, desk }) => {
      // Nomad's entry under the name of what the real signature is over.
      const name = 'terraform-provider-null';
      const text = await desk.read('registry.json');
      await writeFile(`${desk.folder}/registry.json`, text.replaceAll('nomad', name));
      const builds = platforms.map((one) => ({ filename: `${name}_3.1.0_${one.replace('-', '_')}.zip` }));
      const at = `/releases.hashicorp.com/${name}`;
      upstream.replies.set(`${at}/index.json`, { body: JSON.stringify({ versions: { '3.1.0': { builds } } }) });
      upstream.replies.set(`${at}/3.1.0/${name}_3.1.0_SHA256SUMS.sig`, { body: Buffer.from(signature, 'base64') });

      upstream.replies.set(`${at}/3.1.0/${name}_3.1.0_SHA256SUMS`, { body: sums.replace('53e3', '53e4') });
      const changed = await bump(['-y']);
      t.is(changed.code, 1);
      t.regex(changed.out, /_SHA256SUMS does not hold: BAD signature from "HashiCorp Security /);
      t.false('3.1.0' in ((await registry()).packages[name]?.versions ?? {}));

      upstream.replies.set(`${at}/3.1.0/${name}_3.1.0_SHA256SUMS`, { body: sums });
      const { code, out } = await bump(['-y']);
      t.is(code, 0, out);
      t.regex(out, /; signature verified: OpenPGP key C874011F0AB405110D02105534365D9472D7468F, expired since/);
      const own = (await registry()).packages[name]?.versions['3.1.0']?.archives[0]?.platforms['linux-amd64'];
      t.is(own?.sha256, '53e30545ff8926a8e30ad30648991ca8b93b6fa496272cd23b26763c8ee84515');
    });
  },
);

test('a signature that does not hold keeps the version out', async (t) => {
  await bumping(['nomad'], async ({ upstream, bump, desk }) => {
    const builds = [{ filename: 'nomad_2.1.0_linux_amd64.zip' }];
    upstream.replies.set('/releases.hashicorp.com/nomad/index.json', {
      body: JSON.stringify({ versions: { '2.1.0': { builds } } }),
    });
    upstream.replies.set('/releases.hashicorp.com/nomad/2.1.0/nomad_2.1.0_SHA256SUMS', {
      body: `${hashOf('x')}  nomad_2.1.0_linux_amd64.zip\n`,
    });
    const before = await desk.read('registry.json');
    const { code, out } = await bump(['-y']);
    t.is(code, 1);
    t.regex(out, /the signature of nomad over nomad_2\.1\.0_SHA256SUMS does not hold: there is no signature at /);
    t.is(await desk.read('registry.json'), before);
  });
});

test('SHA-512 sums are compared with the archive itself', async (t) => {
  await bumping(['caddy'], async ({ upstream, bump, registry }) => {
    const files = ['linux_amd64', 'linux_arm64'].map((one) => `caddy_2.12.0_${one}.tar.gz`);
    const at = '/github.com/caddyserver/caddy/releases/download/v2.12.0';
    upstream.replies.set('/api.github.com/repos/caddyserver/caddy/releases?per_page=100', {
      body: JSON.stringify([release('v2.12.0', files)]),
    });
    for (const name of files) upstream.replies.set(`${at}/${name}`, { body: `bytes of ${name}` });
    const sums = files
      .map((name) => `${createHash('sha512').update(`bytes of ${name}`).digest('hex')}  ${name}\n`)
      .join('');
    upstream.replies.set(`${at}/caddy_2.12.0_checksums.txt.sig`, { body: 'SIG' });
    upstream.replies.set(`${at}/caddy_2.12.0_checksums.txt.pem`, { body: 'PEM' });
    upstream.replies.set(`${at}/caddy_2.12.0_checksums.txt`, {
      body: sums.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    });
    const wrong = await bump(['-y']);
    t.is(wrong.code, 1);
    t.regex(wrong.out, /contradicts itself about caddy_2\.12\.0_linux_amd64\.tar\.gz/);
    upstream.replies.set(`${at}/caddy_2.12.0_checksums.txt`, { body: sums });
    const { code, out, err } = await bump(['-y']);
    t.is(code, 0, out);
    t.regex(err, /downloading caddy_2\.12\.0_linux_amd64\.tar\.gz, as its checksum is a SHA-512/);
    const own = (await registry()).packages['caddy']?.versions['2.12.0']?.archives[0]?.platforms['linux-amd64'];
    t.is(own?.sha256, hashOf(`bytes of ${files[0]}`));
    t.is(own?.sha256 === null ? 0 : own?.sizeBytes, `bytes of ${files[0]}`.length);
  });
});

test('a release that is named by its date is added under the version of the rule', async (t) => {
  await bumping(['silo'], async ({ upstream, bump, registry }) => {
    const tag = 'RELEASE.2026-10-02T08-09-10Z';
    const files = ['linux_amd64', 'darwin_arm64'].map((one) => `silo_20261002080910.0.0_${one}.tar.gz`);
    upstream.replies.set('/api.github.com/repos/pgsty/silo/releases?per_page=100', {
      body: JSON.stringify([release(tag, files, true)]),
    });
    t.is((await bump(['-y'])).code, 0);
    const added = (await registry()).packages['silo']?.versions['2026.1002.80910'];
    t.is(added?.sourceVersion, tag);
    t.is(
      added?.archives[0]?.platforms['linux-amd64']?.url,
      `https://github.com/pgsty/silo/releases/download/${tag}/silo_20261002080910.0.0_linux_amd64.tar.gz`,
    );
  });
});

test('TiUP: the manifest of a component gives versions, sizes and hashes', async (t) => {
  await bumping(['tidb'], async ({ upstream, bump, registry }) => {
    const own = (platform: string, more: object = {}): object => ({
      url: `/tidb-v8.5.9-${platform}.tar.gz`,
      length: 42,
      hashes: { sha256: hashOf(platform) },
      entry: 'tidb-server',
      ...more,
    });
    const folder = '/tiup-mirrors.pingcap.com';
    upstream.replies.set(`${folder}/snapshot.json`, {
      body: JSON.stringify({ signed: { meta: { '/tidb.json': { version: 7, length: 1 } } } }),
    });
    upstream.replies.set(`${folder}/7.tidb.json`, {
      body: JSON.stringify({
        signed: {
          platforms: {
            'linux/amd64': { 'v8.5.9': own('linux-amd64'), 'v9.0.0': own('linux-amd64', { yanked: true }) },
            'darwin/arm64': { 'v8.5.9': own('darwin-arm64'), 'v9.0.0-beta.1': own('x') },
          },
        },
      }),
    });
    const { code, out } = await bump(['-y']);
    t.is(code, 0, out);
    t.regex(out, /hashes by the mirror's manifest; signature not checked: no key of the mirror is kept here/);
    const added = (await registry()).packages['tidb']?.versions['8.5.9']?.archives[0]?.platforms;
    t.deepEqual(Object.keys(added ?? {}), ['linux-amd64', 'darwin-arm64']);
    t.is(added?.['darwin-arm64']?.sha256, hashOf('darwin-arm64'));
  });
});
