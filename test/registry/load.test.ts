import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { BootyError } from '../../source/core/error.ts';
import { registryJsonSchema } from '../../source/registry/json-schema.ts';
import { commitVersion, releaseName, releaseVersion } from '../../source/registry/release-version.ts';
import { parseRegistry } from '../../source/registry/load.ts';
import type { Registry } from '../../source/registry/schema.ts';

const shipped = await readFile(new URL('../../registry.json', import.meta.url), 'utf8');

/** A copy that may be changed, also into what is no registry. */
type Draft<Value> = { -readonly [Key in keyof Value]: Draft<Value[Key]> };

const problemsOf = (text: string): readonly string[] => {
  try {
    parseRegistry(text, 'registry.json');
    return [];
  } catch (error) {
    if (!(error instanceof BootyError) || error.code !== 'REGISTRY_INVALID') throw error;
    return (error as BootyError<'REGISTRY_INVALID'>).facts.problems;
  }
};

const problemsAfter = (change: (draft: Draft<Registry>) => void): readonly string[] => {
  const draft = JSON.parse(shipped) as Draft<Registry>;
  change(draft);
  return problemsOf(JSON.stringify(draft));
};

const natsDownload = (draft: Draft<Registry>): Record<string, unknown> => {
  const download = draft.packages['nats-server']?.versions['2.14.5']?.archives[0]?.platforms['linux-amd64'];
  if (!download) throw new Error('the shipped registry has no such archive');
  return download;
};
const natsPath = 'packages["nats-server"].versions["2.14.5"].archives[0].platforms["linux-amd64"]';

test('the shipped registry is sound, and each package comes from somewhere', (t) => {
  const registry = parseRegistry(shipped, 'registry.json');
  for (const [name, entry] of Object.entries(registry.packages)) {
    t.true(Object.keys(entry.versions).length >= 1 || entry.apt !== undefined, name);
  }
});

test('who fetches something under a licence that binds its users is told', (t) => {
  const registry = parseRegistry(shipped, 'registry.json');
  for (const [name, { licence, notice }] of Object.entries(registry.packages)) {
    if (/^(BUSL|AGPL|SSPL)/.test(licence)) t.regex(notice ?? '', /BUSL|AGPL|SSPL/, name);
  }
});

test('a version that upstream names by a date is that date, in order', (t) => {
  const registry = parseRegistry(shipped, 'registry.json');
  for (const { versions } of Object.values(registry.packages)) {
    for (const [version, { sourceVersion }] of Object.entries(versions)) {
      if (sourceVersion !== undefined) t.is(releaseVersion(sourceVersion), version);
    }
  }
  t.is(releaseVersion('RELEASE.2025-09-07T01-13-09Z'), '2025.907.11309');
  t.is(releaseVersion('RELEASE.2025-02-30T01-13'), null);
});

