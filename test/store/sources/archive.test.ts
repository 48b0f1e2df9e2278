/**
The archive source against servers of all manners on this machine: the real downloader, reader and files; only time runs
faster, and a silent server is given up after 300 ms instead of seconds.
*/
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import type { BootyError } from '../../../source/core/error.ts';
import { createDownloads } from '../../../source/edge/downloads.ts';
import type { ArchiveFormat, Clock, Downloads } from '../../../source/ports.ts';
import { parseRegistry } from '../../../source/registry/load.ts';
import type { Registry } from '../../../source/registry/schema.ts';
import { createStore } from '../../../source/store/create-store.ts';
import type { Installed } from '../../../source/store/store.ts';
import { carriers, clock, files, hostWith, installAll, newHome, type Outcome } from '../world.ts';
import { cut, serve, sha256, status, whole } from './mirror.ts';
import { debOf, rawTar, rawZip, tarGz } from './packed.ts';

const script = '#!/bin/sh\necho demo 1.2.3\n';
// Noise, so that it stays large when packed.
const noise = Array.from({ length: 1_000 }, (_, index) => sha256(Buffer.from(`${index}`))).join('\n');
const good = tarGz({ 'demo-1.2.3/demo': script, 'demo-1.2.3/LICENSE': noise });
const quick: Clock = { nowMs: () => clock.nowMs(), after: (delayMs, run) => clock.after(delayMs / 50, run) };
const impatient: Downloads = {
  ...carriers.downloads,
  fetch: (download) => carriers.downloads.fetch({ ...download, stallTimeoutMs: 300 }),
};
const { platform, arch } = process;
const platformName = `${platform}-${arch === 'x64' ? 'amd64' : arch}`;

type Told = {
  readonly sha256?: string | null;
  readonly sizeBytes?: number;
  readonly format?: ArchiveFormat;
  readonly file?: string;
  readonly member?: string;
  readonly tree?: { readonly stripLevels: number };
};

/** One package `demo` with one version, on host up.example. */
const registryOf = (bytes: Buffer, told: Told = {}): Registry => {
  const download = {
    url: `https://up.example/${told.file ?? 'demo.tar.gz'}`,
    format: told.format ?? 'tar.gz',
    members: { demo: told.member ?? 'demo-1.2.3/demo' },
    ...(told.sha256 === null
      ? { sha256: null, refused: 'upstream signs nothing' }
      : { sha256: told.sha256 ?? sha256(bytes) }),
    ...(told.sizeBytes !== undefined && { sizeBytes: told.sizeBytes }),
  };
  const demo = {
    title: 'Demo',
    homepage: 'https://up.example',
    licence: 'MIT',
    executables: ['demo'],
    components: { demo: { executable: 'demo', aliases: [] } },
    ...(told.tree && { tree: told.tree }),
    versions: { '1.2.3': { archives: [{ name: 'demo', platforms: { [platformName]: download } }] } },
  };
  return parseRegistry(JSON.stringify({ schemaVersion: 1, packages: { demo } }), 'test');
};

const storeOf = (
  home: string,
  registry: Registry,
  mirror: string,
  sources = 'archive',
  downloads: Downloads = carriers.downloads,
) =>
  createStore({
    ...carriers,
    downloads,
    files,
    clock: quick,
    registry,
    home,
    host: hostWith({ BOOTY_MIRROR: mirror, BOOTY_SOURCES: sources }),
  });

type Case = { readonly home: string; readonly outcome: Outcome; readonly asked: readonly string[] };

/** Installs `demo` from a server that answers as told. */
const install = async (
  t: ExecutionContext,
  answers: Parameters<typeof serve>[1],
  registry: Registry = registryOf(good),
  downloads?: Downloads,
): Promise<Case> => {
  const { origin, asked } = await serve(t, answers);
  const home = await newHome(t);
  const outcome = await installAll(storeOf(home, registry, `up.example=${origin}`, 'archive', downloads), ['demo']);
  return { home, outcome, asked };
};

const succeeds = async (t: ExecutionContext, { home, outcome }: Case): Promise<void> => {
  const installed = outcome.results.get('demo');
  t.like(installed, { version: '1.2.3', source: 'archive', reason: null });
  const file = (installed as Installed).executables['demo'] ?? '';
  t.is(await files.readText(file), script);
  t.is((await files.stat(file))?.mode, 0o555);
  t.deepEqual(await files.list(join(home, 'cache/downloads')), []);
};

const fails = async (t: ExecutionContext, { home, outcome }: Case, code: string, message: RegExp): Promise<void> => {
  const error = outcome.results.get('demo') as BootyError;
  t.is(error.code, code as never, error.message);
  t.regex(error.message, message);
  t.deepEqual(await files.list(join(home, 'store/demo')), []);
  t.deepEqual(
    (await files.list(join(home, 'store'))).filter((name) => name.startsWith('.new')),
    [],
  );
};

