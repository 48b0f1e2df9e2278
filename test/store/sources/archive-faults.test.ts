/**
The archive source against servers of all manners on this machine: the real downloader, reader and files; only time runs
faster, and a silent server is given up after 300 ms instead of seconds.
*/
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import type { BootyError } from '../../../source/core/error.ts';
import type { Downloads } from '../../../source/ports.ts';
import { createStore } from '../../../source/store/create-store.ts';
import { carriers, clock, files, hostWith, installAll, newHome } from '../world.ts';
import { fails, good, impatient, install, registryOf, script, storeOf, succeeds } from './archive-scene.ts';
import { certificate, expired, key } from './certificates.ts';
import { cut, serve, sha256, status, whole } from './mirror.ts';
import { tarGz } from './packed.ts';

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
  await fails(t, endless, 'STORE_UPSTREAM_CHANGED', /it serves \d+ bytes or more; nothing/);
  t.deepEqual(await files.list(`${endless.home}/cache/downloads`), [], 'what is too large is not kept');
});

test('what a page says of itself cannot speak to the terminal', async (t) => {
  const page = '<html><title>Sign\x1b[2J\x9b31m in\u202e</title>'.padEnd(900);
  const answer = status(200, page, { 'content-type': 'application/x\x9b1m' });
  const found = await install(t, { '/demo.tar.gz': answer });
  await fails(t, found, 'STORE_DOWNLOAD_REFUSED', /sends application\/x 1m \(a page: Sign \[2J 31m in\)/);
});

test('who is redirected to and fails is named, not who redirects', async (t) => {
  const away = await install(t, { '/demo.tar.gz': status(302, '', { location: 'http://127.0.0.2:1/elsewhere' }) });
  await fails(t, away, 'STORE_MIRROR_UNREACHABLE', /it redirects to 127\.0\.0\.2:1, which fails: it refuses the conn/);
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

test('what is no file in the place of one that is kept is taken away', async (t) => {
  const mirror = await newHome(t);
  mkdirSync(join(mirror, 'up.example'));
  writeFileSync(join(mirror, 'up.example', 'demo.tar.gz'), good);
  for (const ending of ['part', 'json']) {
    for (const put of [
      (path: string) => mkdirSync(join(path, 'x'), { recursive: true }),
      (path: string) => execFileSync('mkfifo', [path]),
    ]) {
      const home = await newHome(t);
      const folder = join(home, 'cache/downloads');
      mkdirSync(folder, { recursive: true });
      put(join(folder, `${sha256(good)}.${ending}`));
      const outcome = await installAll(storeOf(home, registryOf(good), mirror), ['demo']);
      await succeeds(t, { home, outcome, asked: [] });
    }
  }
});

test('a server that sends a byte now and then is given up, and what it sent is kept', async (t) => {
  const { origin } = await serve(t, {
    '/slow': (_request, response) => {
      response.writeHead(200, { 'content-length': good.length }).write(good.subarray(0, 100));
      let at = 100;
      const drip = setInterval(() => response.write(good.subarray(at, (at += 1))), 40);
      response.on('close', () => clearInterval(drip));
    },
  });
  const file = join(await newHome(t), 'part');
  const result = await carriers.downloads.fetch({
    url: `${origin}/slow`,
    file,
    validator: null,
    connectTimeoutMs: 5_000,
    stallTimeoutMs: 500,
    signal: AbortSignal.timeout(60_000),
    onBytes: () => {},
    check: () => {},
  });
  t.deepEqual(result, { kind: 'broken', found: 'it sends next to nothing', reached: true });
  const kept = readFileSync(file);
  t.true(kept.length >= 100 && kept.equals(good.subarray(0, kept.length)));
});

test('what a server sends instead of an answer is told in words', async (t) => {
  const { origin } = await serve(t, {
    '/odd': (_request, response) => void response.socket?.end('SSH-2.0-x\r\n\r\n'),
    '/file': (_request, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    '/bad': (_request, response) => void response.writeHead(302, { location: 'http://[::/' }).end(),
  });
  for (const [path, message] of [
    ['/odd', /^what it answers is no HTTP \(Parse Error: /],
    ['/file', /^it redirects to what is neither http nor https$/],
    ['/bad', /^it redirects to what is no URL$/],
  ] as const) {
    const options = { headers: {}, bytesMax: 1_000, timeoutMs: 20_000, signal: AbortSignal.timeout(30_000) };
    await t.throwsAsync(carriers.downloads.read(`${origin}${path}`, options), { message });
  }
});

test('what is wrong with TLS is told in words', async (t) => {
  const serveSecurely = async (cert: string): Promise<number> => {
    const server = createSecureServer({ key, cert }, (_request, response) => void response.end()).listen(
      0,
      '127.0.0.1',
    );
    t.teardown(() => void server.close());
    await new Promise((resolve) => void server.once('listening', resolve));
    return (server.address() as AddressInfo).port;
  };
  const { origin } = await serve(t, {});
  for (const [url, message] of [
    [origin.replace('http:', 'https:'), /^it does not speak TLS \(/],
    [`https://127.0.0.1:${await serveSecurely(certificate)}`, /^its certificate is by nobody this machine trusts/],
    [`https://127.0.0.1:${await serveSecurely(expired)}`, /^its certificate has expired, or this/],
  ] as const) {
    const options = { headers: {}, bytesMax: 1_000, timeoutMs: 20_000, signal: AbortSignal.timeout(30_000) };
    await t.throwsAsync(carriers.downloads.read(url, options), { message });
  }
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
  const closed = await install(t, { '/demo.tar.gz': status(429, '', { 'retry-after': '86400' }) });
  await fails(t, closed, 'STORE_DOWNLOAD_BROKEN', /4 tries: it answers 429 and asks to wait 86400 s/);
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
