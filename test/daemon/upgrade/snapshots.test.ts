import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createSnapshots } from '../../../source/daemon/upgrade/snapshots.ts';
import { createWorld } from '../../../source/edge/world.ts';

const scene = (t: ExecutionContext) => {
  const root = mkdtempSync(join(tmpdir(), 'booty-snapshots-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const of = { data: join(root, 'data'), snapshots: join(root, 'snapshots') };
  const write = (path: string, bytes: number): void => {
    mkdirSync(join(of.data, 'db', path, '..'), { recursive: true });
    writeFileSync(join(of.data, 'db', path), '.'.repeat(bytes));
  };
  return { of, write, snapshots: createSnapshots(createWorld(), of) };
};

test('what failed, was tried or was moved aside takes no place from what was taken before upgrades that held', async (t) => {
  const { of, write, snapshots } = scene(t);
  write('file', 1);
  for (const name of [
    '1-a',
    '2-b',
    '3-c',
    '3-c-failed',
    '4-d-after',
    '5-e-failed',
    '6-f-failed',
    '7-g-after',
    '8-h',
    '9-i',
    '9-j',
  ])
    await snapshots.take('db', snapshots.folderFor('db', name), '1.0.0');
  await snapshots.prune('db', new Set(['1-a', '2-b', '3-c']));
  t.deepEqual(readdirSync(join(of.snapshots, 'db')).toSorted(), [
    '2-b',
    '3-c',
    '4-d-after',
    '5-e-failed',
    '6-f-failed',
    '7-g-after',
    '9-i',
    '9-j',
  ]);
});

test('a loss is told by bytes, and of a queue by folders: that it was used up is no loss', async (t) => {
  const { of, write, snapshots } = scene(t);
  write('streams/orders/1.blk', 90_000);
  write('streams/bills/1.blk', 90_000);
  const folder = snapshots.folderFor('db', '1-a');
  await snapshots.take('db', folder, '1.0.0');
  for (const by of ['bytes', 'folders'] as const) t.is(await snapshots.lossSince('db', folder, by), null);
  write('streams/orders/1.blk', 9_000);
  write('streams/bills/1.blk', 0);
  t.regex((await snapshots.lossSince('db', folder, 'bytes')) ?? '', /^its data shrank from 176 KiB to 9 KiB$/);
  t.is(await snapshots.lossSince('db', folder, 'folders'), null);
  rmSync(join(of.data, 'db/streams'), { recursive: true });
  t.is(await snapshots.lossSince('db', folder, 'folders'), '3 of 3 folders of its data are gone');
});

test('little data is nothing to go by', async (t) => {
  const { of, write, snapshots } = scene(t);
  write('pid', 100);
  const folder = snapshots.folderFor('db', '1-a');
  await snapshots.take('db', folder, '1.0.0');
  rmSync(join(of.data, 'db/pid'));
  t.is(await snapshots.lossSince('db', folder, 'bytes'), null);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'what was copied ahead is taken as it is; what changed since, came or went is as it is in the end',
  async (t) => {
    const { of, write, snapshots } = scene(t);
    const data = join(of.data, 'db');
    for (const [path, bytes] of Object.entries({
      'parts/1/kept': 9_000,
      'parts/1/gone': 8_000,
      'parts/2/grown': 10,
      same: 5,
    }))
      write(path, bytes);
    utimesSync(join(data, 'same'), 1_000, 1_000);
    // As VictoriaMetrics lays it out: links to the folders the files lie in.
    mkdirSync(join(data, 'snapshots/now'), { recursive: true });
    execFileSync('cp', ['-al', join(data, 'parts'), join(of.data, 'elsewhere')]);
    symlinkSync('../../../elsewhere', join(data, 'snapshots/now/parts'));
    execFileSync('cp', ['-a', join(data, 'same'), join(data, 'snapshots/now/same')]);

    const folder = snapshots.folderFor('db', '1-a');
    const ahead = await snapshots.takeAhead('db', join(data, 'snapshots/now'), folder, new AbortController().signal);
    t.is(ahead, 17_015);
    t.false(await snapshots.isWhole(folder), 'a copy made ahead alone is no snapshot');
    const copied = statSync(join(folder, 'ahead/parts/1/kept')).ino;

    for (const gone of ['snapshots', 'parts/1/gone']) rmSync(join(data, gone), { recursive: true });
    rmSync(join(of.data, 'elsewhere'), { recursive: true });
    writeFileSync(join(data, 'parts/2/grown'), 'other text');
    writeFileSync(join(data, 'same'), 'other');
    write('parts/3/new', 700);

    t.deepEqual(await snapshots.take('db', folder, '1.0.0'), { bytes: 9_715, sinceBytes: 715 });
    t.is(execFileSync('diff', ['-r', data, join(folder, 'data')], { encoding: 'utf8' }), '');
    t.is(statSync(join(folder, 'data/parts/1/kept')).ino, copied, 'not copied twice');
    t.true(await snapshots.isWhole(folder));
  },
);

onLinux('a copy ahead that was cut short does no harm', async (t) => {
  const { of, write, snapshots } = scene(t);
  write('parts/1/file', 9_000);
  const folder = snapshots.folderFor('db', '1-a');
  mkdirSync(join(folder, 'ahead/parts/1'), { recursive: true });
  writeFileSync(join(folder, 'ahead/parts/1/file'), 'half');
  await snapshots.take('db', folder, '1.0.0');
  t.is(readFileSync(join(folder, 'data/parts/1/file'), 'utf8'), readFileSync(join(of.data, 'db/parts/1/file'), 'utf8'));
});