test('the name of a release follows from its version, and the other way round', (t) => {
  const at = fc.date({ min: new Date('2014-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(at, (date) => {
      const name = `RELEASE.${date.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
      t.is(releaseName(releaseVersion(name) ?? ''), name);
    }),
  );
  for (const other of ['2.14.5', '2025.1.0', '2025.907.1613090', '10.4.2']) t.is(releaseName(other), null, other);
});

test('a commit is named by its date as a release would be', (t) => {
  t.is(commitVersion('v0.0.0-20260212201848-7aac2a2c5b7c'), '2026.212.201848');
  t.is(commitVersion('v2.14.6-0.20260102030405-7aac2a2c5b7c'), '2026.102.30405');
  t.is(commitVersion('v2.14.6-rc.1.0.20260102030405-7aac2a2c5b7c'), '2026.102.30405');
  for (const other of ['v2.14.5', 'v0.0.0-2026021220184-7aac2a2c5b7c', 'v0.0.0-20260212201848']) {
    t.is(commitVersion(other), null, other);
  }
});

test('every system has two versions, or says why not, and knows how a newer one is found', (t) => {
  const registry = parseRegistry(shipped, 'registry.json');
  const alone = Object.entries(registry.packages).filter(([, { versions }]) => Object.keys(versions).length < 2);
  t.deepEqual(
    alone.map(([name]) => name),
    ['mcli', 'traefik'],
    'of these only one version was found with a checksum or an address',
  );
  for (const [name, { updater }] of Object.entries(registry.packages)) t.truthy(updater, name);
});

test('an advisory and an updater are refused where they cannot be meant', (t) => {
  const problems = problemsAfter((draft) => {
    const nats = draft.packages['nats-server'];
    if (nats?.updater?.kind !== 'github') throw new Error('the shipped registry has no such updater');
    nats.releaseNotes = 'https://example.org/${versoin}';
    nats.advisories = [{ id: 'CVE-1', affected: 'up to 2', sentence: 'x', url: 'https://example.org' }];
    nats.upstream = [{ kind: 'unsigned', since: '2', sentence: 'x', url: 'https://example.org' }];
  });
  const places = problems.map((problem) => problem.split(': ', 1)[0]?.replace('packages["nats-server"].', ''));
  t.deepEqual(places, ['upstream[0].since', 'advisories[0].id', 'advisories[0].affected', 'releaseNotes']);
});

test('the published JSON schema is the one that is checked', async (t) => {
  const published = await readFile(new URL('../../schema/registry.schema.json', import.meta.url), 'utf8');
  t.is(published, registryJsonSchema(), 'run: sh bin/node scripts/generate-registry-schema.ts');
});

test('text that is no JSON is told as such', (t) => {
  t.regex(problemsOf('{').join(), /^it is no JSON: /);
});

test('a hash of the wrong length is refused at its place', (t) => {
  const problems = problemsAfter((draft) => {
    natsDownload(draft)['sha256'] = 'ab'.repeat(33);
  });
  t.deepEqual(problems, [`${natsPath}.sha256: must be 64 lower-case hexadecimal digits`]);
});

test('an archive without hash needs a reason', (t) => {
  const problems = problemsAfter((draft) => {
    natsDownload(draft)['sha256'] = null;
  });
  t.is(problems.length, 1);
  t.true(problems[0]?.startsWith(natsPath));
});

test('a member may not lead out of its archive', (t) => {
  for (const path of ['/bin/sh', '../sh', 'a/../../sh', 'a/..', './sh']) {
    const problems = problemsAfter((draft) => {
      natsDownload(draft)['members'] = { 'nats-server': path };
    });
    t.deepEqual(problems, [`${natsPath}.members["nats-server"]: must be a relative path without . and ..`]);
  }
});

test('plain http is refused', (t) => {
  const problems = problemsAfter((draft) => {
    natsDownload(draft)['url'] = 'http://example.org/a.tar.gz';
  });
  t.deepEqual(problems, [`${natsPath}.url: must be a whole https URL`]);
});

test('one hash for two archives is a slip', (t) => {
  const problems = problemsAfter((draft) => {
    const caddy = draft.packages['caddy']?.versions['2.11.4']?.archives[0]?.platforms['linux-amd64'];
    if (caddy) caddy.sha256 = natsDownload(draft)['sha256'] as string;
  });
  t.is(problems.length, 1);
  t.regex(problems[0] ?? '', /packages\.caddy\..*sha256: hash \w+… is already used at packages\.nats-server/);
});

test('a name belongs to one component', (t) => {
  const problems = problemsAfter((draft) => {
    draft.packages['caddy']?.components['caddy']?.aliases.push('nats');
  });
  t.regex(problems.join(), /name nats is already used at packages\.nats-server/);
});

test('a version whose archives lack an executable is refused', (t) => {
  const problems = problemsAfter((draft) => {
    draft.packages['victoria-metrics']?.versions['1.152.0']?.archives.pop();
  });
  t.regex(problems.join(), /linux-amd64: executable vmagent is provided nowhere/);
});

test('an unknown key anywhere is refused', (t) => {
  const problems = problemsAfter((draft) => {
    Object.assign(draft.packages['etcd'] ?? {}, { licens: 'x' });
  });
  t.regex(problems.join(), /packages\.etcd: Unrecognized key: "licens"/);
});

test('any JSON document is either a registry or an error with a place, never another failure', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      t.true(problemsOf(JSON.stringify(value)).length > 0);
      const packages = { a: value };
      t.true(problemsOf(JSON.stringify({ schemaVersion: 1, packages })).every((one) => one.includes('packages')));
    }),
  );
  t.pass();
});

test('the built booty takes its own registry as it stands, and looks at any other', (t) => {
  const dist = new URL('../../dist/', import.meta.url);
  const digest = createHash('sha256')
    .update(readFileSync(new URL('../../registry.json', import.meta.url)))
    .digest('hex');
  const knows = readdirSync(dist).filter(
    (name) => name.endsWith('.js') && readFileSync(new URL(name, dist), 'utf8').includes(digest),
  );
  t.is(knows.length, 1, 'built by npm run build, of this very registry.json');
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-registry-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['bin', 'dist', 'node_modules', 'package.json'])
    symlinkSync(new URL(`../../${name}`, import.meta.url).pathname, path.join(folder, name));
  writeFileSync(path.join(folder, 'registry.json'), '{"schemaVersion": 2}');
  const command = [
    path.join(folder, 'bin/node'),
    '--preserve-symlinks',
    '--preserve-symlinks-main',
    path.join(folder, 'dist/cli.js'),
    'list',
  ];
  const { status, stderr } = spawnSync('sh', command, {
    env: { ...process.env, BOOTY_HOME: path.join(folder, 'home') },
    encoding: 'utf8',
  });
  t.is(status, 2);
  t.regex(stderr, /registry\.json cannot be used: schemaVersion/);
});