test('a good server: installed, with a receipt that names the bytes', async (t) => {
  const found = await install(t, { '/demo.tar.gz': whole(good) });
  await succeeds(t, found);
  const receipt: unknown = JSON.parse((await files.readText(join(found.home, 'store/demo/1.2.3/receipt.json'))) ?? '');
  t.like(receipt, { source: 'archive', skipped: [], sha256: sha256(good), sizeBytes: good.length });
  t.deepEqual(found.asked, ['/demo.tar.gz']);
});

test('zip, zstd, a Debian package, a packed and a plain program', async (t) => {
  const tar = rawTar([{ path: 'demo', body: script }]);
  for (const [format, bytes] of [
    ['tar.zst', zstdCompressSync(tar)],
    ['deb', debOf('data.tar.zst', zstdCompressSync(tar))],
    ['gz', gzipSync(script)],
    ['plain', Buffer.from(script)],
    ['zip', rawZip([{ path: 'demo', body: script }])],
  ] as const) {
    const registry = registryOf(bytes, { format, file: 'demo', member: 'demo' });
    await succeeds(t, await install(t, { '/demo': whole(bytes) }, registry));
  }
});

test('a tree is kept whole, less its first level', async (t) => {
  const tar = gzipSync(
    rawTar([
      { path: 'demo-1/bin/demo', body: script },
      { path: 'demo-1/conf/a.ini', body: 'a' },
      { path: 'demo-1/b.ini', type: 'SymbolicLink', linkpath: 'conf/a.ini' },
    ]),
  );
  const registry = registryOf(tar, { member: 'demo-1/bin/demo', tree: { stripLevels: 1 } });
  const { outcome, home } = await install(t, { '/demo.tar.gz': whole(tar) }, registry);
  const folder = join(home, 'store/demo/1.2.3');
  t.like(outcome.results.get('demo'), { executables: { demo: join(folder, 'bin/demo') } });
  t.is(await files.readText(join(folder, 'b.ini')), 'a');
  const receipt: unknown = JSON.parse((await files.readText(join(folder, 'receipt.json'))) ?? '');
  t.like(receipt, { files: { 'conf/a.ini': sha256(Buffer.from('a')) } });
});

test('404 and 410 with a page: told as such, never taken for a program', async (t) => {
  const gone = '<html><title>410 Gone</title>'.padEnd(5_000);
  await fails(t, await install(t, {}), 'STORE_DOWNLOAD_REFUSED', /answers 404 \(a page: Not Found\)/);
  const plain = registryOf(Buffer.from(gone), { format: 'plain', member: 'demo' });
  const page = await install(t, { '/demo.tar.gz': status(410, gone) }, plain);
  await fails(t, page, 'STORE_DOWNLOAD_REFUSED', /answers 410 \(a page: 410 Gone\)/);
});

test('a page with status 200, even one with the expected hash, is no program', async (t) => {
  const page = Buffer.from('<html><title>Sign in</title>'.padEnd(900));
  for (const format of ['tar.gz', 'plain'] as const) {
    const registry = registryOf(page, { format, member: 'demo' });
    const found = await install(t, { '/demo.tar.gz': status(200, page.toString()) }, registry);
    await fails(t, found, 'STORE_DOWNLOAD_REFUSED', /sends text\/html \(a page: Sign in\), not a/);
  }
});

test('a size that is not the registry’s is refused before anything is fetched', async (t) => {
  const found = await install(t, { '/demo.tar.gz': whole(good) }, registryOf(good, { sizeBytes: good.length + 1 }));
  await fails(t, found, 'STORE_UPSTREAM_CHANGED', /serves other bytes than the registry knows/);
  t.is(found.asked.length, 1);
});

test('a body longer than the registry’s size is cut off', async (t) => {
  const long = Buffer.concat([good, Buffer.alloc(500_000)]);
  const endless = await install(
    t,
    { '/demo.tar.gz': (_, response) => void response.writeHead(200).end(long) },
    registryOf(good, { sizeBytes: good.length }),
  );
  await fails(t, endless, 'STORE_UPSTREAM_CHANGED', /other bytes/);
});

