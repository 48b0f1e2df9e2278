/** Components that a bundle carries, installed with nothing else to ask. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { BootyError } from '../../../source/core/error.ts';
import { parseRegistry } from '../../../source/registry/load.ts';
import { createStore } from '../../../source/store/create-store.ts';
import type { Pin } from '../../../source/store/pin.ts';
import type { Installed } from '../../../source/store/store.ts';
import { carriers, clock, codeOf, files, hostWith, installAll, newHome } from '../world.ts';
import { serve, sha256, whole } from './mirror.ts';
import { tarGz } from './packed.ts';

const own = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
const body = tarGz({ 'demo-1/demo': '#!/bin/sh\necho demo\n', 'demo-1/share/page.html': '<p>page</p>' });
const archive = (tree: boolean) =>
  parseRegistry(
    JSON.stringify({
      schemaVersion: 1,
      packages: {
        demo: {
          title: 'Demo',
          homepage: 'https://up.example',
          licence: 'MIT',
          executables: ['demo'],
          components: { demo: { executable: 'demo', aliases: [] } },
          ...(tree && { tree: { stripLevels: 1 } }),
          versions: {
            '1.2.3': {
              archives: [
                {
                  name: 'demo',
                  platforms: {
                    [own]: {
                      url: 'https://up.example/demo.tar.gz',
                      format: 'tar.gz',
                      sha256: sha256(body),
                      members: { demo: 'demo-1/demo' },
                    },
                  },
                },
              ],
            },
          },
        },
      },
    }),
    'test',
  );

/** A folder as a bundle holds it: the store of whoever made it. */
const carriedIn = async (t: ExecutionContext, tree = false): Promise<string> => {
  const { origin } = await serve(t, { '/demo.tar.gz': whole(body) });
  const root = await newHome(t);
  const host = hostWith({ BOOTY_MIRROR: `up.example=${origin}`, BOOTY_SOURCES: 'archive' });
  const store = createStore({ ...carriers, files, clock, registry: archive(tree), home: root, host });
  t.like((await installAll(store, ['demo'])).results.get('demo'), { source: 'archive' });
  return root;
};

const bareStore = async (t: ExecutionContext, carried: string, tree = false) => {
  const host = hostWith({ BOOTY_MIRROR: '/nonexistent', BOOTY_SOURCES: '' });
  return createStore({ ...carriers, files, clock, registry: archive(tree), home: await newHome(t), host, carried });
};

for (const tree of [false, true]) {
  test(`what is carried is installed as what it was${tree ? ', a whole tree too' : ''}`, async (t) => {
    const store = await bareStore(t, await carriedIn(t, tree), tree);
    const installed = (await installAll(store, ['demo'])).results.get('demo') as Installed;
    t.like(installed, { version: '1.2.3', source: 'archive', reason: 'archive: carried by the bundle' });
    t.is(installed.downloads[0]?.sha256, sha256(body));
    t.is(await files.readText(installed.executables['demo'] ?? ''), '#!/bin/sh\necho demo\n');
    t.deepEqual(
      (await store.audit()).flatMap(({ problems }) => problems),
      [],
    );
  });
}

test('a lock is held to what was downloaded once, whoever carried it', async (t) => {
  const carried = await carriedIn(t);
  const pin = (digest: string): Pin => ({
    version: '1.2.3',
    sources: { archive: { sourceVersion: '1.2.3', sha256: [digest] } },
    holder: 'booty.lock.json, service demo,',
  });
  for (const [digest, code] of [
    [sha256(body), null],
    ['0'.repeat(64), 'LOCK_OTHER_BYTES'],
  ] as const) {
    const store = await bareStore(t, carried);
    let result: unknown = null;
    const on = { progress: () => undefined, settled: (_: string, outcome: unknown) => void (result = outcome) };
    await store.install([{ component: 'demo', range: null, pin: pin(digest) }], on, new AbortController().signal);
    t.is((result as { code?: string }).code ?? null, code);
  }
});

for (const [what, path, tree] of [
  ['a program', 'bin/demo', false],
  ['a file beside it', 'share/page.html', true],
] as const) {
  test(`a byte changed in ${what} of a bundle is refused`, async (t) => {
    const carried = await carriedIn(t, tree);
    const file = join(carried, 'store/demo/1.2.3', path);
    chmodSync(file, 0o644);
    const bytes = readFileSync(file);
    bytes[3] = (bytes[3] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const outcome = await installAll(await bareStore(t, carried, tree), ['demo']);
    t.is(codeOf(outcome, 'demo'), 'STORE_HASH_MISMATCH');
    t.regex((outcome.results.get('demo') as BootyError).hint, /unpack it again/);
  });
}

test('a bundle whose receipt was changed carries nothing, and says so', async (t) => {
  const carried = await carriedIn(t);
  const file = join(carried, 'store/demo/1.2.3/receipt.json');
  chmodSync(file, 0o644);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"licence": "MIT"', '"licence": "MIX"'));
  const outcome = await installAll(await bareStore(t, carried), ['demo']);
  const error = outcome.results.get('demo') as BootyError;
  t.regex(error.message, /bundle: .*store\/demo\/1\.2\.3: it is not as it was packed/);
});
