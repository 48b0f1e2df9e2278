/** Real servers, repacked from the machine's Debian archive as upstream would pack them, from a mirror on this machine. */
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../../source/edge/host.ts';
import { parseRegistry } from '../../../source/registry/load.ts';
import { createStore } from '../../../source/store/create-store.ts';
import { createAptSource } from '../../../source/store/sources/apt.ts';
import type { Installed } from '../../../source/store/store.ts';
import { carriers, clock, files, hostWith, installAll, newHome, shippedRegistry } from '../world.ts';
import { serve, sha256, whole } from './mirror.ts';

const host = createHost();
const hasApt = (await host.findExecutable('apt-get', '/', host.environment['PATH'] ?? '')) !== null;
if (!hasApt) console.warn('SKIPPED: no real archive is tested, this machine has no apt-get to take one from');

(hasApt ? test : test.skip)('a real server comes through a mirror, cut once on the way, and runs', async (t) => {
  const first = await newHome(t);
  const registry = await shippedRegistry();
  const apt = createAptSource({ files, host, clock }, first);
  const fromApt = createStore({ ...carriers, files, host, clock, registry, home: first, sources: [apt] });
  const packaged = (await installAll(fromApt, ['nats'])).results.get('nats') as Installed;
  const tarball = join(first, 'nats.tar.gz');
  await host.run(['tar', '-C', packaged.folder, '-czf', tarball, 'bin'], { timeoutMs: 60_000 });
  const bytes = readFileSync(tarball);

  const { origin, asked } = await serve(t, {
    '/nats.tar.gz': (request, response, times) => {
      if (times > 0) return whole(bytes)(request, response, times);
      response.writeHead(200, { 'content-length': statSync(tarball).size, etag: '"one"' });
      createReadStream(tarball, { end: 1_999_999 }).pipe(response, { end: false });
      createReadStream(tarball, { end: 1_999_999 })
        .on('end', () => setImmediate(() => response.socket?.destroy()))
        .resume();
    },
  });
  const download = {
    url: 'https://up.example/nats.tar.gz',
    sha256: sha256(bytes),
    sizeBytes: bytes.length,
    format: 'tar.gz',
    members: { 'nats-server': 'bin/nats-server' },
  };
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const versions = { [packaged.version]: { archives: [{ name: 'nats', platforms: { [platform]: download } }] } };
  const entry = { ...registry.packages['nats-server'], versions };
  const own = parseRegistry(JSON.stringify({ schemaVersion: 1, packages: { 'nats-server': entry } }), 'test');
  const home = await newHome(t);
  const mirrored = hostWith({ BOOTY_MIRROR: `up.example=${origin}`, BOOTY_SOURCES: 'archive' });
  const store = createStore({ ...carriers, files, host: mirrored, clock, registry: own, home });
  const { results, progress } = await installAll(store, ['nats']);

  const installed = results.get('nats') as Installed;
  t.like(installed, { source: 'archive', version: packaged.version });
  const { stdout } = await host.run([installed.executables['nats-server'] ?? '', '--version'], { timeoutMs: 10_000 });
  t.regex(stdout, new RegExp(packaged.version.replaceAll('.', '\\.')));
  t.regex(asked.at(-1) ?? '', /bytes=\d+-$/);
  t.true(progress.some(({ totalBytes, phase }) => phase === 'downloading' && totalBytes === bytes.length));
  t.deepEqual(await store.audit(), [
    {
      component: 'nats-server',
      version: packaged.version,
      folder: installed.folder,
      source: 'archive',
      problems: [],
      strangers: [],
    },
  ]);
});