test('the same wrong bytes twice: upstream changed them; different ones: something spoils them', async (t) => {
  const other = tarGz({ 'demo-1.2.3/demo': `${script}evil` });
  const changed = await install(t, { '/demo.tar.gz': whole(other) });
  await fails(t, changed, 'STORE_UPSTREAM_CHANGED', new RegExp(sha256(other)));
  t.is(changed.asked.length, 2);
  const spoiled = await install(t, {
    '/demo.tar.gz': (request, response, times) =>
      whole(Buffer.concat([good.subarray(0, -1), Buffer.from([times + 1])]))(request, response, times),
  });
  await fails(t, spoiled, 'STORE_HASH_MISMATCH', /not what was vouched for/);
  const once = await install(t, {
    '/demo.tar.gz': (request, response, times) => whole(times === 0 ? other : good)(request, response, times),
  });
  await succeeds(t, once);
});

test('wrong bytes are not looked for elsewhere', async (t) => {
  const { origin } = await serve(t, { '/demo.tar.gz': whole(tarGz({ demo: 'x' })) });
  const home = await newHome(t);
  const store = storeOf(home, registryOf(good), `up.example=${origin}`, 'archive,path');
  t.like((await installAll(store, ['demo'])).results.get('demo'), { code: 'STORE_UPSTREAM_CHANGED' });
});

test('a stream that is cut goes on where it ended', async (t) => {
  const found = await install(t, {
    '/demo.tar.gz': (request, response, times) => (times === 0 ? cut : whole)(good)(request, response, times),
  });
  await succeeds(t, found);
  t.deepEqual(found.asked, ['/demo.tar.gz', `/demo.tar.gz bytes=${Math.floor(good.length / 2)}-`]);
  const messages = found.outcome.progress.flatMap(({ message }) => message ?? []);
  t.true(messages.includes('it broke off; trying again'), messages.join());
});

test('a server that ignores the range, or has another file by then, is read from the start', async (t) => {
  const ignoring = await install(t, {
    '/demo.tar.gz': (request, response, times) => {
      if (times === 0) cut(good)(request, response, times);
      else response.writeHead(200, { 'content-length': good.length }).end(good);
    },
  });
  await succeeds(t, ignoring);
  const replaced = await install(t, {
    '/demo.tar.gz': (request, response, times) =>
      (times === 0 ? cut(Buffer.alloc(good.length, good.subarray(0, 20)), '"old"') : whole(good, '"new"'))(
        request,
        response,
        times,
      ),
  });
  await succeeds(t, replaced);
});

test('what one run fetched the next goes on with', async (t) => {
  const home = await newHome(t);
  const registry = registryOf(good);
  let isWhole = false;
  const abort = new AbortController();
  const { origin, asked } = await serve(t, {
    '/demo.tar.gz': (request, response, times) => {
      if (isWhole) whole(good)(request, response, times);
      else {
        response.writeHead(200, { 'content-length': good.length, etag: '"one"' });
        response.write(good.subarray(0, good.length - 10));
      }
    },
  });
  const store = storeOf(home, registry, `up.example=${origin}`);
  const first = await installAll(store, ['demo'], abort.signal, ({ doneBytes }) => {
    if (doneBytes > 0) abort.abort();
  });
  t.like(first.results.get('demo'), { code: 'STORE_CANCELLED' });
  isWhole = true;
  const again = await installAll(storeOf(home, registry, `up.example=${origin}`), ['demo']);
  await succeeds(t, { home, outcome: again, asked });
  t.is(asked.at(-1), `/demo.tar.gz bytes=${good.length - 10}-`);
});

test('a server that goes silent is given up, after tries that are counted', async (t) => {
  const silent = {
    '/demo.tar.gz': (_: unknown, response: ServerResponse): void => {
      response.writeHead(200, { 'content-length': good.length });
      response.write(good.subarray(0, 1_000));
    },
  };
  const found = await install(t, silent, registryOf(good), impatient);
  await fails(t, found, 'STORE_DOWNLOAD_BROKEN', /in \d tries: it (went silent|does not answer)/);
});

test('503 and 429 are tried again, and given up at last', async (t) => {
  const busy = await install(t, {
    '/demo.tar.gz': (request, response, times) =>
      (times < 2 ? status(times === 0 ? 503 : 429, '', { 'retry-after': '1' }) : whole(good))(request, response, times),
  });
  await succeeds(t, busy);
  const down = await install(t, { '/demo.tar.gz': status(503) });
  await fails(t, down, 'STORE_DOWNLOAD_BROKEN', /4 tries: it answers 503/);
});

test('redirects are followed, to an end', async (t) => {
  const moved = await install(t, {
    '/demo.tar.gz': status(302, '', { location: '/elsewhere' }),
    '/elsewhere': whole(good),
  });
  await succeeds(t, moved);
  const loop = await install(t, { '/demo.tar.gz': status(302, '', { location: '/demo.tar.gz' }) });
  await fails(t, loop, 'STORE_MIRROR_UNREACHABLE', /redirects more than 8 times/);
});

