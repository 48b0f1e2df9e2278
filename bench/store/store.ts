/**
An archive from a mirror on this machine, fetched, verified, unpacked and placed by booty, against the same by hand with
`curl | tee >(sha256sum) | tar` and with aria2c where it is installed, in one run, best of three; the peak of booty's memory,
also with a large archive; what the store costs to read with a thousand versions installed; and what the commands `list` and
`outdated` take with a thousand versions in the registry, beside the same without them. Sizes in MB may be given:
`store.ts 60 400`. Needs `npm run build` before, and Debian's `aria2` to compare with.
*/
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createWorld } from '../../source/edge/world.ts';
import { createStore } from '../../source/store/create-store.ts';
import { receiptText } from '../../source/store/receipt.ts';

const [smallMegabytes = 60, largeMegabytes = 400] = process.argv.slice(2).map(Number);
const versionsCount = 1_000;
const root = path.resolve(import.meta.dirname, '..', '..');
const world = createWorld();
const folder = mkdtempSync(path.join(tmpdir(), 'booty-bench-store-'));
const server = createServer((request, response) => {
  const file = path.join(folder, path.basename(request.url ?? ''));
  // Only of what is fetched there are bytes; that all others are there is believed.
  const size = existsSync(file) ? statSync(file).size : 1;
  if (request.headers.range === 'bytes=0-0') {
    response.writeHead(206, { 'content-range': `bytes 0-0/${size}`, 'content-type': 'application/gzip' }).end('x');
    return;
  }
  response.writeHead(200, { 'content-length': size, 'content-type': 'application/gzip' });
  pipeline(createReadStream(file, { highWaterMark: 1_048_576 }), response).catch(() => undefined);
});
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

try {
  await compare(smallMegabytes);
  const { peakBytes, seconds } = await booty(await pack(largeMegabytes), 0);
  console.log(
    `booty, ${largeMegabytes} MB: ${seconds.toFixed(2)} s, at most ${Math.round(peakBytes / 1e6)} MB of memory`,
  );
  await list();
  await commands();
} finally {
  server.close();
  await world.files.remove(folder);
}

async function compare(megabytes: number): Promise<void> {
  const name = await pack(megabytes);
  const byHand = (into: string): readonly string[] => [
    'bash',
    '-c',
    `set -o pipefail; curl -sS ${origin}/${name} | tee >(sha256sum >/dev/null) | tar -xzC ${into}`,
  ];
  const withAria = (into: string): readonly string[] => [
    'bash',
    '-c',
    `aria2c -q -d ${into} -o a ${origin}/${name} && sha256sum ${into}/a >/dev/null && tar -xzf ${into}/a -C ${into}`,
  ];
  const hasAria = (await world.host.findExecutable('aria2c', '/', process.env['PATH'] ?? '')) !== null;
  const best = { booty: Infinity, hand: Infinity, aria: Infinity, peakBytes: 0 };
  for (let round = 1; round <= 3; round += 1) {
    best.hand = Math.min(best.hand, await command(byHand, round, 'hand'));
    if (hasAria) best.aria = Math.min(best.aria, await command(withAria, round, 'aria'));
    const { seconds, peakBytes } = await booty(name, round);
    best.booty = Math.min(best.booty, seconds);
    best.peakBytes = Math.max(best.peakBytes, peakBytes);
  }
  const against = (seconds: number): string =>
    `${seconds.toFixed(2)} s (booty takes ${(best.booty / seconds).toFixed(2)} x)`;
  console.log(
    `booty, ${megabytes} MB: ${best.booty.toFixed(2)} s, at most ${Math.round(best.peakBytes / 1e6)} MB of memory`,
  );
  console.log(`curl | tee >(sha256sum) | tar: ${against(best.hand)}`);
  console.log(hasAria ? `aria2c, sha256sum, tar: ${against(best.aria)}` : 'aria2c: not installed here, not compared');
}

/** A tar.gz of one program of noise, which does not shrink; made once. */
async function pack(megabytes: number): Promise<string> {
  const place = path.join(folder, `pack-${megabytes}`);
  mkdirSync(place);
  const noise = createWriteStream(path.join(place, 'demo'));
  for (let done = 0; done < megabytes; done += 1) {
    if (!noise.write(randomBytes(1e6))) await new Promise<void>((resolve) => void noise.once('drain', resolve));
  }
  await new Promise<void>((resolve) => void noise.end(() => resolve()));
  const name = `demo-${megabytes}.tar.gz`;
  spawnSync('bash', ['-c', `tar -cC ${place} demo | gzip -1 >${path.join(folder, name)}`]);
  return name;
}

