import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createFollowingStore } from '../../source/store/following-store.ts';
import { createStore } from '../../source/store/create-store.ts';
import type { Believed } from '../../source/trust/believe.ts';
import { openRegistries, registriesMark } from '../../source/trust/open-registries.ts';
import { hashOf, registryText } from '../registry/documents.ts';
import { fakeSource } from '../store/fake-source.ts';
import { carriers, clock, codeOf, files, hostWith, installAll, newHome } from '../store/world.ts';

const linux = { 'linux-amd64': hashOf('a'), 'linux-arm64': hashOf('b') };
const other = { 'linux-amd64': hashOf('c'), 'linux-arm64': hashOf('d') };

const place = async (t: ExecutionContext, contents: Readonly<Record<string, string>>): Promise<string> => {
  const home = await newHome(t);
  await mkdir(join(home, 'shop'));
  for (const [name, text] of Object.entries(contents)) await writeFile(join(home, name), text);
  return home;
};

const listOf = (home: string, names: readonly string[]): string =>
  JSON.stringify({ schemaVersion: 1, registries: names.map((name) => ({ name, file: `${home}/${name}.json` })) });

const open = (home: string, variable = ''): Promise<Believed> =>
  openRegistries(
    { files, clock, host: hostWith({ BOOTY_REGISTRY: variable }) },
    { builtIn: `${home}/built-in.json`, home, project: `${home}/shop` },
  );

const versionsOf = ({ registry }: Believed): readonly string[] =>
  Object.keys(registry.packages['widget']?.versions ?? {});

const three = {
  'built-in.json': registryText({ '1.0.0': linux }),
  'company.json': registryText({ '1.1.0': other }, { licence: 'MIT' }),
  'shop/booty.registry.json': registryText({ '1.2.0': { 'linux-amd64': hashOf('e'), 'linux-arm64': hashOf('f') } }),
};

test('built in, then the list, then the project: in this order', async (t) => {
  const home = await place(t, three);
  await writeFile(join(home, 'registries.json'), listOf(home, ['company']));
  const believed = await open(home);
  t.deepEqual(
    believed.layers.map(({ name, kind, error }) => [name, kind, error]),
    [
      ['booty', 'built-in', null],
      ['company', 'file', null],
      ['project', 'project', null],
    ],
  );
  t.deepEqual(versionsOf(believed), ['1.0.0', '1.1.0', '1.2.0']);
  t.is(believed.registry.packages['widget']?.licence, 'Apache-2.0');
});

test('BOOTY_REGISTRY takes the place of the list, by path or name', async (t) => {
  const home = await place(t, { ...three, 'mine.json': registryText({ '4.0.0': other }) });
  await writeFile(join(home, 'registries.json'), listOf(home, ['company']));
  t.deepEqual(versionsOf(await open(home, `${home}/mine.json`)), ['1.0.0', '4.0.0', '1.2.0']);
  const error = await t.throwsAsync(open(home, 'nobody'), { message: /BOOTY_REGISTRY.*nobody is no absolute path/ });
  t.regex((error as { hint?: string }).hint ?? '', /absolute paths/);
  await writeFile(join(home, 'mine.json'), registryText({ '1.1.0': linux }).replaceAll(hashOf('a'), hashOf('9')));
  t.deepEqual(versionsOf(await open(home, `company,${home}/shop/booty.registry.json`)), ['1.0.0', '1.1.0', '1.2.0']);
});

