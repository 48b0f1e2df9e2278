/** What expired metadata stands in the way of, and what not: TiUP's own users were locked out of what they had installed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Store } from '../../source/store/store.ts';
import { createStore } from '../../source/store/create-store.ts';
import { platformName } from '../../source/store/sources/archive/platform.ts';
import { openRegistries } from '../../source/trust/open-registries.ts';
import { updateRemote } from '../../source/trust/tuf/update.ts';
import { registryText } from '../registry/documents.ts';
import { sha256 } from '../store/sources/mirror.ts';
import { tarGz } from '../store/sources/packed.ts';
import { carriers, clock, codeOf, files, hostWith, installAll, newHome } from '../store/world.ts';
import { newSite } from './tuf/site.ts';

const dayMs = 86_400_000;
const platform = platformName(hostWith({}));

type Expiring = {
  readonly home: string;
  /** The store so many days after the metadata was fetched; it is good for 30. */
  readonly storeAfter: (days: number) => Promise<Store>;
  readonly sha256Of: (version: string) => string;
};

/** A machine that got widgets 1.0.0 and 1.1.0 from a remote registry, and `own` of them from the one that came with booty. */
const expiring = async (
  t: ExecutionContext,
  own: readonly string[] = [],
  whenExpired: 'refuse' | 'use-known' = 'refuse',
): Promise<Expiring> => {
  const home = await newHome(t);
  const packed = new Map(
    ['1.0.0', '1.1.0'].map((version) => [version, tarGz({ widget: `#!/bin/sh\necho widget ${version}\n` })]),
  );
  for (const [version, bytes] of packed) {
    const file = join(home, 'mirror/bytes.example/widget', version, `${platform}.tar.gz`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  const sha256Of = (version: string): string => sha256(packed.get(version) ?? Buffer.alloc(0));
  const textOf = (versions: readonly string[]): string =>
    registryText(Object.fromEntries(versions.map((version) => [version, { [platform]: sha256Of(version) }])));
  const site = await newSite(t);
  await writeFile(join(site.folder, 'registry.json'), textOf(['1.0.0', '1.1.0']));
  const signed = await site.sign();
  const root = { version: 1, sha256: signed.firstRootSha256 };
  const entry = { name: 'acme', url: site.url, root, whenExpired };
  await writeFile(
    join(home, 'built-in.json'),
    own.length > 0 ? textOf(own) : JSON.stringify({ schemaVersion: 1, packages: {} }),
  );
  await writeFile(join(home, 'registries.json'), JSON.stringify({ schemaVersion: 1, registries: [entry] }));
  const { downloads } = carriers;
  await updateRemote({ files, clock, downloads }, home, entry, { signal: AbortSignal.timeout(60_000) });
  // From here on nobody can be asked.
  site.close();
  const host = hostWith({ BOOTY_REGISTRY: '', BOOTY_MIRROR: `${home}/mirror`, BOOTY_SOURCES: 'archive' });
  return {
    home,
    sha256Of,
    storeAfter: async (days) => {
      const later = { ...clock, nowMs: () => clock.nowMs() + days * dayMs };
      const places = { builtIn: join(home, 'built-in.json'), home, project: null };
      const { registry, caution } = await openRegistries({ files, host, clock: later }, places);
      return createStore({ ...carriers, files, host, clock, registry, caution, home });
    },
  };
};

const messageOf = (result: unknown): string => (result instanceof Error ? result.message : '');

test('while it is good, what it names is installed; afterwards nothing new, and what is installed runs on', async (t) => {
  const { storeAfter } = await expiring(t);
  t.is(codeOf(await installAll(await storeAfter(29), ['widget@1.0.0']), 'widget'), null);
  const expired = await storeAfter(33);
  t.is((await expired.find('widget', null))?.version, '1.0.0');
  t.is(codeOf(await installAll(expired, ['widget@^1.0']), 'widget'), null);
  const refused = await installAll(expired, ['widget@1.1.0']);
  t.is(codeOf(refused, 'widget'), 'REGISTRY_EXPIRED');
  t.regex(
    messageOf(refused.results.get('widget')),
    /registry acme alone, whose metadata is 33 days old and expired [23] days ago: new versions are not taken/,
  );
  const offers = (await expired.offers(['widget'], false, () => {}, AbortSignal.timeout(60_000))).get('widget');
  t.deepEqual(offers?.versions, []);
  t.regex(offers?.troubles[0]?.reason ?? '', /expired [23] days ago/);
  t.is((await expired.audit()).flatMap(({ problems }) => problems).length, 0);
});

test('what a lock holds by its bytes is fetched whatever the age', async (t) => {
  const { storeAfter, sha256Of } = await expiring(t);
  const settled: unknown[] = [];
  const install = async (sha256: string): Promise<void> => {
    const sources = { archive: { sourceVersion: '1.1.0', sha256: [sha256] } };
    const pin = { version: '1.1.0', sources, holder: 'booty.lock.json, service widget,' };
    const store = await storeAfter(400);
    await store.install(
      [{ component: 'widget', range: null, pin }],
      { progress: () => {}, settled: (_, result) => settled.push(result) },
      AbortSignal.timeout(60_000),
    );
  };
  await install('0'.repeat(64));
  t.like(settled.pop(), { code: 'LOCK_OTHER_BYTES' });
  await install(sha256Of('1.1.0'));
  t.like(settled.pop(), { version: '1.1.0', source: 'archive' });
});

test('what another registry vouches for by the same bytes needs no word of the expired one', async (t) => {
  const { storeAfter } = await expiring(t, ['1.0.0']);
  const outcome = await installAll(await storeAfter(33), ['widget']);
  t.like(outcome.results.get('widget'), { version: '1.0.0' });
  t.true(
    outcome.progress.some(({ message }) =>
      message?.startsWith('not 1.1.0: widget 1.1.0 is known from registry acme alone'),
    ),
  );
  t.is(codeOf(await installAll(await storeAfter(33), ['widget@1.1.0']), 'widget'), 'REGISTRY_EXPIRED');
});

test('who chose so uses what is known although it expired', async (t) => {
  const { storeAfter } = await expiring(t, [], 'use-known');
  const outcome = await installAll(await storeAfter(400), ['widget']);
  t.like(outcome.results.get('widget'), { version: '1.1.0' });
});
