/** Archives drawn at random to lead out of their folder, to fill the disk or the memory, or to never end. */
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { limits } from '../../source/core/limits.ts';
import { createArchives } from '../../source/edge/archives.ts';
import type { ArchiveFormat } from '../../source/ports.ts';
import { debOf, type RawEntry, rawTar, rawZip } from '../store/sources/packed.ts';

const archives = createArchives();
const never = new AbortController().signal;
const bounds = { entriesMax: 100, bytesMax: 3_000_000 };

const scene = (t: ExecutionContext) => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'booty-hostile-')));
  t.teardown(() => rmSync(base, { recursive: true, force: true }));
  return { base, folder: join(base, 'folder'), file: join(base, 'archive'), witness: join(base, 'witness') };
};

const packers: readonly (readonly [ArchiveFormat, (entries: readonly RawEntry[]) => Buffer])[] = [
  ['tar.gz', (entries) => gzipSync(rawTar(entries), { level: 1 })],
  ['tar.zst', (entries) => zstdCompressSync(rawTar(entries))],
  ['deb', (entries) => debOf('data.tar', rawTar(entries))],
  ['zip', rawZip],
];

const part = fc.constantFrom('a', 'b', 'c', '..', '.', '', 'witness', 'folder', 'archive');
const path = fc.oneof(
  { weight: 8, arbitrary: fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/')) },
  { weight: 1, arbitrary: fc.constantFrom('/tmp/booty-out', '/', 'x'.repeat(300), 'a\0b', 'a\\..\\b', 'C:\\a', '~') },
);
const wild: fc.Arbitrary<RawEntry> = fc.record({
  path,
  linkpath: path,
  type: fc.constantFrom('File', 'File', 'SymbolicLink', 'SymbolicLink', 'Link', 'Directory', 'FIFO', 'BlockDevice'),
  body: fc.constantFrom('', 'x', 'overwritten'.repeat(100)),
});
/** What is fine by itself, so that what is wild also comes late in an archive, or not at all. */
const tame: fc.Arbitrary<RawEntry> = fc.oneof(
  fc.record({ path: fc.nat(999).map((number) => `top/d/f${number}`), body: fc.constantFrom('', 'x') }),
  fc.record({
    path: fc.nat(999).map((number) => `top/l${number}`),
    type: fc.constant('SymbolicLink' as const),
    linkpath: fc.constantFrom('d', '../top', '.'),
  }),
);
const first: RawEntry = { path: 'top/d/first', body: 'x' };
const drawn = fc
  .array(fc.oneof({ weight: 5, arbitrary: tame }, { weight: 1, arbitrary: wild }), { maxLength: 8 })
  .map((entries) => [first, ...entries]);

/** All that lies below, links not followed. */
const below = (folder: string): readonly string[] =>
  (statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : []).flatMap((name) => {
    const at = join(folder, name);
    return lstatSync(at).isDirectory() ? [at, ...below(at)] : [at];
  });

test('whatever an archive says, nothing is written or changed outside, nothing special is made, no link leads out', async (t) => {
  t.timeout(120_000);
  const { base, folder, file, witness } = scene(t);
  const outcomes = { good: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        { weight: 3, arbitrary: drawn },
        { weight: 1, arbitrary: fc.array(wild, { minLength: 1, maxLength: 4 }) },
      ),
      fc.constantFrom(...packers),
      fc.nat(1),
      async (entries, [format, pack], stripLevels) => {
        rmSync(folder, { recursive: true, force: true });
        writeFileSync(witness, 'as it was');
        writeFileSync(file, pack(entries));
        const archiveBytes = statSync(file).size;
        let isRefused = false;
        await archives.unpack({ file, format }, { folder, stripLevels }, bounds, never).catch((error: unknown) => {
          isRefused = true;
          // A sentence about the archive, not a number of the file system that somebody would take for a full disk.
          t.false(error instanceof Error && 'syscall' in error, String(error));
        });
        outcomes[isRefused ? 'refused' : 'good'] += 1;
        t.deepEqual(
          readdirSync(base).filter((name) => !['archive', 'folder', 'witness'].includes(name)),
          [],
        );
        t.is(readFileSync(witness, 'utf8'), 'as it was');
        t.is(statSync(file).size, archiveBytes);
        for (const at of below(folder)) {
          const stats = lstatSync(at);
          t.true(stats.isFile() || stats.isDirectory() || stats.isSymbolicLink(), at);
          t.is(stats.isSymbolicLink() ? 0 : stats.mode & 0o7000, 0, at);
          if (stats.isFile()) t.is(stats.nlink, 1, at);
          if (stats.isSymbolicLink() && !isRefused) t.true(`${realpathSync(at)}/`.startsWith(`${folder}/`), at);
        }
      },
    ),
    { numRuns: 300 },
  );
  t.true(outcomes.good > 10 && outcomes.refused > 10, JSON.stringify(outcomes));
});