test('a registry that cannot be used is left out, and until it is mended nothing is installed anew', async (t) => {
  const home = await place(t, three);
  await writeFile(join(home, 'registries.json'), listOf(home, ['company']));
  const source = fakeSource(files, { widget: ['1.0.0', '1.1.0'] });
  const host = hostWith({});
  const store = async () => {
    const { registry, caution } = await open(home);
    return createStore({ ...carriers, files, host, clock, registry, caution, home, sources: [source] });
  };
  const first = await installAll(await store(), ['widget@1.0.0']);
  t.is(codeOf(first, 'widget'), null);

  for (const [text, code] of [
    ['{ torn', 'REGISTRY_INVALID'],
    [registryText({ '1.0.0': other }), 'REGISTRY_CONFLICT'],
  ] as const) {
    await writeFile(join(home, 'company.json'), text);
    const believed = await open(home);
    t.is(believed.layers[1]?.error?.code, code);
    t.deepEqual(versionsOf(believed), ['1.0.0', '1.2.0']);
    const broken = await store();
    t.is((await broken.find('widget', '^1.0'))?.version, '1.0.0');
    t.is(codeOf(await installAll(broken, ['widget@1.0.0']), 'widget'), null, 'what is there is there');
    t.is(codeOf(await installAll(broken, ['widget@1.2.0']), 'widget'), code);
    const { versions, troubles } = (await broken.offers(['widget'], false, () => {}, AbortSignal.timeout(60_000))).get(
      'widget',
    ) ?? { versions: [], troubles: [] };
    t.deepEqual(versions, []);
    t.is(troubles.length, 1);
  }
  // Bytes that are held by a lock need nobody's word.
  const pin = { version: '1.1.0', sources: null, holder: 'booty.lock.json' };
  const results: unknown[] = [];
  await (
    await store()
  ).install(
    [{ component: 'widget', range: null, pin }],
    { progress: () => {}, settled: (_, result) => results.push(result) },
    AbortSignal.timeout(60_000),
  );
  t.like(results[0], { version: '1.1.0' });
});

test('a list that cannot be read is told with its path, and keeps nothing that is installed from running', async (t) => {
  const home = await place(t, three);
  const source = fakeSource(files, { widget: ['1.0.0', '1.2.0'] });
  const store = async () => {
    const { registry, caution } = await open(home);
    return createStore({ ...carriers, files, host: hostWith({}), clock, registry, caution, home, sources: [source] });
  };
  t.is(codeOf(await installAll(await store(), ['widget@1.0.0']), 'widget'), null);
  for (const [text, message] of [
    ['{"schemaVersion":1,"registries":[{"name":"x","file":"relative"}]}', /registries\.0\.file: must be an absolute/],
    [listOf(home, ['company', 'company']), /registries\.json cannot be used: .*company stands twice/],
    ['{ torn', /registries\.json cannot be used: it is no JSON/],
  ] as const) {
    await writeFile(join(home, 'registries.json'), text);
    t.regex((await open(home)).layers[1]?.error?.message ?? '', message);
    t.is(codeOf(await installAll(await store(), ['widget@1.0.0']), 'widget'), null, 'what is there is there');
    t.is(codeOf(await installAll(await store(), ['widget@1.2.0']), 'widget'), 'REGISTRY_LIST_INVALID');
  }
});

test('a store that lives long sees a registry that changed', async (t) => {
  const home = await place(t, three);
  const parts = { files, clock, host: hostWith({}) };
  const places = { builtIn: `${home}/built-in.json`, home, project: `${home}/shop` };
  let made = 0;
  const store = await createFollowingStore({
    mark: () => registriesMark(parts, places),
    make: async () => {
      made += 1;
      const { registry, caution } = await openRegistries(parts, places);
      return createStore({ ...carriers, ...parts, registry, caution, home, sources: [] });
    },
  });
  const versions = async () => (await store.overview()).find((row) => row.package === 'widget')?.archives.join(' ');
  const platformVersions = await versions();
  t.is(platformVersions, '1.0.0 1.2.0');
  t.is(made, 1);
  await writeFile(join(home, 'registries.json'), listOf(home, ['company']));
  t.is(await versions(), '1.0.0 1.1.0 1.2.0');
  t.is(made, 2);
  await writeFile(
    join(home, 'company.json'),
    registryText({ '1.1.0': other, '1.1.1': { 'linux-amd64': hashOf('1'), 'linux-arm64': hashOf('2') } }),
  );
  t.is(await versions(), '1.0.0 1.1.0 1.1.1 1.2.0');
  t.truthy(store.entry('widget')?.versions['1.1.1']);
});
