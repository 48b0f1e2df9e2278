/** Archives packed with xz, made with xz 5.4 from tars of one file, against the real reader. */
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createArchives } from '../../source/edge/archives.ts';

/** demo/program with the text "me". */
const small = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Af/AEhdADIZSf7XNKwasjr4U+xJgAoQ0lrWY4T1SUdajF4zZFa37bQhSlGBYT6HKenCiRET+wRXOj7GPhfQZGplywlzzCMbmONHfgkAAAB+IrL5mjfYJAABZIAQAAAAnH7PsbHEZ/sCAAAAAARZWg==',
  'base64',
);
/** bomb: two million times "0". */
const bomb = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj/ov/AZldADEbyfKjRukYsh23BlOsNWO2cgR1amkLoqxS6skn4hdMvDxEjvkW/TzxGw+Iz0To5vhG+CpHn0iuTJiPYbG/frlcTsIsTS1ZZ/XoNiDNzmcOoPVVK3Q41ZIFRnvl89qv4m3wDMq7casGcc5gPIEk53Ec/0zGhvdCPrJXZ3kXUvRR89Twipt3L+PqG7eIBH3VevM+FFNidqxZ5OVbBQj5x9qt/PtSK3TNHlsgQvndUz34KWQJO4DLKmzftTvwxL0uX6oPPktmQpATDv8Qk/hxeFn4C83/lShGD6n8fN77mjAuVsCPhfODgcBlxCVT+PWRNjEFpbDub8FwTUcM0ZERqq1gHbrOsScYXFmG6WZSWL7pdqxZ5OVbBQj5x9qt/PtSK3TNHlsgQvndUz34KWQJO4DLKmzftTvwxL0uX6oPPktmQpATDv8Qk/hxeFn4C83/lShGD6n8fN77mjAuVsCPhfODgcBlxCVT+PWRNjEFpbDub8FwTUcM0ZERqq1gHbrOsScYXFmG6WZSWL7pdqxZsDBmuwtD/YOZmwAAAAAAcRVLMdW2dA0AAbUDgJh6AMTiewWxxGf7AgAAAAAEWVo=',
  'base64',
);

const archives = createArchives();
const bounds = { entriesMax: 100, bytesMax: 1_000_000 };

const unpack = async (
  t: ExecutionContext,
  bytes: Uint8Array,
  member: string,
  signal = new AbortController().signal,
): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'booty-xz-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'archive');
  const target = join(folder, 'target');
  writeFileSync(file, bytes);
  const members = new Map([[member, target]]);
  await archives.unpack({ file, format: 'tar.xz' }, { members }, bounds, signal).finally(() => {
    t.true((lstatSync(target, { throwIfNoEntry: false })?.size ?? 0) <= bounds.bytesMax);
  });
  return target;
};

test('a tar.xz is read', async (t) => {
  t.is(await readFile(await unpack(t, small, 'demo/program'), 'utf8'), 'me');
});

test('a bomb ends at the bound', async (t) => {
  await t.throwsAsync(unpack(t, bomb, 'bomb'), { message: /more than 1000000 bytes/ });
});

test('cut anywhere, or with a byte changed, it is refused', async (t) => {
  for (const end of [0, 5, 12, 40, small.length - 20]) {
    await t.throwsAsync(unpack(t, small.subarray(0, end), 'demo/program'), { message: /xz stream is damaged, cut/ });
  }
  const changed = Buffer.from(small);
  changed.writeUInt8(changed.readUInt8(60) ^ 1, 60);
  await t.throwsAsync(unpack(t, changed, 'demo/program'), { message: /xz stream is damaged, cut/ });
});

test('several at once wait for each other, and one that is given up holds up nobody', async (t) => {
  const abort = new AbortController();
  const work = [
    unpack(t, small, 'demo/program'),
    unpack(t, bomb, 'bomb'),
    unpack(t, small, 'demo/program', abort.signal),
    unpack(t, small, 'demo/program'),
  ];
  abort.abort();
  const settled = await Promise.allSettled(work);
  t.deepEqual(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  );
  t.is(await readFile(await unpack(t, small, 'demo/program'), 'utf8'), 'me');
});
