import { readFile } from 'node:fs/promises';
import test from 'ava';
import * as fc from 'fast-check';
import { lintRegistry } from '../../source/registry/lint/lint.ts';
import type { Registry } from '../../source/registry/schema.ts';

const shipped = await readFile(new URL('../../registry.json', import.meta.url), 'utf8');

type Draft<Value> = { -readonly [Key in keyof Value]: Draft<Value[Key]> };
type Package = Draft<Registry['packages'][string]>;

/** The problems of the shipped registry after a change of one package: `path: message | fix`. */
const problemsAfter = (name: string, change: (entry: Package, draft: Draft<Registry>) => void): readonly string[] => {
  const draft = JSON.parse(shipped) as Draft<Registry>;
  const entry = draft.packages[name];
  if (!entry) throw new Error(`the shipped registry has no ${name}`);
  change(entry, draft);
  const { findings } = lintRegistry(JSON.stringify(draft, null, 2));
  return findings
    .filter(({ level }) => level === 'problem')
    .map(({ path, message, fix }) => `${path}: ${message} | ${fix}`);
};

const download = (entry: Package, version: string): Record<string, unknown> => {
  const found = entry.versions[version]?.archives[0]?.platforms['linux-amd64'];
  if (!found) throw new Error(`the shipped registry has no ${version} of it`);
  return found;
};

test('the shipped registry has nothing to mend', (t) => {
  const { findings, registry } = lintRegistry(shipped);
  t.deepEqual(
    findings.filter(({ level }) => level === 'problem'),
    [],
  );
  t.true(registry !== null);
  t.true(findings.every(({ level, fix }) => level === 'note' && fix !== ''));
});

const cases: readonly (readonly [string, string, (entry: Package, draft: Draft<Registry>) => void, RegExp])[] = [
  [
    'an address of another version',
    'caddy',
    (entry) => {
      download(entry, '2.11.3')['url'] =
        'https://github.com/caddyserver/caddy/releases/download/v2.11.2/caddy_2.11.2_linux_amd64.tar.gz';
    },
    /^packages\.caddy\.versions\["2\.11\.3"\].*url: .*does not name 2\.11\.3 \| write the address of this very version$/,
  ],
  [
    'an address of another platform',
    'caddy',
    (entry) => {
      download(entry, '2.11.3')['url'] =
        'https://github.com/caddyserver/caddy/releases/download/v2.11.3/caddy_2.11.3_linux_armv7_arm64.tar.gz';
    },
    /is for arm64, and it stands under linux-amd64 \| /,
  ],
  [
    'a format the address does not end like',
    'nomad',
    (entry) => {
      download(entry, '1.11.3')['format'] = 'tar.gz';
    },
    /\.format: .*does not end like tar\.gz \| write the format the archive has$/,
  ],
  [
    'a member of another version',
    'prometheus',
    (entry) => {
      download(entry, '3.12.0')['members'] = {
        prometheus: 'prometheus-3.11.0.linux-amd64/prometheus',
        promtool: 'promtool',
      };
    },
    /members\.prometheus: prometheus-3\.11\.0\S+ names another version than 3\.12\.0 \| /,
  ],
  [
    'versions out of order',
    'caddy',
    (entry) => {
      const { '2.10.2': oldest, ...others } = entry.versions;
      entry.versions = { ...others, ...(oldest && { '2.10.2': oldest }) };
    },
    /^packages\.caddy\.versions\["2\.11\.3"\]: it stands before 2\.10\.2, which is older \| put versions in order/,
  ],
  [
    'a licence that binds and is not told',
    'vault',
    (entry) => {
      delete entry.notice;
    },
    /^packages\.vault\.licence: BUSL-1\.1 binds .* \| say in `notice`/,
  ],
  [
    'a template that does not give what is there',
    'caddy',
    (entry) => {
      if (entry.updater?.kind === 'github') delete entry.updater.archives[0]?.os;
    },
    /^packages\.caddy\.updater\.archives: of 2\.11\.4 its rules make \S+darwin\S+, the registry has \S+mac\S+ \| mend the template/,
  ],
  [
    'an executable no rule is for',
    'jsonnet',
    (entry) => {
      if (entry.updater?.kind === 'github') delete entry.updater.archives[0]?.members['jsonnetfmt'];
    },
    /^packages\.jsonnet\.updater\.archives: no rule says where jsonnetfmt is \| /,
  ],
  [
    'an address that is there twice',
    'caddy',
    (entry, draft) => {
      const nats = draft.packages['nats-server'];
      if (nats) download(nats, '2.14.4')['url'] = download(nats, '2.14.5')['url'];
      entry.title = 'Caddy';
    },
    /already the address of packages\["nats-server"\]\.versions\["2\.14\.4"\]/,
  ],
  [
    'a hash of the wrong length',
    'caddy',
    (entry) => {
      download(entry, '2.11.4')['sha256'] = 'ab'.repeat(33);
    },
    /^packages\.caddy\.versions\["2\.11\.4"\].*sha256: must be 64 .* \| copy the SHA-256 again from upstream's checksum file$/,
  ],
  [
    'a key nobody knows',
    'caddy',
    (entry) => {
      Object.assign(entry, { licens: 'x' });
    },
    /^packages\.caddy: Unrecognized key: "licens" \| take it out, or mend its spelling/,
  ],
  [
    'a key that is missing',
    'caddy',
    (entry) => {
      Reflect.deleteProperty(entry, 'homepage');
    },
    /^packages\.caddy\.homepage: .* \| add homepage, a string$/,
  ],
];

