/** Downloads in bad weather: answers that lie about parts, encodings and times, clocks, proxies, cuts at any moment, full disks. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { createDownloads } from '../../../source/edge/downloads.ts';
import type { Clock } from '../../../source/ports.ts';
import { createStore } from '../../../source/store/create-store.ts';
import { carriers, clock, codeOf, files, hostWith, installAll, newHome } from '../world.ts';
import { fails, good, install, quick, registryOf, script, storeOf, succeeds } from './archive-scene.ts';
import { type Answer, cut, serve, sha256, status, whole } from './mirror.ts';
import { tarGz } from './packed.ts';

const half = Math.floor(good.length / 2);

for (const [what, answer] of [
  ['begins elsewhere', { from: half + 7, range: `bytes ${half + 7}-${good.length - 1}/${good.length}` }],
  ['says nothing of where it begins', { from: half, range: null }],
  [
    'says the right place and sends another',
    { from: half + 7, range: `bytes ${half}-${good.length - 1}/${good.length}` },
  ],
  ['is of a whole of another size', { from: half, range: `bytes ${half}-${good.length + 9}/${good.length + 10}` }],
  ['makes no sense', { from: half, range: 'bytes */*' }],
] as const) {
  test(`a part that ${what} is not put together with what is there`, async (t) => {
    const lying: Answer = (request, response, times) => {
      if (times === 0) return cut(good)(request, response, times);
      if (request.headers.range === undefined) return whole(good)(request, response, times);
      const range = answer.range === null ? {} : { 'content-range': answer.range };
      response.writeHead(206, { etag: '"one"', ...range });
      response.end(good.subarray(answer.from));
    };
    const found = await install(t, { '/demo.tar.gz': lying });
    await succeeds(t, found);
    t.true(found.asked.length <= 5, found.asked.join());
  });
}

