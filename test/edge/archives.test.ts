/** Hostile and broken archives against the real readers: nothing may be written outside the folder. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, readdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { createArchives } from '../../source/edge/archives.ts';
import { rawTar } from '../store/sources/packed.ts';

const archives = createArchives();
const bounds = { entriesMax: 100, bytesMax: 1_000_000 };
const forever = new AbortController().signal;
type Entries = Parameters<typeof rawTar>[0];

const scene = (t: ExecutionContext): { readonly outside: string; readonly folder: string; readonly file: string } => {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'booty-archive-')));
  t.teardown(() => rmSync(outside, { recursive: true, force: true }));
  return { outside, folder: join(outside, 'folder'), file: join(outside, 'archive') };
};

const unpackTree = async (t: ExecutionContext, entries: Entries): Promise<string> => {
  const { folder, file, outside } = scene(t);
  writeFileSync(file, gzipSync(rawTar([{ path: 'x', body: 'x' }, ...entries])));
  await archives.unpack({ file, format: 'tar.gz' }, { folder, stripLevels: 0 }, bounds, forever).finally(async () => {
    t.deepEqual(await readdir(outside), ['archive', 'folder']);
  });
  return folder;
};

for (const [what, entries, message] of [
  ['a path upwards', [{ path: '../evil', body: 'x' }], /"\.\.\/evil" leads out/],
  ['a path upwards in the middle', [{ path: 'a/../../evil', body: 'x' }], /leads out/],
  ['an absolute path', [{ path: '/tmp/booty-evil', body: 'x' }], /leads out/],
  ['a link upwards', [{ path: 'a', type: 'SymbolicLink', linkpath: '../evil' }], /the link "a" leads out/],
  ['an absolute link', [{ path: 'a', type: 'SymbolicLink', linkpath: '/etc/passwd' }], /leads out/],
  [
    'a link that leads out through another',
    [
      { path: 'r/file', body: 'x' },
      { path: 'p/q/s', type: 'SymbolicLink', linkpath: '../../r' },
      { path: 'z', type: 'SymbolicLink', linkpath: 'p/q/s/../../archive' },
    ],
    /the link .*leads out/,
  ],
  [
    'a file through a link',
    [
      { path: 'a', type: 'SymbolicLink', linkpath: 'b' },
      { path: 'a', body: 'x' },
    ],
    /holds "a" twice/,
  ],
  ['a hard link', [{ path: 'a', type: 'Link', linkpath: 'x' }], /"a" is a Link/],
  ['a device', [{ path: 'a', type: 'CharacterDevice' }], /"a" is a CharacterDevice/],
  [
    'the same path twice',
    [
      { path: 'a', body: '1' },
      { path: './a', body: '2' },
    ],
    /holds ".*a" twice/,
  ],
  ['too many entries', Array.from({ length: 101 }, (_, index) => ({ path: `f${index}` })), /more than 100 entries/],
] satisfies readonly (readonly [string, Entries, RegExp])[]) {
  test(`a tar with ${what} is refused`, async (t) => {
    await t.throwsAsync(unpackTree(t, entries), { message });
  });
}

test('a tree keeps files, folders and links inside; no setuid, no other modes', async (t) => {
  const folder = await unpackTree(t, [
    { path: 'sub/deep/file', body: 'hello' },
    { path: 'sub/link', type: 'SymbolicLink', linkpath: 'deep/file' },
  ]);
  t.is(await readFile(join(folder, 'sub/link'), 'utf8'), 'hello');
  t.is((await lstat(join(folder, 'sub/deep/file'))).mode & 0o7000, 0);
});

test('a bomb ends at the bound, with little written', async (t) => {
  const { folder, file } = scene(t);
  writeFileSync(file, gzipSync(rawTar([{ path: 'bomb', body: '0'.repeat(50_000_000) }])));
  const unpacking = archives.unpack({ file, format: 'tar.gz' }, { folder, stripLevels: 0 }, bounds, forever);
  await t.throwsAsync(unpacking, { message: /more than 1000000 bytes/ });
  t.true((await lstat(join(folder, 'bomb')).catch(() => ({ size: 0 }))).size <= 1_000_000);
  const single = join(folder, '..', 'single');
  const members = new Map([['single', single]]);
  await t.throwsAsync(archives.unpack({ file, format: 'gz' }, { members }, bounds, forever), { message: /more than/ });
});

test('members go where they are told to, and nothing else is written', async (t) => {
  const { outside, file } = scene(t);
  const target = join(outside, 'program');
  writeFileSync(
    file,
    gzipSync(
      rawTar([
        { path: '../evil', body: 'x' },
        { path: './a/b', body: 'me' },
      ]),
    ),
  );
  await archives.unpack({ file, format: 'tar.gz' }, { members: new Map([['a/b', target]]) }, bounds, forever);
  t.is(await readFile(target, 'utf8'), 'me');
  t.deepEqual(await readdir(outside), ['archive', 'program']);
});

test('a member that is missing, a link, or would be written through one', async (t) => {
  const { outside, file } = scene(t);
  writeFileSync(
    file,
    gzipSync(
      rawTar([
        { path: 'a', type: 'SymbolicLink', linkpath: 'b' },
        { path: 'c', body: 'x' },
      ]),
    ),
  );
  const unpack = (path: string): Promise<void> =>
    archives.unpack({ file, format: 'tar.gz' }, { members: new Map([[path, join(outside, 'to')]]) }, bounds, forever);
  await t.throwsAsync(unpack('none'), { message: 'it holds no none' });
  await t.throwsAsync(unpack('a'), { message: 'a is a link, not a file' });
  await symlink(join(outside, 'elsewhere'), join(outside, 'to'));
  await t.throwsAsync(unpack('c'), { code: 'EEXIST' });
});

test('archives that are cut or no archives at all reject, whatever their bytes', async (t) => {
  const { outside, file } = scene(t);
  const good = gzipSync(rawTar([{ path: 'a', body: 'x'.repeat(3_000) }]));
  const members = new Map([['a', join(outside, 'to')]]);
  const formats = ['tar.gz', 'tar.xz', 'tar.zst', 'zip', 'gz'] as const;
  for (const bytes of [good.subarray(0, 30), good.subarray(0, -9), Buffer.alloc(0), Buffer.from('PK\x03\x04 no zip')]) {
    writeFileSync(file, bytes);
    for (const format of formats) {
      rmSync(join(outside, 'to'), { force: true });
      await t.throwsAsync(archives.unpack({ file, format }, { members }, bounds, forever), undefined, format);
    }
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.constantFrom(...formats), async (bytes, format) => {
      rmSync(join(outside, 'to'), { force: true });
      writeFileSync(file, bytes);
      await t.throwsAsync(archives.unpack({ file, format }, { members }, bounds, forever));
    }),
    { numRuns: 60 },
  );
});

test('cut short it rejects', async (t) => {
  const { folder, file } = scene(t);
  writeFileSync(file, gzipSync(rawTar([{ path: 'a', body: 'x' }])));
  const unpacking = archives.unpack(
    { file, format: 'tar.gz' },
    { folder, stripLevels: 0 },
    bounds,
    AbortSignal.abort(),
  );
  await t.throwsAsync(unpacking, { name: 'AbortError' });
});