test('bytes that are damaged anywhere end in a sentence, in every format', async (t) => {
  t.timeout(120_000);
  const { folder, file } = scene(t);
  const entries: RawEntry[] = [
    { path: 'a/b', body: 'x'.repeat(2_000) },
    { path: 'a/c', type: 'SymbolicLink', linkpath: 'b' },
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...packers), fc.nat(), fc.nat(255), fc.nat(), async (packer, at, value, end) => {
      const [format, pack] = packer;
      rmSync(folder, { recursive: true, force: true });
      const bytes = pack(entries);
      bytes.writeUInt8(value, at % bytes.length);
      writeFileSync(file, bytes.subarray(0, bytes.length - (end % 3 === 0 ? end % bytes.length : 0)));
      await archives.unpack({ file, format }, { folder, stripLevels: 0 }, bounds, never).catch((error: unknown) => {
        t.false(error instanceof Error && 'syscall' in error, String(error));
      });
      for (const found of below(folder)) t.true(found.startsWith(`${folder}/`));
    }),
    { numRuns: 200 },
  );
});

for (const [what, format, bytes, message] of [
  [
    'a gzip in a gzip',
    'tar.gz',
    () => gzipSync(gzipSync(rawTar([{ path: 'a', body: '0'.repeat(5_000_000) }]))),
    /no tar/,
  ],
  ['a zstd in a gzip', 'tar.gz', () => gzipSync(zstdCompressSync(Buffer.alloc(5_000_000))), /no tar/],
  ['a gzip whose start is also a tar header', 'tar.gz', () => gzipSync(polyglot()), /no tar/],
  [
    'a size of 8 GB and no bytes',
    'tar.gz',
    () => gzipSync(rawTar([{ path: 'a', sizeBytes: 8_000_000_000 }])),
    /Truncated/,
  ],
  ['a sparse file of 1 TB', 'tar.gz', () => gzipSync(sparse()), /"a" is a \w+/],
  ['a name of a megabyte', 'tar.gz', () => gzipSync(longName(900_000)), /too long a name/],
  ['a header of two megabytes', 'tar.gz', () => gzipSync(longName(2_000_000)), /longer than any that is taken/],
  ['a name too long for the disk', 'tar.gz', () => gzipSync(longName(3_000)), /cannot lie among/],
  [
    'a zip entry that says less than it holds',
    'zip',
    () => rawZip([{ path: 'a', body: 'xxxxxxxxx', sizeBytes: 1 }]),
    /size|bytes/,
  ],
  [
    'a zip link longer than any path',
    'zip',
    () => rawZip([{ path: 'a', type: 'SymbolicLink', linkpath: 'b'.repeat(5_000) }]),
    /too long/,
  ],
  ['a device in a zip', 'zip', () => rawZip([{ path: 'a', type: 'BlockDevice' }]), /"a" is a special file/],
  ['no Debian package', 'deb', () => Buffer.from('!<arch>\nrubbish'), /damaged or cut/],
  ['a Debian package without data', 'deb', () => debOf('other', Buffer.alloc(3)), /damaged or cut/],
  [
    'a Debian package packed with lzma',
    'deb',
    () => debOf('data.tar.lzma', Buffer.alloc(4)),
    /data\.tar\.lzma .* cannot be read/,
  ],
  [
    'a Debian package that is cut',
    'deb',
    () => debOf('data.tar.gz', gzipSync(rawTar([{ path: 'a' }]))).subarray(0, -4),
    /is cut/,
  ],
  [
    'a bomb in a Debian package',
    'deb',
    () => debOf('data.tar.zst', zstdCompressSync(rawTar([{ path: 'a', body: '0'.repeat(5_000_000) }]))),
    /more than 3000000 bytes/,
  ],
] satisfies readonly (readonly [string, ArchiveFormat, () => Buffer, RegExp])[]) {
  test(`refused: ${what}`, async (t) => {
    const { folder, file } = scene(t);
    writeFileSync(file, bytes());
    await t.throwsAsync(archives.unpack({ file, format }, { folder, stripLevels: 0 }, bounds, never), { message });
    const written = below(folder).reduce((sum, at) => sum + lstatSync(at).size, 0);
    t.true(written <= bounds.bytesMax + 100_000, `${written} bytes were written`);
  });
}

