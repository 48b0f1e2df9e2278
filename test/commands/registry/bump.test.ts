/**
`booty registry bump` against upstreams on loopback, through BOOTY_MIRROR as a machine without a way out would ask them.
The registries hold packages that neither apt nor Go has, so that nothing else is asked.
*/
import test from 'ava';
import type { Registry } from '../../../source/registry/schema.ts';
import { shipped, hashOf, bumping, natsList, platforms, natsFile, release, offerNats } from './bumping.ts';

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
