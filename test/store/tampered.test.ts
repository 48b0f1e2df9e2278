/** What was changed after it was installed, or on the way, is not run: every kind of change is refused by name. */
import { chmod, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { createHost } from '../../source/edge/host.ts';
import type { Files } from '../../source/ports.ts';
import { createStore } from '../../source/store/create-store.ts';
import type { Source } from '../../source/store/sources/source.ts';
import type { Installed } from '../../source/store/store.ts';
import { fakeSource } from './fake-source.ts';
import { breakOff, carriers, clock, codeOf, files, installAll, newHome, shippedRegistry } from './world.ts';

const registry = await shippedRegistry();
const host = createHost();
const never = new AbortController().signal;
const isRoot = process.getuid?.() === 0;

const scene = async (t: ExecutionContext, source: Source = fakeSource(files, { caddy: ['2.6.2'] })) => {
  const home = await newHome(t);
  let hashes = 0;
  const counting: Files = { ...files, sha256: (path) => ((hashes += 1), files.sha256(path)) };
  const open = () => createStore({ ...carriers, files: counting, host, clock, registry, home, sources: [source] });
  const installed = (await installAll(open(), ['caddy'])).results.get('caddy') as Installed;
  const program = installed.executables['caddy'] ?? '';
  return { home, open, installed, program, receipt: join(installed.folder, 'receipt.json'), hashes: () => hashes };
};

/** Writes as somebody who may do everything, and puts modes and times back as they were. */
const forge = async (path: string, change: (text: string) => string): Promise<void> => {
  const before = await files.stat(path);
  await chmod(dirname(path), 0o755);
  await chmod(path, 0o644);
  await writeFile(path, change(await readFile(path, 'latin1')), 'latin1');
  await chmod(path, before?.mode ?? 0);
  const atSeconds = (before?.modifiedAtMs ?? 0) / 1_000;
  await utimes(path, atSeconds, atSeconds);
  await chmod(dirname(path), 0o555);
};

test('nothing in a version folder can be written, and yet it can be removed and exchanged', async (t) => {
  const { home, open, installed, program } = await scene(t);
  for (const path of [installed.folder, dirname(program), program, join(installed.folder, 'receipt.json')]) {
    t.is(((await files.stat(path))?.mode ?? 0) & 0o222, 0, path);
  }
  if (isRoot) t.log('SKIPPED: root may write everywhere, so that writing fails is not tried');
  else {
    await t.throwsAsync(writeFile(program, 'x'), { code: 'EACCES' });
    await t.throwsAsync(mkdir(join(installed.folder, 'more')), { code: 'EACCES' });
  }
  await open().repair('caddy', '2.6.2', () => undefined, never);
  t.is((await files.stat(installed.folder))?.mode, 0o555);
  t.true((await open().remove('caddy', '2.6.2', never)) > 0);
  t.deepEqual(await files.list(join(home, 'store')), []);
});

test('a folder that a kill left open is closed when it is next looked at', async (t) => {
  const { open, installed } = await scene(t);
  await chmod(installed.folder, 0o755);
  t.like(await open().find('caddy', null), { version: '2.6.2' });
  t.is((await files.stat(installed.folder))?.mode, 0o555);
});

test('a byte of a program, its size and time as before: refused wherever it would run, and mended by repair', async (t) => {
  const { open, installed, program } = await scene(t);
  await forge(program, (text) => text.replace('echo', 'ecHo'));
  const store = open();
  const error = await t.throwsAsync(store.find('caddy', null), { code: 'STORE_TAMPERED' });
  t.true(error?.message.includes(program));
  t.regex(String((error as { hint?: unknown } | undefined)?.hint), /booty verify -y/);
  await t.throwsAsync(store.requireSound(installed), { code: 'STORE_TAMPERED' });
  t.is(codeOf(await installAll(store, ['caddy']), 'caddy'), 'STORE_TAMPERED');
  t.deepEqual((await store.audit())[0]?.problems, ['bin/caddy has other bytes than its receipt says']);
  await store.repair('caddy', '2.6.2', () => undefined, never);
  await t.notThrowsAsync(store.requireSound(installed));
  t.deepEqual(await store.find('caddy', null), installed);
});

test('one that lost its program after it was looked up is refused too', async (t) => {
  const { open, installed, program } = await scene(t);
  await breakOff(program);
  await t.throwsAsync(open().requireSound(installed), { code: 'STORE_TAMPERED' });
});

test('what nobody touched is not read again, and what was only touched is read once', async (t) => {
  const { open, installed, program, hashes } = await scene(t);
  const store = open();
  const before = hashes();
  for (let times = 0; times < 3; times += 1) await store.requireSound(installed);
  t.is(hashes(), before);
  await utimes(program, 1_000, 1_000);
  for (let times = 0; times < 3; times += 1) await store.requireSound(installed);
  t.is(hashes(), before + 1);
});

test('any byte of a receipt: refused', async (t) => {
  const { open, receipt } = await scene(t);
  const good = await readFile(receipt);
  await chmod(dirname(receipt), 0o755);
  await chmod(receipt, 0o644);
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = Buffer.from(good);
      bytes.writeUInt8(bytes.readUInt8(at) ^ change, at);
      await writeFile(receipt, bytes);
      await t.throwsAsync(open().find('caddy', null), { code: 'STORE_TAMPERED' });
    }),
  );
  for (const end of [0, 1, good.length - 1]) {
    await writeFile(receipt, good.subarray(0, end));
    await t.throwsAsync(open().find('caddy', null), { code: 'STORE_TAMPERED' });
  }
  await open().repair('caddy', '2.6.2', () => undefined, never);
  t.like(await open().find('caddy', null), { version: '2.6.2' });
});

test('a receipt of the first booty, without seal and marks, still counts, and its program is hashed', async (t) => {
  const { open, receipt, program } = await scene(t);
  await forge(receipt, (text) => {
    const { seal: _, executables, ...rest } = JSON.parse(text) as { seal: string; executables: object };
    const plain = Object.entries(executables as Record<string, { path: string; sha256: string }>).map(
      ([name, { path, sha256 }]) => [name, { path, sha256 }] as const,
    );
    return JSON.stringify({ ...rest, schemaVersion: 1, executables: Object.fromEntries(plain) });
  });
  t.like(await open().find('caddy', null), { version: '2.6.2' });
  await forge(program, (text) => text.replace('echo', 'ecHo'));
  await t.throwsAsync(open().find('caddy', null), { code: 'STORE_TAMPERED' });
});

test('a lock that names other bytes: refused', async (t) => {
  const { open } = await scene(t);
  const pinTo = (sha256: string) => ({
    version: '2.6.2',
    sources: { fake: { sourceVersion: '2.6.2-1', sha256: [sha256] } },
    holder: 'booty.lock.json, service web',
  });
  t.like(await open().find('caddy', null, pinTo('a'.repeat(64))), { version: '2.6.2' });
  await t.throwsAsync(open().find('caddy', null, pinTo(`b${'a'.repeat(63)}`)), { code: 'LOCK_OTHER_BYTES' });
});
