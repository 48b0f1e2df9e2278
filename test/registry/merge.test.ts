import test from 'ava';
import * as fc from 'fast-check';
import { type Merged, mergeRegistry, nothingMerged } from '../../source/registry/merge.ts';
import { parseRegistry } from '../../source/registry/load.ts';
import type { Registry } from '../../source/registry/schema.ts';
import { hashOf, registryOf } from './documents.ts';

const lay = (...registries: readonly Registry[]): Merged | { readonly problems: readonly string[] } => {
  let merged: Merged = nothingMerged;
  for (const [index, registry] of registries.entries()) {
    const next = mergeRegistry(merged, `layer-${index}`, registry);
    if ('problems' in next) return next;
    merged = next;
  }
  return merged;
};

const laid = (...registries: readonly Registry[]): Merged => {
  const merged = lay(...registries);
  if ('problems' in merged) throw new Error(merged.problems.join('; '));
  return merged;
};

const problems = (...registries: readonly Registry[]): string => {
  const merged = lay(...registries);
  return 'problems' in merged ? merged.problems.join('; ') : '';
};

const hashIn = ({ registry }: Merged, version: string, platform: 'linux-amd64' | 'linux-arm64'): string | null =>
  registry.packages['widget']?.versions[version]?.archives[0]?.platforms[platform]?.sha256 ?? null;

const a = hashOf('a');
const b = hashOf('b');

test('a later registry may add packages, versions, platforms, components and aliases', (t) => {
  const { registry } = laid(
    registryOf({ '1.0.0': { 'linux-amd64': a } }),
    registryOf(
      { '1.0.0': { 'linux-arm64': b }, '1.1.0': { 'linux-amd64': hashOf('c') } },
      {
        components: {
          widget: { executable: 'widget', aliases: ['wid'] },
          'widget-agent': { executable: 'widget', aliases: [] },
        },
      },
    ),
    registryOf({ '3.0.0': { 'linux-amd64': hashOf('d') } }, {}, 'gadget'),
  );
  t.deepEqual(Object.keys(registry.packages), ['widget', 'gadget']);
  const widget = registry.packages['widget'];
  t.deepEqual(Object.keys(widget?.versions ?? {}), ['1.0.0', '1.1.0']);
  t.deepEqual(Object.keys(widget?.versions['1.0.0']?.archives[0]?.platforms ?? {}), ['linux-amd64', 'linux-arm64']);
  t.deepEqual(Object.keys(widget?.components ?? {}), ['widget', 'widget-agent']);
  t.deepEqual(widget?.components['widget']?.aliases, ['wid']);
  // What comes out is a registry like any other.
  t.notThrows(() => parseRegistry(JSON.stringify(registry), 'merged'));
});

test('words and URLs are those of the last that names them, where the bytes are the same', (t) => {
  const near = JSON.parse(
    JSON.stringify(registryOf({ '1.0.0': { 'linux-amd64': a } }, { licence: 'MIT' })),
  ) as Registry;
  const download = near.packages['widget']?.versions['1.0.0']?.archives[0]?.platforms['linux-amd64'];
  if (download) download.url = 'https://near.example/widget.tar.gz';
  const { registry, vouchers } = laid(registryOf({ '1.0.0': { 'linux-amd64': a } }), near);
  t.is(registry.packages['widget']?.licence, 'MIT');
  const found = registry.packages['widget']?.versions['1.0.0']?.archives[0]?.platforms['linux-amd64'];
  t.is(found?.url, 'https://near.example/widget.tar.gz');
  t.deepEqual(vouchers.get('widget 1.0.0 linux-amd64'), ['layer-0', 'layer-1']);
});