test('a link behind a link is not made, wherever the first one leads', async (t) => {
  const { folder, file, base } = scene(t);
  writeFileSync(
    file,
    gzipSync(
      rawTar([
        { path: 'r/file', body: 'x' },
        { path: 'p/q/s', type: 'SymbolicLink', linkpath: '../../r' },
        // By its words `base`, in truth what lies above the folder.
        { path: 'z', type: 'SymbolicLink', linkpath: 'p/q/s/../..' },
        { path: 'z/evil', type: 'SymbolicLink', linkpath: 'r' },
      ]),
    ),
  );
  const unpacking = archives.unpack({ file, format: 'tar.gz' }, { folder, stripLevels: 0 }, bounds, never);
  await t.throwsAsync(unpacking, { message: /the link "z\/evil" lies behind another link/ });
  t.deepEqual(readdirSync(base), ['archive', 'folder']);
});

test('as many entries as are allowed are read in bounded memory, one more is not', async (t) => {
  t.timeout(120_000);
  const { base, file } = scene(t);
  const most = { entriesMax: limits.archiveEntriesMax, bytesMax: limits.unpackedBytesAlwaysMax };
  const block = rawTar([{ path: 'one/of/many', body: 'x' }]).subarray(0, 1_024);
  const last = rawTar([{ path: 'last', body: 'me' }]);
  const many = (count: number): Buffer => gzipSync(Buffer.concat([...Array<Buffer>(count).fill(block), last]));
  const target = join(base, 'target');
  const unpack = () =>
    archives.unpack({ file, format: 'tar.gz' }, { members: new Map([['last', target]]) }, most, never);
  writeFileSync(file, many(limits.archiveEntriesMax - 1));
  const before = process.memoryUsage.rss();
  await unpack();
  t.is(readFileSync(target, 'utf8'), 'me');
  t.true(process.memoryUsage.rss() - before < 200_000_000, 'memory grew with the entries');
  writeFileSync(file, many(limits.archiveEntriesMax));
  await t.throwsAsync(unpack(), { message: /more than 50000 entries/ });
});

test('thousands of files in a tree', async (t) => {
  t.timeout(120_000);
  const { folder, file } = scene(t);
  const entries = Array.from({ length: 5_000 }, (_, index) => ({ path: `d${index % 100}/f${index}`, body: 'x' }));
  writeFileSync(file, gzipSync(rawTar(entries)));
  const most = { entriesMax: entries.length, bytesMax: limits.unpackedBytesAlwaysMax };
  await archives.unpack({ file, format: 'tar.gz' }, { folder, stripLevels: 0 }, most, never);
  t.is(readdirSync(join(folder, 'd99')).length, 50);
});

/** A tar header of a kind that says `S`: GNU tar's sparse files, whose size on the disk may be anything. */
const sparse = (): Buffer => {
  const tar = rawTar([{ path: 'a', body: 'x' }]);
  tar.write('S', 156);
  return withChecksum(tar);
};

/** PAX: the name of the next entry stands in the body of this one (POSIX pax, extended header). */
const longName = (characters: number): Buffer => {
  const name = 'n'.repeat(characters);
  let length = characters + 8;
  while (`${length} path=${name}\n`.length !== length) length = `${length} path=${name}\n`.length;
  const tar = rawTar([
    { path: 'pax', body: `${length} path=${name}\n` },
    { path: 'short', body: 'x' },
  ]);
  tar.write('x', 156);
  return withChecksum(tar);
};

/** A gzip whose "extra field" (RFC 1952) goes on beyond byte 512, so that the first block can be a valid tar header too. */
const polyglot = (): Buffer => {
  const inner = gzipSync(rawTar([{ path: 'a', body: '0'.repeat(5_000_000) }]));
  const extra = Buffer.alloc(600);
  const head = Buffer.from(inner.subarray(0, 10));
  head.writeUInt8(4, 3);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(extra.length);
  return withChecksum(Buffer.concat([head, length, extra, inner.subarray(10)]));
};

/** Sets the checksum of the first header (ustar: the sum of its bytes, its own field taken as blanks). */
const withChecksum = (tar: Buffer): Buffer => {
  tar.fill(' ', 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return tar;
};
