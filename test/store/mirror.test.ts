/** Mirrors of upstreams' archives: cloned, served, installed from with the upstream gone, damaged. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { BootyError } from '../../source/core/error.ts';
import { serveFolder } from '../../source/edge/folder-server.ts';
import { parseRegistry } from '../../source/registry/load.ts';
import { createStore } from '../../source/store/create-store.ts';
import type { Cloned, CloneWant } from '../../source/store/mirror/clone.ts';
import { parseMirrorDocument } from '../../source/store/mirror/document.ts';
import { readMirrorDocument } from '../../source/store/mirror/read-document.ts';
import { serve, sha256, whole } from './sources/mirror.ts';
import { tarGz } from './sources/packed.ts';
import { carriers, clock, codeOf, files, hostWith, installAll, newHome } from './world.ts';

const never = new AbortController().signal;
const own = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
const foreign = own === 'linux-arm64' ? 'linux-amd64' : 'linux-arm64';

const packed = (version: string, platform: string): Buffer =>
  tarGz({ demo: `#!/bin/sh\necho demo ${version} ${platform}\n` });
const bytes = new Map<string, Buffer>(
  ['1.2.3', '1.3.0'].flatMap((version) =>
    [own, foreign].map((platform) => [`/v${version}/demo+${platform}.tar.gz`, packed(version, platform)] as const),
  ),
);
const archivesOf = (version: string, platforms: readonly string[]) => ({
  archives: [
    {
      name: 'demo',
      platforms: Object.fromEntries(
        platforms.map((platform) => {
          const path = `/v${version}/demo+${platform}.tar.gz`;
          const found = bytes.get(path) ?? Buffer.alloc(0);
          const url = `https://up.example${path}`;
          return [platform, { url, format: 'tar.gz', sha256: sha256(found), members: { demo: 'demo' } }];
        }),
      ),
    },
  ],
});
const registry = parseRegistry(
  JSON.stringify({
    schemaVersion: 1,
    packages: {
      demo: {
        title: 'Demo',
        homepage: 'https://up.example',
        licence: 'MIT',
        executables: ['demo'],
        components: { demo: { executable: 'demo', aliases: [] } },
        versions: { '1.2.3': archivesOf('1.2.3', [own, foreign]), '1.3.0': archivesOf('1.3.0', [own]) },
      },
    },
  }),
  'test',
);

const storeOf = (home: string, mirror: string) =>
  createStore({
    ...carriers,
    files,
    clock,
    registry,
    home,
    host: hostWith({ BOOTY_MIRROR: mirror, BOOTY_SOURCES: 'archive' }),
  });

const upstream = (t: ExecutionContext) =>
  serve(t, Object.fromEntries([...bytes].map(([path, body]) => [path, whole(body)])));

const cloneInto = async (
  store: ReturnType<typeof storeOf>,
  folder: string,
  wanted: readonly CloneWant[],
  platforms: Parameters<typeof store.clone>[2] = [],
): Promise<readonly (Cloned | Error)[]> => {
  const results: (Cloned | Error)[] = [];
  const on = {
    progress: () => undefined,
    settled: (_: CloneWant, result: Cloned | Error) => void results.push(result),
  };
  await store.clone(folder, wanted, platforms, on, never);
  return results;
};

const served = async (t: ExecutionContext, folder: string): Promise<string> => {
  const server = await serveFolder(folder, { bind: '127.0.0.1', port: 0 }, () => undefined);
  t.teardown(() => server.close());
  return `http://127.0.0.1:${server.port}`;
};

test('what is served is a file below the folder: no link leads out of it, and nobody waits for a pipe', async (t) => {
  const [folder, outside] = [await newHome(t), await newHome(t)];
  await Promise.all([
    writeFile(join(folder, 'in'), 'in'),
    writeFile(join(outside, 'secret'), 'out'),
    mkdir(join(folder, 'sub')),
  ]);
  await symlink('../in', join(folder, 'sub/link'));
  await symlink(join(outside, 'secret'), join(folder, 'leak'));
  await symlink(outside, join(folder, 'away'));
  await symlink('.', join(folder, 'loop'));
  await symlink('round', join(folder, 'round'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  const base = await served(t, folder);
  const statusOf = async (path: string): Promise<number> => {
    const answer = await fetch(`${base}/${path}`, { signal: AbortSignal.timeout(10_000) });
    await answer.text();
    return answer.status;
  };
  for (const [path, status] of [
    ['in', 200],
    ['sub/link', 200],
    ['loop/loop/in', 200],
    ['leak', 403],
    ['away/secret', 403],
    ['round', 404],
    ['sub', 404],
    ['pipe', 404],
    ['none', 404],
    ['a%00b', 400],
    ['%ff', 400],
  ] as const) {
    t.is(await statusOf(path), status, path);
  }
});

test('what stands in the place of the document of a mirror and is none is told, and not waited for', async (t) => {
  for (const [put, problem] of [
    [(path: string) => execFileSync('mkfifo', [path]), 'it is no file'],
    [(path: string) => mkdirSync(path), 'it is no file'],
    [(path: string) => (writeFileSync(path, ''), truncateSync(path, 8_000_000_000)), 'it is too large'],
  ] as const) {
    const folder = await newHome(t);
    put(join(folder, 'booty-mirror.json'));
    const expected = { code: 'MIRROR_UNREADABLE', message: new RegExp(`: ${problem}$`) } as const;
    await t.throwsAsync(readMirrorDocument(files, folder), expected);
  }
  t.is(await readMirrorDocument(files, await newHome(t)), null);
});

test('two versions for two platforms are cloned once, served, and installed with the upstream gone', async (t) => {
  const { origin, asked } = await upstream(t);
  const folder = await newHome(t);
  const store = storeOf(await newHome(t), `up.example=${origin}`);
  const wants = [
    { component: 'demo', range: '~1.2' },
    { component: 'demo', range: null },
  ];
  const results = await cloneInto(store, folder, wants, ['linux-amd64', 'linux-arm64']);
  t.deepEqual(
    results.map((one) => (one instanceof Error ? one.message : [one.version, one.platforms.toSorted(), one.missing])),
    [
      ['1.2.3', [foreign, own].toSorted(), []],
      ['1.3.0', [own], [foreign]],
    ],
  );
  t.deepEqual((await files.list(folder)).toSorted(), ['booty-mirror.json', 'up.example']);

  const times = asked.length;
  await cloneInto(store, folder, wants, ['linux-amd64', 'linux-arm64']);
  t.is(asked.length, times, 'what lies there whole is not fetched again');

  const url = await served(t, folder);
  for (const mirror of [url, folder]) {
    const home = await newHome(t);
    const { results: installed } = await installAll(storeOf(home, mirror), ['demo@~1.2']);
    t.like(installed.get('demo'), { version: '1.2.3', source: 'archive', reason: null });
    const newest = await installAll(storeOf(await newHome(t), mirror), ['demo']);
    t.like(newest.results.get('demo'), { version: '1.3.0' });
  }
  t.like(await store.checkMirror(folder, () => undefined, never), { problems: [], strays: [] });
});

test('what a mirror does not hold is not offered, though the registry has it', async (t) => {
  const { origin } = await upstream(t);
  const folder = await newHome(t);
  const [result] = await cloneInto(storeOf(await newHome(t), `up.example=${origin}`), folder, [
    { component: 'demo', range: '~1.2' },
  ]);
  t.like(result, { version: '1.2.3' });
  const store = storeOf(await newHome(t), folder);
  t.like((await installAll(store, ['demo'])).results.get('demo'), { version: '1.2.3' });
  const outcome = await installAll(store, ['demo@^1.3']);
  t.is(codeOf(outcome, 'demo'), 'STORE_RANGE_UNSATISFIABLE');
});

test('a byte changed in a mirror is refused by whoever installs, and named by a check', async (t) => {
  const { origin } = await upstream(t);
  const folder = await newHome(t);
  const store = storeOf(await newHome(t), `up.example=${origin}`);
  await cloneInto(store, folder, [{ component: 'demo', range: '~1.2' }]);
  const path = `up.example/v1.2.3/demo+${own}.tar.gz`;
  const body = readFileSync(join(folder, path));
  body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
  writeFileSync(join(folder, path), body);
  const sums = JSON.parse(readFileSync(join(folder, 'booty-mirror.json'), 'utf8')) as {
    files: Record<string, { sha256: string }>;
  };

  const outcome = await installAll(storeOf(await newHome(t), await served(t, folder)), ['demo']);
  t.is(codeOf(outcome, 'demo'), 'STORE_UPSTREAM_CHANGED');
  const check = await store.checkMirror(folder, () => undefined, never);
  t.deepEqual(check?.problems, [`${path}: is not what the registry names`]);

  // Whoever changes the document as well convinces nobody: the registry is not the mirror's.
  const entry = sums.files[path];
  if (entry) entry.sha256 = sha256(body);
  writeFileSync(join(folder, 'booty-mirror.json'), JSON.stringify(sums));
  t.is(codeOf(await installAll(storeOf(await newHome(t), folder), ['demo']), 'demo'), 'STORE_UPSTREAM_CHANGED');
  t.deepEqual((await store.checkMirror(folder, () => undefined, never))?.problems, check?.problems);

  await cloneInto(store, folder, [{ component: 'demo', range: '~1.2' }]);
  t.deepEqual((await store.checkMirror(folder, () => undefined, never))?.problems, []);
});

test('a clone that is cancelled leaves the mirror as it was', async (t) => {
  const abort = new AbortController();
  const { origin } = await serve(t, {
    ...Object.fromEntries([...bytes].map(([path, body]) => [path, whole(body)])),
    [`/v1.3.0/demo+${own}.tar.gz`]: () => abort.abort(),
  });
  const folder = await newHome(t);
  const store = storeOf(await newHome(t), `up.example=${origin}`);
  await cloneInto(store, folder, [{ component: 'demo', range: '~1.2' }]);
  const before = readFileSync(join(folder, 'booty-mirror.json'), 'utf8');
  const results: (Cloned | Error)[] = [];
  const on = { progress: () => undefined, settled: (_: CloneWant, one: Cloned | Error) => void results.push(one) };
  await store.clone(folder, [{ component: 'demo', range: null }], [], on, abort.signal);
  t.deepEqual(
    results.map((one) => (one instanceof BootyError ? one.code : one)),
    ['CUT_SHORT'],
  );
  t.is(readFileSync(join(folder, 'booty-mirror.json'), 'utf8'), before);
  t.like((await installAll(storeOf(await newHome(t), folder), ['demo'])).results.get('demo'), { version: '1.2.3' });
});

test('clones into one folder at once wait for each other, and lose nothing of one another', async (t) => {
  const { origin } = await upstream(t);
  const folder = await newHome(t);
  const wanted = ['1.2.3', '1.3.0', '1.2.3', '1.3.0'].map((range) => ({ component: 'demo', range }));
  const all = await Promise.all(
    wanted.map(async (want) => cloneInto(storeOf(await newHome(t), `up.example=${origin}`), folder, [want])),
  );
  t.deepEqual(
    all.map(([one]) => (one instanceof Error ? one.message : one?.version)),
    ['1.2.3', '1.3.0', '1.2.3', '1.3.0'],
  );
  const checked = await storeOf(await newHome(t), folder).checkMirror(folder, () => undefined, never);
  t.like(checked, { problems: [], strays: [] });
  t.is(checked?.document.packages.length, 2);
  t.deepEqual((await files.list(folder)).toSorted(), ['booty-mirror.json', 'up.example']);
});

test('a served folder gives no way out, no hidden file, no list, and parts by range', async (t) => {
  const folder = await newHome(t);
  writeFileSync(join(folder, 'a+b.txt'), '0123456789');
  writeFileSync(join(folder, '.hidden'), 'no');
  const url = await served(t, folder);
  const status = async (path: string, init: RequestInit = {}): Promise<number> => {
    const response = await fetch(`${url}${path}`, init);
    await response.arrayBuffer();
    return response.status;
  };
  t.is(await status('/a+b.txt'), 200);
  t.is(await status('/a%2Bb.txt'), 200);
  t.is(await status('/a+b.txt', { method: 'HEAD' }), 200);
  t.is(await status('/a+b.txt', { method: 'PUT', body: 'x' }), 405);
  for (const path of [
    '/',
    '/.hidden',
    '/..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/nothing',
    '/%00',
    '/%zz',
  ]) {
    t.true((await status(path)) >= 400, path);
  }
  const part = await fetch(`${url}/a+b.txt`, { headers: { range: 'bytes=4-' } });
  t.is(part.status, 206);
  t.is(await part.text(), '456789');
  const other = await fetch(`${url}/a+b.txt`, { headers: { range: 'bytes=4-', 'if-range': '"another"' } });
  t.is(await other.text(), '0123456789', 'what changed meanwhile is sent anew');
});

test('whatever a document of a mirror says, it is read or refused by name', (t) => {
  const path = fc.oneof(fc.string(), fc.constantFrom('../x', '/etc/passwd', 'a/../../b', 'a//b', '.', 'a\\b'));
  const file = fc.record({ sha256: fc.oneof(fc.string(), fc.constant('a'.repeat(64))), sizeBytes: fc.anything() });
  const document = fc.record({
    schemaVersion: fc.oneof(fc.constant(1), fc.anything()),
    updatedAt: fc.string(),
    packages: fc.oneof(fc.array(fc.anything()), fc.constant([])),
    files: fc.dictionary(path, file),
    apt: fc.oneof(fc.array(fc.record({ path, release: fc.string(), component: fc.string() })), fc.constant([])),
  });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        document.map((one) => JSON.stringify(one)),
      ),
      (text) => {
        try {
          for (const key of Object.keys(parseMirrorDocument(text, 'there').files)) {
            if (key.startsWith('/') || key.split('/').includes('..')) return false;
          }
          return true;
        } catch (error) {
          return error instanceof BootyError && error.code === 'MIRROR_UNREADABLE';
        }
      },
    ),
    { numRuns: 500 },
  );
  t.throws(() => parseMirrorDocument('{"schemaVersion":2}', 'there'), { message: /form 2/ });
});