test('other bytes for a version are refused, by name, unless override is said', (t) => {
  const first = registryOf({ '1.0.0': { 'linux-amd64': a } });
  t.regex(
    problems(first, registryOf({ '1.0.0': { 'linux-amd64': b } })),
    /widget 1\.0\.0 for linux-amd64: layer-0 name other bytes/,
  );
  const merged = laid(first, registryOf({ '1.0.0': { 'linux-amd64': b, override: true } }));
  t.is(hashIn(merged, '1.0.0', 'linux-amd64'), b);
  t.deepEqual(merged.overrides, [
    { package: 'widget', version: '1.0.0', platform: 'linux-amd64', by: 'layer-1', instead: ['layer-0'] },
  ]);
  t.deepEqual(merged.vouchers.get('widget 1.0.0 linux-amd64'), ['layer-1']);
  // It was said to those before it, not for those after it.
  t.regex(
    problems(
      first,
      registryOf({ '1.0.0': { 'linux-amd64': b, override: true } }),
      registryOf({ '1.0.0': { 'linux-amd64': a } }),
    ),
    /layer-1 name other bytes/,
  );
});

test('refusing is always allowed, taking back a refusal only with override', (t) => {
  const refusing = registryOf({ '1.0.0': { 'linux-amd64': null } });
  const naming = registryOf({ '1.0.0': { 'linux-amd64': a } });
  t.is(hashIn(laid(naming, refusing), '1.0.0', 'linux-amd64'), null);
  t.regex(problems(naming, refusing, naming), /layer-1 refuse it/);
  t.is(
    hashIn(
      laid(naming, refusing, registryOf({ '1.0.0': { 'linux-amd64': b, override: true } })),
      '1.0.0',
      'linux-amd64',
    ),
    b,
  );
});

test('the same archive with another member of it counts as other bytes', (t) => {
  const other = JSON.parse(JSON.stringify(registryOf({ '1.0.0': { 'linux-amd64': a } }))) as Registry;
  const download = other.packages['widget']?.versions['1.0.0']?.archives[0]?.platforms['linux-amd64'];
  if (download) download.members = { widget: 'tools/other' };
  t.regex(problems(registryOf({ '1.0.0': { 'linux-amd64': a } }), other), /name other bytes/);
});

test('no registry gives a name another meaning', (t) => {
  const first = registryOf(
    { '1.0.0': { 'linux-amd64': a } },
    { go: { module: 'widget.example/w', executables: { widget: 'widget.example/w' } } },
  );
  const again = (entry: Readonly<Record<string, unknown>>): Registry => registryOf({}, { ...entry });
  t.regex(problems(first, again({ tree: { stripLevels: 1 } })), /other rules for its tree/);
  t.regex(
    problems(first, again({ go: { module: 'evil.example/w', executables: { widget: 'evil.example/w' } } })),
    /other Go modules/,
  );
  t.regex(
    problems(
      first,
      registryOf(
        { '9.0.0': { 'linux-amd64': b } },
        { components: { gadget: { executable: 'gadget', aliases: ['widget'] } } },
        'gadget',
      ),
    ),
    /name widget is already used/,
  );
});

test('whatever is laid over it, a registry keeps its bytes unless one says override or refuses', (t) => {
  const wish = fc.record(
    {
      'linux-amd64': fc.constantFrom(a, b, null),
      'linux-arm64': fc.constantFrom(hashOf('c'), hashOf('d'), null),
      override: fc.constant(true as const),
    },
    { requiredKeys: [] },
  );
  const document = fc.dictionary(fc.constantFrom('1.0.0', '2.0.0'), wish, { maxKeys: 1 });
  fc.assert(
    fc.property(fc.array(document, { minLength: 1, maxLength: 4 }), (documents) => {
      // A version must name a platform at least.
      const usable = documents.map((each) =>
        Object.fromEntries(
          Object.entries(each).filter(([, own]) => Object.keys(own).some((key) => key !== 'override')),
        ),
      );
      let merged: Merged = nothingMerged;
      for (const [index, each] of usable.entries()) {
        const next = mergeRegistry(merged, `layer-${index}`, registryOf(each));
        if ('problems' in next) continue;
        for (const version of ['1.0.0', '2.0.0']) {
          for (const platform of ['linux-amd64', 'linux-arm64'] as const) {
            const before = hashIn(merged, version, platform);
            const after = hashIn(next, version, platform);
            if (before === null || before === after) continue;
            const said = each[version];
            t.true(after === null ? said?.[platform] === null : said?.override === true);
          }
        }
        merged = next;
      }
    }),
    { numRuns: 200 },
  );
});