for (const [what, name, change, wanted] of cases) {
  test(`found, with the change to make: ${what}`, (t) => {
    const problems = problemsAfter(name, change);
    t.true(
      problems.some((problem) => wanted.test(problem)),
      problems.join('\n'),
    );
  });
}

test('what stands twice is found, where it stands the last time', (t) => {
  const text = shipped.replace('"2.12.8": {', '"2.14.5": {');
  const twice = lintRegistry(text).findings.find(({ message }) => message.startsWith('it stands here twice'));
  t.is(twice?.path, 'packages["nats-server"].versions["2.14.5"]');
  t.is(text.split('\n')[(twice?.line ?? 0) - 1]?.trim(), '"2.14.5": {');
  t.is(twice?.column, 9);
});

test('text that is no JSON is told with its place', (t) => {
  const [finding] = lintRegistry('{\n  "packages": {},\n}').findings;
  t.regex(finding?.message ?? '', /^it is no JSON: /);
  t.is(finding?.line, 3);
});

test('what no editor shows, what no stack holds and what is a bad key are told in words', (t) => {
  const told = (text: string): string =>
    lintRegistry(text)
      .findings.map(({ message, fix }) => `${message}: ${fix}`)
      .join();
  t.regex(told(`\uFEFF${shipped}`), /byte order mark .*: save it as UTF-8 without/);
  t.regex(told('['.repeat(200_000) + ']'.repeat(200_000)), /nests deeper than any registry/);
  t.regex(told(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`), /nests deeper than any registry/);
  t.regex(told(shipped.replace('"2.12.8": {', '"v2.12": {')), /must be a semver version without prerelease/);
  t.regex(told(shipped.replace('"nats-server": {', '"constructor": {')), /may not be named so: give it a name/);
  // Kept by JSON.parse, and dropped by what checks the form.
  for (const [old, name] of [
    ['"nats-server": {', 'packages.__proto__'],
    ['"2.12.8": {', 'versions.__proto__'],
    ['"linux-amd64": {', 'platforms.__proto__'],
  ] as const) {
    const found = lintRegistry(shipped.replace(old, '"__proto__": {')).findings;
    t.true(
      found.some(({ message, path }) => /may not be named so/.test(message) && path.endsWith(name)),
      old,
    );
  }
});

test('a text that would do something to a terminal is refused, and is not shown by what refuses it', (t) => {
  for (const evil of ['\x1b[2J', '\u009b2J', '\u202e', 'two\nlines', '\u0000']) {
    const document = JSON.parse(shipped) as { packages: Record<string, { title: string; licence: string }> };
    const [entry] = Object.values(document.packages);
    if (entry === undefined) throw new Error('there is a package');
    const asText = (change: object): string =>
      JSON.stringify({ ...document, packages: { x: { ...entry, ...change } } });
    for (const change of [{ title: `NATS${evil}` }, { components: { [evil]: {} } }, { [evil]: 1 }]) {
      const { findings } = lintRegistry(asText(change));
      t.true(
        findings.some(({ message }) => /control character/.test(message)),
        evil,
      );
      t.false(
        findings.some(({ message, path, fix }) => `${message}${path}${fix}`.includes(evil)),
        evil,
      );
    }
    t.false(JSON.stringify(lintRegistry(`{${evil}`).findings[0]?.message).includes(JSON.stringify(evil).slice(1, -1)));
  }
});

test('any document is looked through without a failure, and every place is in it', (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('a', 'nats-server'), (value, name) => {
      for (const document of [value, { schemaVersion: 1, packages: { [name]: value } }]) {
        const text = JSON.stringify(document, null, 2);
        const { findings } = lintRegistry(text);
        t.true(findings.length > 0);
        t.true(findings.every(({ line }) => line >= 1 && line <= text.split('\n').length));
      }
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      t.notThrows(() => lintRegistry(text));
    }),
  );
});
