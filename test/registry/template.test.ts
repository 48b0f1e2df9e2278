import { readFile } from 'node:fs/promises';
import test from 'ava';
import { parseRegistry } from '../../source/registry/load.ts';
import { platforms } from '../../source/registry/schema.ts';
import { fill, fillingOf, planArchives, releaseNotesOf, tagPrefixOf } from '../../source/registry/template.ts';

const shipped = await readFile(new URL('../../registry.json', import.meta.url), 'utf8');

test('placeholders are filled in as far as something is known of them', (t) => {
  const filling = fillingOf('2.14.5', 'v');
  t.is(fill('${tag}/x-${version}-${os}-${tag}', filling), 'v2.14.5/x-2.14.5-${os}-v2.14.5');
  t.is(fill('${tag} ${digits}', fillingOf('2026.903.131801', 'v')), 'RELEASE.2026-09-03T13-18-01Z 20260903131801');
});

test('the rules for new versions give, of the newest known one, the very addresses and members it has', (t) => {
  const { packages } = parseRegistry(shipped, 'registry.json');
  let compared = 0;
  for (const [name, { updater, versions }] of Object.entries(packages)) {
    const [version, known] = Object.entries(versions).at(-1) ?? [];
    if (updater === undefined || updater.kind === 'none' || version === undefined || known === undefined) continue;
    const planned = planArchives(updater.archives, version, tagPrefixOf(updater), platforms);
    for (const archive of known.archives) {
      for (const [platform, { url, format, members }] of Object.entries(archive.platforms)) {
        const own = planned
          .find((each) => each.name === archive.name)
          ?.platforms.find((each) => each.platform === platform);
        t.deepEqual({ url: own?.url, format: own?.format, members: own?.members }, { url, format, members }, name);
        compared += 1;
      }
    }
  }
  t.true(compared > 90, `${compared} compared`);
});

test('the first rule that is for a version names its archive', (t) => {
  const rule = (url: string, versions?: string) => ({
    name: 'bao',
    url: `https://example.org/${url}`,
    format: { linux: 'tar.gz', darwin: 'zip' } as const,
    members: { bao: 'bao-${arch}/bao' },
    arch: { amd64: 'x86_64' },
    ...(versions !== undefined && { versions }),
  });
  const rules = [rule('old_${version}_${os}.${ext}', '<2.6.2'), rule('new_${version}_${os}_${arch}.${ext}')];
  const urls = (version: string) =>
    planArchives(rules, version, 'v', ['linux-amd64', 'darwin-arm64']).map(({ platforms: all }) =>
      all.map(({ url, members, filling }) => [url, members['bao'], filling.file]),
    );
  t.deepEqual(urls('2.6.1'), [
    [
      ['https://example.org/old_2.6.1_linux.tar.gz', 'bao-x86_64/bao', 'old_2.6.1_linux.tar.gz'],
      ['https://example.org/old_2.6.1_darwin.zip', 'bao-arm64/bao', 'old_2.6.1_darwin.zip'],
    ],
  ]);
  t.is(urls('2.6.2')[0]?.[0]?.[0], 'https://example.org/new_2.6.2_linux_x86_64.tar.gz');
});

test('no release notes are told where none are known', (t) => {
  t.is(releaseNotesOf({}, '1.0.0'), null);
});