test('an archive that is said to be encoded is taken as it is sent; one that is, is refused by that name', async (t) => {
  const said: Answer = (_, response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': good.length }).end(good);
  await succeeds(t, await install(t, { '/demo.tar.gz': said }, registryOf(good, { sizeBytes: good.length })));
  const packed = gzipSync(good);
  for (const length of [{}, { 'content-length': packed.length }]) {
    const done: Answer = (_, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip', ...length }).end(packed);
    for (const registry of [registryOf(good), registryOf(good, { sizeBytes: good.length })]) {
      const found = await install(t, { '/demo.tar.gz': done }, registry);
      await fails(t, found, 'STORE_DOWNLOAD_REFUSED', /sends it encoded \(gzip\), although asked not to/);
    }
  }
});

test('what another run left of a file that was replaced meanwhile is thrown away', async (t) => {
  const home = await newHome(t);
  const old = tarGz({ 'demo-1.2.3/demo': `${script}# old`, noise: good });
  let isNew = false;
  const { origin, asked } = await serve(t, {
    '/demo.tar.gz': (request, response, times) =>
      (isNew ? whole(good, '"new"') : cut(old, '"old"'))(request, response, times),
  });
  const open = () => storeOf(home, registryOf(good), `up.example=${origin}`);
  t.is(codeOf(await installAll(open(), ['demo']), 'demo'), 'STORE_DOWNLOAD_BROKEN');
  isNew = true;
  const before = asked.length;
  const outcome = await installAll(open(), ['demo']);
  await succeeds(t, { home, outcome, asked });
  t.regex(asked[before] ?? '', /bytes=\d+-$/);
});

test('how long a server asks to be left alone is obeyed, by seconds and by its own clock, up to a bound', async (t) => {
  for (const [headers, least, most] of [
    [{ 'retry-after': '7' }, 7_000, 7_000],
    [{ 'retry-after': 'Mon, 01 Jan 2001 00:00:05 GMT', date: 'Mon, 01 Jan 2001 00:00:00 GMT' }, 5_000, 5_000],
    [{ 'retry-after': '86400' }, 10_000, 10_000],
    [{ 'retry-after': 'soon' }, 1, 1_200],
  ] as const) {
    const waits: number[] = [];
    const noting: Clock = {
      ...clock,
      after: (delayMs, run) => (waits.push(delayMs), clock.after(delayMs / 1_000, run)),
    };
    const { origin } = await serve(t, {
      '/demo.tar.gz': (request, response, times) =>
        (times === 0 ? status(429, '', headers) : whole(good))(request, response, times),
    });
    const home = await newHome(t);
    const host = hostWith({ BOOTY_MIRROR: `up.example=${origin}`, BOOTY_SOURCES: 'archive' });
    const store = createStore({ ...carriers, files, clock: noting, registry: registryOf(good), home, host });
    await succeeds(t, { home, outcome: await installAll(store, ['demo']), asked: [] });
    t.true(
      waits.some((wait) => wait >= least && wait <= most),
      `${JSON.stringify(headers)}: ${waits.join()}`,
    );
  }
});

test('a clock that is set back and forth changes no outcome and no figure to nonsense', async (t) => {
  let looks = 0;
  const drunk: Clock = {
    ...quick,
    nowMs: () => clock.nowMs() + (looks++ % 3) * 86_400_000 - (looks % 2) * 1_600_000_000_000,
  };
  const { origin, asked } = await serve(t, {
    '/demo.tar.gz': (request, response, times) => (times < 2 ? cut : whole)(good)(request, response, times),
  });
  const home = await newHome(t);
  const host = hostWith({ BOOTY_MIRROR: `up.example=${origin}`, BOOTY_SOURCES: 'archive' });
  const store = createStore({ ...carriers, files, clock: drunk, registry: registryOf(good), home, host });
  const outcome = await installAll(store, ['demo']);
  await succeeds(t, { home, outcome, asked });
  for (const { bytesPerSecond, etaMs } of outcome.progress) {
    t.true(bytesPerSecond === null || bytesPerSecond >= 0);
    t.true(etaMs === null || etaMs >= 0);
  }
});

test('NO_PROXY goes around the proxy, and a proxy that asks for a password is named', async (t) => {
  const mirror = await serve(t, { '/demo.tar.gz': whole(good) });
  const home = await newHome(t);
  const around = createDownloads({ http_proxy: 'http://127.0.0.1:1', no_proxy: '127.0.0.1' });
  const store = storeOf(home, registryOf(good), `up.example=${mirror.origin}`, 'archive', around);
  await succeeds(t, { home, outcome: await installAll(store, ['demo']), asked: [] });

  const proxy = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n'));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => void proxy.once('listening', resolve));
  t.teardown(() => proxy.close());
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  for (const target of ['http://up.invalid', 'https://up.invalid']) {
    const through = createDownloads({ http_proxy: address, https_proxy: address });
    const other = storeOf(await newHome(t), registryOf(good), `up.example=${target}`, 'archive', through);
    const error = (await installAll(other, ['demo'])).results.get('demo') as Error;
    t.regex(error.message, /407/, target);
  }
  for (const [address, found] of [
    ['http://127.0.0.1:1', /the proxy 127\.0\.0\.1:1 fails: it refuses the connection/],
    ['http://ana:secret@proxy.invalid:3128', /the proxy proxy\.invalid:3128 fails: its name is not known here/],
  ] as const) {
    const through = createDownloads({ HTTPS_PROXY: address });
    const other = storeOf(await newHome(t), registryOf(good), 'up.example=https://up.invalid', 'archive', through);
    t.regex(((await installAll(other, ['demo'])).results.get('demo') as Error).message, found);
  }
});

test('cut short at any moment: told so, nothing half there, and the next run goes on', async (t) => {
  t.timeout(60_000);
  const home = await newHome(t);
  let onPiece: () => void = () => undefined;
  const { origin, asked } = await serve(t, {
    '/demo.tar.gz': (request, response, times) => {
      onPiece();
      whole(good)(request, response, times);
    },
  });
  const open = () => storeOf(home, registryOf(good), `up.example=${origin}`);
  const atRequest = new AbortController();
  onPiece = () => atRequest.abort();
  const first = await installAll(open(), ['demo'], atRequest.signal);
  t.is(codeOf(first, 'demo'), 'STORE_CANCELLED');
  onPiece = () => undefined;
  for (let moment = 0; ; moment += 1) {
    const abort = new AbortController();
    let seen = 0;
    const outcome = await installAll(open(), ['demo'], abort.signal, () => {
      if (seen === moment) abort.abort();
      seen += 1;
    });
    const hidden = (await files.list(join(home, 'store'))).filter((name) => name.startsWith('.'));
    t.deepEqual(hidden, [], `after ${moment} reports`);
    if (codeOf(outcome, 'demo') === null) {
      t.true(moment >= 2, 'there were moments to cut it short at');
      break;
    }
    t.is(codeOf(outcome, 'demo'), 'STORE_CANCELLED', `after ${moment} reports`);
    t.is(await open().find('demo', null), null, `after ${moment} reports`);
  }
  await succeeds(t, { home, outcome: await installAll(open(), ['demo']), asked });
});

const isRoot = process.getuid?.() === 0;

/** A small disk of its own; null, said aloud, where none can be mounted. */
const smallDisk = (t: { readonly log: (text: string) => void; readonly teardown: (run: () => void) => void }) => {
  const folder = mkdtempSync(join(tmpdir(), 'booty-disk-'));
  t.teardown(() => execFileSync('rmdir', [folder]));
  try {
    if (!isRoot) throw new Error('only root may mount');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    t.log(`SKIPPED: no small disk can be mounted here, so a full one is not tried (${String(error).slice(0, 80)})`);
    return null;
  }
  t.teardown(() => execFileSync('umount', [folder]));
  return folder;
};

test('a disk that is too small, or full half-way, is named, and nothing half there stays', async (t) => {
  t.timeout(60_000);
  const home = smallDisk(t);
  if (home === null) return t.pass();
  // Noise, that it stays large: more than the disk, or packed less than it and unpacked more.
  const noise = Array.from({ length: 12_000 }, (_, index) => sha256(Buffer.from(`${index}`))).join('');
  const large = tarGz({ 'demo-1.2.3/demo': script, 'demo-1.2.3/LICENSE': noise });
  const grows = tarGz({ 'demo-1.2.3/demo': `${script}${'#'.repeat(400_000)}` });
  const { origin } = await serve(t, { '/large': whole(large), '/grows': whole(grows) });
  for (const [file, bytes, sizeBytes] of [
    ['large', large, large.length],
    ['large', large, undefined],
    ['grows', grows, undefined],
  ] as const) {
    const registry = registryOf(bytes, { file, ...(sizeBytes !== undefined && { sizeBytes }) });
    const outcome = await installAll(storeOf(home, registry, `up.example=${origin}`), ['demo']);
    t.is(codeOf(outcome, 'demo'), 'STORE_NO_SPACE', file);
    t.deepEqual(await files.list(join(home, 'store', 'demo')), []);
    await files.remove(join(home, 'cache'));
  }
});

test('a store that may not be written: what is there is found, anything else is told as that', async (t) => {
  const home = await newHome(t);
  const { origin } = await serve(t, { '/demo.tar.gz': whole(good) });
  const open = () => storeOf(home, registryOf(good), `up.example=${origin}`);
  await installAll(open(), ['demo']);
  if (isRoot) {
    t.log('SKIPPED: root may write everywhere, so that a read-only store refuses is not tried');
    return t.pass();
  }
  const store = join(home, 'store');
  t.teardown(() => chmodSync(store, 0o755));
  chmodSync(store, 0o555);
  t.like(await open().find('demo', null), { version: '1.2.3' });
  t.like((await installAll(open(), ['demo'])).results.get('demo'), { version: '1.2.3' });
  await files.remove(join(home, 'cache'));
  await t.throwsAsync(
    open().repair('demo', '1.2.3', () => undefined, new AbortController().signal),
    {
      code: 'STORE_NOT_WRITABLE',
    },
  );
  t.like(await open().find('demo', null), { version: '1.2.3' });
});
