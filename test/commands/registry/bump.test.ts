/**
`booty registry bump` against upstreams on loopback, through BOOTY_MIRROR as a machine without a way out would ask them.
The registries hold packages that neither apt nor Go has, so that nothing else is asked.
*/
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { Registry } from '../../../source/registry/schema.ts';
import { type Upstream, withUpstream } from '../../curate/upstream.ts';
import { atDesk, type Called, type Desk } from '../call.ts';

const shipped = JSON.parse(await readFile(new URL('../../../registry.json', import.meta.url), 'utf8')) as Registry;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const ofPackages = (...names: readonly string[]): string => {
  const packages = names.map((name) => {
    const { apt: _apt, go: _go, ...entry } = shipped.packages[name] as Registry['packages'][string];
    return [name, entry] as const;
  });
  return `${JSON.stringify({ schemaVersion: 1, packages: Object.fromEntries(packages) }, null, 2)}\n`;
};

/** Calls bump on a registry of some packages, with all vendors' hosts on the upstream. */
const bumping = (
  names: readonly string[],
  run: (parts: {
    readonly upstream: Upstream;
    readonly desk: Desk;
    readonly bump: (words?: readonly string[], answer?: string) => Promise<Called>;
    readonly registry: () => Promise<Registry>;
  }) => Promise<void>,
): Promise<void> =>
  withUpstream((upstream) =>
    atDesk(
      { 'registry.json': ofPackages(...names) },
      (desk) =>
        run({
          upstream,
          desk,
          bump: (words = [], answer) =>
            desk.call(['registry', 'bump', '--registry', 'registry.json', ...words], answer),
          registry: async () => JSON.parse(await desk.read('registry.json')) as Registry,
        }),
      { BOOTY_MIRROR: upstream.base },
    ),
  );

const natsList = '/api.github.com/repos/nats-io/nats-server/releases?per_page=100';
const natsFiles = '/github.com/nats-io/nats-server/releases/download';
const platforms = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64'];
const natsFile = (version: string, platform: string): string => `nats-server-v${version}-${platform}.tar.gz`;

/** As GitHub answers; `digests` as it does for files uploaded lately. */
const release = (tag: string, files: readonly string[], digests = false, more: object = {}): object => ({
  tag_name: tag,
  draft: false,
  prerelease: false,
  body: 'words',
  assets: files.map((name) => ({
    name,
    size: 10 + name.length,
    ...(digests && { digest: `sha256:${hashOf(name)}` }),
  })),
  ...more,
});
const natsRelease = (version: string, digests = false): object =>
  release(`v${version}`, [...platforms.map((platform) => natsFile(version, platform)), 'SHA256SUMS'], digests);
const natsSums = (version: string): string =>
  platforms.map((platform) => `${hashOf(natsFile(version, platform))}  ${natsFile(version, platform)}\n`).join('');

const offerNats = (upstream: Upstream, versions: readonly string[]): void => {
  const early = release('v2.20.0-RC.1', [], false, { prerelease: true });
  const body = JSON.stringify([
    early,
    release('v2.99.0', [], false, { draft: true }),
    ...versions.map((one) => natsRelease(one)),
  ]);
  upstream.replies.set(natsList, ({ 'if-none-match': etag }) =>
    etag === '"one"' ? { status: 304 } : { headers: { etag: '"one"' }, body },
  );
  for (const version of versions)
    upstream.replies.set(`${natsFiles}/v${version}/SHA256SUMS`, { body: natsSums(version) });
};