async function booty(name: string, round: number): Promise<{ readonly seconds: number; readonly peakBytes: number }> {
  const file = path.join(folder, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const download = {
    url: `https://up.example/${name}`,
    format: 'tar.gz',
    members: { demo: 'demo' },
    sha256: hash.digest('hex'),
    sizeBytes: statSync(file).size,
  };
  const demo = {
    title: 'Demo',
    homepage: 'https://up.example',
    licence: 'MIT',
    executables: ['demo'],
    components: { demo: { executable: 'demo', aliases: [] } },
    versions: { '1.0.0': { archives: [{ name: 'demo', platforms: { [platform]: download } }] } },
  };
  const registryFile = path.join(folder, 'registry.json');
  writeFileSync(registryFile, JSON.stringify({ schemaVersion: 1, packages: { demo } }));
  const home = path.join(folder, `home-${name}-${round}`);
  const script = path.join(import.meta.dirname, 'install-one.ts');
  // Not in this very process: the server's memory is not booty's.
  const words = [...process.execArgv, script, home, registryFile, `up.example=${origin}`];
  const { code, stdout, stderr } = await world.host.run([process.execPath, ...words], { timeoutMs: 600_000 });
  if (code !== 0) throw new Error(stderr);
  await world.files.remove(home);
  return JSON.parse(stdout) as { seconds: number; peakBytes: number };
}

async function command(of: (into: string) => readonly string[], round: number, who: string): Promise<number> {
  const into = path.join(folder, `${who}-${round}`);
  mkdirSync(into);
  const startedAtMs = performance.now();
  const { code, stderr } = await world.host.run(of(into), { timeoutMs: 600_000 });
  if (code !== 0) throw new Error(stderr);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await world.files.remove(into);
  return seconds;
}

/** What a thousand receipts cost to read; the versions are notes of programs elsewhere, so that they take no room. */
async function list(): Promise<void> {
  const home = path.join(folder, 'many');
  const program = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tar.gz')) ?? '');
  const { sizeBytes = 0, modifiedAtMs = 0 } = (await world.files.stat(program)) ?? {};
  for (let number = 0; number < versionsCount; number += 1) {
    const [component, version] = [`demo-${number % 20}`, `1.${Math.floor(number / 20)}.0`] as const;
    const place = path.join(home, 'store', component, version);
    mkdirSync(place, { recursive: true });
    const receipt = receiptText({
      component,
      version,
      sourceVersion: version,
      source: 'path',
      suite: null,
      url: `file://${program}`,
      sha256: '0'.repeat(64),
      sizeBytes,
      executables: { demo: { path: program, sha256: '0'.repeat(64), sizeBytes, modifiedAtMs } },
      licence: 'MIT',
      installedAt: '2026-01-01T00:00:00.000Z',
    });
    writeFileSync(path.join(place, 'receipt.json'), receipt);
  }
  const store = createStore({ ...world, registry: { schemaVersion: 1, packages: {} }, home, sources: [] });
  const startedAtMs = performance.now();
  const found = await store.list();
  console.log(
    `the store: ${found.length} installed versions read in ${Math.round(performance.now() - startedAtMs)} ms`,
  );
}

/** The built booty with the registry it came with, and with a thousand versions of NATS more; best of three. */
async function commands(): Promise<void> {
  const shop = path.join(folder, 'shop');
  mkdirSync(shop);
  writeFileSync(path.join(shop, 'booty.yaml'), 'name: measured\nservices:\n  nats: {component: nats-server}\n');
  const many = path.join(folder, 'many.json');
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const version = (number: number) => {
    const url = `https://up.example/nats-${number}.tar.gz`;
    const download = {
      url,
      format: 'tar.gz',
      members: { 'nats-server': 'nats-server' },
      sha256: createHash('sha256').update(url).digest('hex'),
      sizeBytes: 1,
    };
    return [
      `2.${100 + Math.floor(number / 20)}.${number % 20}`,
      { archives: [{ name: 'nats-server', platforms: { [platform]: download } }] },
    ];
  };
  const versions = Object.fromEntries(Array.from({ length: versionsCount }, (_, number) => version(number)));
  const built = JSON.parse(readFileSync(path.join(root, 'registry.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, object>>;
  };
  const newest = Object.keys(versions).at(-1) ?? '';
  const nats = { ...built.packages['nats-server'], versions };
  writeFileSync(many, JSON.stringify({ schemaVersion: 1, packages: { 'nats-server': nats } }));
  for (const words of [
    ['list', '--json'],
    ['outdated', '--json'],
  ]) {
    const best = { few: Infinity, many: Infinity };
    for (let round = 0; round < 3; round += 1) {
      for (const who of ['few', 'many'] as const) {
        const environment = {
          ...process.env,
          ...{
            BOOTY_HOME: path.join(folder, 'commands'),
            BOOTY_SOURCES: 'archive',
            BOOTY_MIRROR: `up.example=${origin}`,
          },
          ...(who === 'many' ? { BOOTY_REGISTRY: many } : {}),
        } as Record<string, string>;
        const startedAtMs = performance.now();
        const command = [path.join(root, 'bin', 'booty'), ...words];
        const { code, stdout, stderr } = await world.host.run(command, {
          timeoutMs: 60_000,
          environment,
          workingDir: shop,
        });
        if (code !== 0) throw new Error(stderr);
        const isSeen = stdout.includes(newest) === (who === 'many');
        if (!isSeen) throw new Error(`${words[0]} with ${who} versions is not what was to be measured`);
        best[who] = Math.min(best[who], performance.now() - startedAtMs);
      }
    }
    console.log(
      `booty ${words[0]}: ${Math.round(best.few)} ms, with ${versionsCount} versions more ${Math.round(best.many)} ms (${(best.many / best.few).toFixed(2)} x)`,
    );
  }
}