test('nobody there: told at once, and remembered', async (t) => {
  const home = await newHome(t);
  const reserved = await serve(t, {});
  const port = Number(new URL(reserved.origin).port);
  let probes = 0;
  const counting: Downloads = {
    ...carriers.downloads,
    probe: async (...args) => ((probes += 1), carriers.downloads.probe(...args)),
  };
  const store = createStore({
    ...carriers,
    downloads: counting,
    files,
    clock,
    registry: registryOf(good),
    home,
    // Port 1 is nobody's; the other is only there so that the pair form is used.
    host: hostWith({
      BOOTY_MIRROR: `up.example=http://127.0.0.1:1,other.example=http://127.0.0.1:${port}`,
      BOOTY_SOURCES: 'archive',
    }),
  });
  for (let round = 0; round < 2; round += 1) {
    const error = (await installAll(store, ['demo'])).results.get('demo') as BootyError;
    t.is(error.code, 'STORE_MIRROR_UNREACHABLE');
    t.regex(error.message, /source archive cannot reach 127\.0\.0\.1:1: it refuses the connection/);
  }
  t.is(probes, 1);
});

test('downloads go through the proxy of the environment', async (t) => {
  // A proxy is asked for whole URLs (RFC 9112 3.2.2); the host itself does not exist.
  const { origin, asked } = await serve(t, { 'http://up.invalid/demo.tar.gz': whole(good) });
  const home = await newHome(t);
  const proxied = createDownloads({ HTTP_PROXY: origin, http_proxy: origin });
  const store = storeOf(home, registryOf(good), 'up.example=http://up.invalid', 'archive', proxied);
  await succeeds(t, { home, outcome: await installAll(store, ['demo']), asked });
  t.deepEqual(asked, ['http://up.invalid/demo.tar.gz']);
});

test('a mirror folder, for all hosts, needs no server', async (t) => {
  const home = await newHome(t);
  const folder = await newHome(t);
  await mkdir(join(folder, 'a b#c', 'up.example'), { recursive: true });
  writeFileSync(join(folder, 'a b#c', 'up.example', 'demo.tar.gz'), good);
  const outcome = await installAll(storeOf(home, registryOf(good), join(folder, 'a b#c')), ['demo']);
  await succeeds(t, { home, outcome, asked: [] });
  const empty = await installAll(storeOf(await newHome(t), registryOf(good), folder), ['demo']);
  t.like(empty.results.get('demo'), { code: 'STORE_DOWNLOAD_REFUSED' });
});

test('no build for this machine: the registry’s reason is told', async (t) => {
  const { outcome } = await install(t, {}, registryOf(good, { sha256: null }));
  const error = outcome.results.get('demo') as BootyError;
  t.is(error.code, 'STORE_NO_BUILD');
  t.regex(error.message, /^no verified (Linux|macOS) \w+ build of demo 1\.2\.3: upstream signs nothing$/);
});

test('what is missing upstream is looked for on PATH, and the receipt says why', async (t) => {
  const { origin } = await serve(t, {});
  const home = await newHome(t);
  const bin = await newHome(t);
  writeFileSync(join(bin, 'demo'), script, { mode: 0o755 });
  const registry = registryOf(good);
  const demo = registry.packages['demo'];
  const asked = { ...demo, versionCommand: { executable: 'demo', arguments: ['--version'] } };
  const store = createStore({
    ...carriers,
    files,
    clock: quick,
    registry: { ...registry, packages: { demo: asked as NonNullable<typeof demo> } },
    home,
    host: hostWith({
      BOOTY_MIRROR: `up.example=${origin}`,
      BOOTY_SOURCES: 'archive,path',
      PATH: `${bin}:${process.env['PATH']}`,
    }),
  });
  const installed = (await installAll(store, ['demo'])).results.get('demo') as Installed;
  t.like(installed, {
    source: 'path',
    version: '1.2.3',
    executables: { demo: await files.realPath(join(bin, 'demo')) },
  });
  t.regex(installed.reason ?? '', /^archive: demo cannot be had from http.*answers 404/);
  t.deepEqual(await store.find('demo', null), installed);
  // Another program of that name is no longer what was looked at.
  writeFileSync(join(bin, 'demo'), `${script}#`);
  t.is(await store.find('demo', null), null);
});

test('settings that cannot be understood name the variable', async (t) => {
  const home = await newHome(t);
  for (const [mirror, sources, message] of [
    ['ftp://x', 'archive', /BOOTY_MIRROR .* neither/],
    ['/a,/b', 'archive', /two mirrors/],
    ['', 'archive,brew', /BOOTY_SOURCES .* no source brew/],
  ] as const) {
    const error = t.throws(() => storeOf(home, registryOf(good), mirror, sources), { code: 'STORE_BAD_SETTING' });
    t.regex(error?.message ?? '', message);
  }
});
