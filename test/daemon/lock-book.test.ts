import test from 'ava';
import { createLockBook } from '../../source/daemon/lock-book.ts';
import type { Installed } from '../../source/store/store.ts';

const path = '/shop/booty.lock.json';
const wish = { service: 'nats', component: 'nats-server', package: 'nats-server', range: '^2.9' };
const installed: Installed = {
  component: 'nats-server',
  version: '2.9.10',
  sourceVersion: '2.9.10-1+b3',
  source: 'apt',
  suite: 'bookworm',
  reason: null,
  downloads: [{ url: 'n.deb', sha256: 'c'.repeat(64), sizeBytes: 3 }],
  folder: '/store/nats-server/2.9.10',
  executables: {},
};

const inMemory = () => {
  const texts = new Map<string, string>();
  const writes: string[] = [];
  return {
    texts,
    writes,
    files: {
      readText: async (file: string) => texts.get(file) ?? null,
      writeAtomic: async (file: string, text: string) => {
        writes.push(file);
        texts.set(file, text);
      },
    },
  };
};

const book = (disk: ReturnType<typeof inMemory>, platform = 'linux-amd64') =>
  createLockBook(disk.files, platform, () => null);

test('what runs is written down once and held to afterwards', async (t) => {
  const disk = inMemory();
  const first = book(disk);
  t.deepEqual(await first.open(path, [wish], ['nats'], false), []);
  t.is(first.pinOf('nats'), null);
  await first.note('nats', 'nats-server', installed);
  await first.note('nats', 'nats-server', installed);
  t.deepEqual(disk.writes, [path]);
  const next = book(disk);
  await next.open(path, [wish], ['nats'], true);
  t.like(next.pinOf('nats'), {
    version: '2.9.10',
    sources: { apt: { sourceVersion: '2.9.10-1+b3', sha256: ['c'.repeat(64)] } },
  });
});

test('another platform is held to the version, and adds its bytes unless frozen', async (t) => {
  const disk = inMemory();
  const first = book(disk);
  await first.open(path, [wish], ['nats'], false);
  await first.note('nats', 'nats-server', installed);
  const other = book(disk, 'linux-arm64');
  await t.throwsAsync(() => other.open(path, [wish], ['nats'], true), { code: 'LOCK_OUT_OF_DATE' });
  await other.open(path, [wish], ['nats'], false);
  t.like(other.pinOf('nats'), { version: '2.9.10', sources: null });
});

test('frozen writes nothing; a range that moved on is told and forgotten', async (t) => {
  const disk = inMemory();
  const first = book(disk);
  await first.open(path, [wish], ['nats'], false);
  await first.note('nats', 'nats-server', installed);
  const text = disk.texts.get(path);
  await first.open(path, [wish], ['nats'], true);
  await first.note('nats', 'nats-server', { ...installed, version: '2.9.11' });
  t.is(disk.texts.get(path), text);
  const told = await first.open(path, [{ ...wish, range: '^2.10' }], ['nats'], false);
  t.deepEqual(told, ['nats is locked to 2.9.10, outside ^2.10: it is chosen anew']);
  t.is(first.pinOf('nats'), null);
});

test('entries of services that are no more go, those of idle profiles stay', async (t) => {
  const disk = inMemory();
  const first = book(disk);
  await first.open(path, [wish], ['nats', 'idle', 'old'], false);
  for (const name of ['nats', 'idle', 'old']) await first.note(name, 'nats-server', installed);
  await first.open(path, [wish], ['nats', 'idle'], false);
  await first.note('nats', 'nats-server', { ...installed, version: '2.9.11' });
  t.deepEqual(Object.keys((JSON.parse(disk.texts.get(path) ?? '') as { services: object }).services), ['idle', 'nats']);
});

test('what an older version cannot read stays beyond its range, and so does what runs when a daemon takes over', async (t) => {
  const wayBack = (usual: 'safe' | 'needs-snapshot') => ({ usual, crossings: [] });
  const below = (usual: 'safe' | 'needs-snapshot') => ({ ...wish, range: '~2.8', wayBack: wayBack(usual) });
  const openBelow = async (usual: 'safe' | 'needs-snapshot', runs: string | null) => {
    const disk = inMemory();
    const one = book(disk);
    await one.open(path, [wish], ['nats'], false);
    await one.note('nats', 'nats-server', installed);
    const told = await one.open(path, [below(usual)], ['nats'], false, () => runs);
    return { told: told.join(), pinned: one.pinOf('nats')?.version ?? null };
  };
  t.like(await openBelow('safe', null), { pinned: null });
  const unsafe = await openBelow('needs-snapshot', null);
  t.is(unsafe.pinned, '2.9.10');
  t.regex(unsafe.told, /outside ~2\.8: it stays, as an older one may not read its data/);
  t.is((await openBelow('safe', '2.9.10')).pinned, '2.9.10');
  t.is((await openBelow('safe', '2.8.1')).pinned, null);
});