test('a newer version is shown as a diff, asked for, and written in the form of the file', async (t) => {
  await bumping(['nats-server', 'natscli'], async ({ upstream, bump, registry, desk }) => {
    offerNats(upstream, ['2.15.1', '2.14.5', '2.12.9']);
    const before = await desk.read('registry.json');

    const planned = await bump(['nats', '--plan']);
    t.is(planned.code, 0, planned.err);
    t.regex(planned.out, /^nats-server +2\.14\.5 -> 2\.15\.1$/m);
    t.regex(planned.out, /^ +linux-amd64, linux-arm64, darwin-amd64, darwin-arm64$/m);
    t.regex(planned.out, /^ +hashes by SHA256SUMS; signature none: upstream signs nothing/m);
    t.regex(planned.out, /^\+ {8}"2\.15\.1": \{$/m);
    t.is(await desk.read('registry.json'), before);

    const refused = await bump(['nats'], 'n');
    t.is(refused.code, 1);
    t.regex(refused.err, /Write nats-server 2\.15\.1 to .*registry\.json\? \[y\/N\]/);
    t.is(await desk.read('registry.json'), before);

    const done = await bump(['nats'], 'y');
    t.is(done.code, 0, done.err);
    const after = await desk.read('registry.json');
    t.is(after, `${JSON.stringify(JSON.parse(after), null, 2)}\n`);
    const { versions } = (await registry()).packages['nats-server'] as Registry['packages'][string];
    t.deepEqual(Object.keys(versions), ['2.11.9', '2.12.8', '2.14.4', '2.14.5', '2.15.1']);
    const added = versions['2.15.1']?.archives[0]?.platforms['darwin-arm64'];
    const file = natsFile('2.15.1', 'darwin-arm64');
    t.deepEqual(added, {
      url: `https://github.com/nats-io/nats-server/releases/download/v2.15.1/${file}`,
      sha256: hashOf(file),
      sizeBytes: 10 + file.length,
      format: 'tar.gz',
      members: { 'nats-server': 'nats-server-v2.15.1-darwin-arm64/nats-server' },
    });
    t.is((await desk.call(['registry', 'lint', 'registry.json'])).code, 0);
  });
});

test('the list is asked for with what it was known by, and a 304 is enough', async (t) => {
  await bumping(['nats-server'], async ({ upstream, bump }) => {
    offerNats(upstream, ['2.15.1']);
    await bump(['--plan']);
    const again = await bump(['--plan']);
    t.regex(again.out, /2\.14\.5 -> 2\.15\.1/);
    const lists = upstream.asked.filter(({ path }) => path === natsList);
    t.deepEqual(
      lists.map(({ headers }) => headers['if-none-match']),
      [undefined, '"one"'],
    );
    t.is(lists[0]?.headers.accept, 'application/vnd.github+json');
    const asJson = JSON.parse((await bump(['--plan', '--json'])).out) as {
      packages: readonly { unchanged: boolean }[];
    };
    t.true(asJson.packages[0]?.unchanged);
  });
});

test('a range keeps to its line', async (t) => {
  await bumping(['nats-server'], async ({ upstream, bump, registry }) => {
    offerNats(upstream, ['2.15.1', '2.12.9', '2.14.5']);
    const { code, err } = await bump(['nats-server@~2.12', '-y']);
    t.is(code, 0, err);
    const { versions } = (await registry()).packages['nats-server'] as Registry['packages'][string];
    t.deepEqual(Object.keys(versions), ['2.11.9', '2.12.8', '2.12.9', '2.14.4', '2.14.5']);
  });
});

test('other bytes than the registry knows are never taken over', async (t) => {
  await bumping(['nats-server'], async ({ upstream, bump, desk }) => {
    offerNats(upstream, ['2.14.5']);
    const before = await desk.read('registry.json');
    const { code, out } = await bump(['-y']);
    t.is(code, 1);
    t.regex(
      out,
      /OTHER BYTES: nats-server-v2\.14\.5-linux-amd64\.tar\.gz is [0-9a-f]{64} for upstream now, and was 5e3b603d/,
    );
    t.is(await desk.read('registry.json'), before);
  });
});

test('what was refused is filled in once something vouches for it, and nothing else is touched', async (t) => {
  await bumping(['node_exporter'], async ({ upstream, bump, registry }) => {
    const files = platforms.map((platform) => `node_exporter-1.12.1.${platform.replace('-', '-')}.tar.gz`);
    const known = shipped.packages['node_exporter']?.versions['1.12.1']?.archives[0]?.platforms;
    const sums = platforms.map((platform, index) => {
      const own = known?.[platform as 'linux-amd64']?.sha256 ?? hashOf(files[index] ?? '');
      return `${own}  ${files[index]}\n`;
    });
    upstream.replies.set('/api.github.com/repos/prometheus/node_exporter/releases?per_page=100', {
      body: JSON.stringify([release('v1.12.1', [...files, 'sha256sums.txt'])]),
    });
    upstream.replies.set('/github.com/prometheus/node_exporter/releases/download/v1.12.1/sha256sums.txt', {
      body: sums.join(''),
    });
    const { code, out } = await bump(['-y']);
    t.is(code, 0, out);
    t.regex(out, /^node_exporter +1\.12\.1: what was refused is vouched for now$/m);
    t.regex(out, /^- +"sha256": null,$/m);
    const now = (await registry()).packages['node_exporter']?.versions['1.12.1']?.archives[0]?.platforms;
    t.is(now?.['darwin-arm64']?.sha256, hashOf(files[3] ?? ''));
    t.deepEqual(now?.['linux-amd64'], known?.['linux-amd64']);
  });
});

test('each way an upstream can fail is told by its name, and stops nobody else', async (t) => {
  await bumping(['natscli', 'nats-server'], async ({ upstream, bump, desk }) => {
    const before = await desk.read('registry.json');
    offerNats(upstream, ['2.15.1']);
    const cliList = '/api.github.com/repos/nats-io/natscli/releases?per_page=100';
    const cases: readonly (readonly [Parameters<typeof upstream.replies.set>[1], RegExp])[] = [
      [{ status: 404 }, /cannot be asked: there is no such repository/],
      [{ status: 500 }, /cannot be asked: it answers 500/],
      [{ body: '[{' }, /is not what it should be: it is no JSON/],
      [{ body: '[{"tag_name": 1}]' }, /is not what it should be: 0\.tag_name: /],
      [{ body: '[]' }, /nothing newer; upstream has published nothing/],
      [
        { body: JSON.stringify([release('v0.9.0', ['nats-0.9.0.deb'])]) },
        /natscli v0\.9\.0 has no nats-0\.9\.0-linux-amd64\.zip; it has nats-0\.9\.0\.deb/,
      ],
      [
        {
          body: JSON.stringify([
            release(
              'v0.9.0',
              platforms.map((one) => `nats-0.9.0-${one}.zip`),
            ),
          ]),
        },
        /nothing vouches for the files of natscli 0\.9\.0: upstream publishes no SHA256SUMS/,
      ],
    ];
    for (const [reply, wanted] of cases) {
      upstream.replies.set(cliList, reply);
      const { out } = await bump(['--plan']);
      t.regex(out, wanted);
      t.regex(out, /^nats-server +2\.14\.5 -> 2\.15\.1$/m);
    }
    upstream.replies.set(cliList, { status: 500 });
    const { code, err } = await bump(['natscli', '--plan']);
    t.is(code, 1);
    t.regex(err, /hint: check the network/);
    t.is(await desk.read('registry.json'), before);
  });
});

test('once the limit of requests is used up, that host is asked no more', async (t) => {
  const names = ['nats-server', 'natscli', 'silo', 'mcli', 'tempo', 'loki', 'jsonnet', 'traefik'];
  await bumping(names, async ({ upstream, bump }) => {
    const limit = { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000000' } };
    for (const { updater } of Object.values(shipped.packages)) {
      if (updater?.kind === 'github') {
        upstream.replies.set(`/${updater.releases.replace('https://', '')}?per_page=100`, limit);
      }
    }
    const { code, out, err } = await bump(['--plan']);
    t.is(code, 1);
    t.is(out.match(/its limit of requests is used up until 2027-01-15T08:00Z/g)?.length, names.length);
    t.regex(err, /hint: wait until then, or ask with a token of your own/);
    t.true(upstream.asked.length <= 4, `${upstream.asked.length} asked, four at a time`);
  });
});

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
  await bumping(['nomad'], async ({ upstream, bump, registry }) => {
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
    const { code, out } = await bump(['-y']);
    t.is(code, 0, out);
    t.regex(
      out,
      /hashes by nomad_2\.1\.0_SHA256SUMS; signature not checked: no (key of the vendor at .*nomad\.gpg|gpgv)/,
    );
    t.true('2.1.0' in ((await registry()).packages['nomad']?.versions ?? {}));
  });
});

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

test('nothing is written over what somebody else changed meanwhile, nor without an answer', async (t) => {
  await bumping(['nats-server', 'minio'], async ({ upstream, bump, desk }) => {
    offerNats(upstream, ['2.15.1']);
    const nobody = await bump(['nats']);
    t.is(nobody.code, 2);
    t.regex(nobody.err, /there is no terminal to ask at/);
    const { out, code } = await bump(['minio']);
    t.is(code, 0);
    t.regex(out, /^minio +2025\.907\.161309: not asked, upstream is archived/m);
    t.is((await bump(['postgres'])).code, 2);
    t.is((await bump(['nats@soon'])).code, 2);
    t.is((await desk.call(['registry', 'bump', '--registry', 'none.json'])).code, 2);
  });
});
