/** The archive source with servers that behave: formats, mirrors, proxies, and what its refusals say. */
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import test from 'ava';
import type { BootyError } from '../../../source/core/error.ts';
import { createDownloads } from '../../../source/edge/downloads.ts';
import { createStore } from '../../../source/store/create-store.ts';
import type { Installed } from '../../../source/store/store.ts';
import { carriers, files, hostWith, installAll, newHome } from '../world.ts';
import { fails, good, install, quick, registryOf, script, storeOf, succeeds } from './archive-scene.ts';
import { serve, sha256, whole } from './mirror.ts';
import { debOf, rawTar, rawZip } from './packed.ts';

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

test('a tree with a file of the name of the receipt is refused, as one of the two would be lost', async (t) => {
  for (const name of ['receipt.json', 'receipt.json/file', 'Receipt.json']) {
    const tar = gzipSync(
      rawTar([
        { path: 'demo-1/bin/demo', body: script },
        { path: `demo-1/${name}`, body: '{}' },
      ]),
    );
    const registry = registryOf(tar, { member: 'demo-1/bin/demo', tree: { stripLevels: 1 } });
    const failed = await install(t, { '/demo.tar.gz': whole(tar) }, registry);
    await fails(t, failed, 'STORE_PACKAGE_BROKEN', /holds a receipt\.json, the name of a file of booty's own/i);
  }
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
