/** What of a log is kept: so many bytes on the disk, for so many days; what is left is whole. */
import { randomBytes } from 'node:crypto';
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { until } from '../until.ts';
import { bounds, canPunch, numbered, packingMs, setUp } from './rotating-log.ts';

test('bounds: bytes on the disk, whatever was written; what is left is whole up to the last byte', async (t) => {
  const { folder, file, open, parts } = setUp(t, { totalBytesMax: 600_000 });
  writeFileSync(file, '');
  const { watch, raw, all } = open();
  await watch.look();
  let text = '';
  for (let round = 0; round < 12; round += 1) {
    // Does not compress to much less.
    const piece = `${randomBytes(75_000)
      .toString('base64')
      .replace(/(.{90})/g, '$1\n')}\n`;
    text += piece;
    appendFileSync(file, piece);
    await watch.look();
    await until(
      'what is old is put away',
      async () => {
        await watch.look();
        return text.length - packedBytes(parts()) < bounds.keepBytes + bounds.partBytes;
      },
      packingMs,
    );
  }
  // The pass that packed the last part has still to give up others.
  await watch.stop();
  const sizes = parts().map((name) => statSync(path.join(folder, 'a', name)).size);
  const total = sizes.reduce((sum, size) => sum + size, canPunch ? statSync(file).blocks * 512 : 0);
  t.true(total <= 600_000 + bounds.partBytes, String(total));
  for (const found of [await raw(), await open().raw()]) {
    t.true(found.length > 500_000 && found.length < text.length);
    t.true(text.endsWith(found.toString()));
  }
  t.is((await all()).at(-1)?.text, text.trimEnd().split('\n').at(-1));
});

/** Up to where the log lies in parts. */
const packedBytes = (names: readonly string[]): number =>
  Math.max(0, ...names.map((name) => Number(name.split('-')[2]?.split('.')[0])));

test('age: what lies there for a day is packed however little it is, and parts go after their days', async (t) => {
  const dayMs = 86_400_000;
  const { file, clock, open, parts } = setUp(t, { packAgeMs: dayMs, partAgeMsMax: 14 * dayMs });
  writeFileSync(file, '');
  const { watch, raw } = open();
  await watch.look();
  const text = numbered(1, 8_000);
  appendFileSync(file, text);
  await watch.look();
  clock.pass(dayMs - 60_000);
  await watch.look();
  await watch.look();
  t.deepEqual(parts(), []);
  clock.pass(120_000);
  await until(
    'it is packed',
    async () => {
      await watch.look();
      return parts().length === 1;
    },
    packingMs,
  );
  t.is((await raw()).toString(), text);
  appendFileSync(file, 'today\n');
  // A part's time is the file's, which the clock in hand has run ahead of by a day.
  clock.pass(12 * dayMs);
  await watch.look();
  await watch.look();
  t.is((await raw()).toString(), `${text}today\n`);
  clock.pass(2 * dayMs);
  await until(
    'its days are over',
    async () => {
      await watch.look();
      return parts().length === 0;
    },
    packingMs,
  );
  await watch.stop();
  t.is((await raw()).toString(), 'today\n');
  t.is((await open().raw()).toString(), 'today\n');
});

test('bounds: the oldest parts go first, what is left begins at a line’s true place', async (t) => {
  const { file, clock, open, parts } = setUp(t, { partAgeMsMax: 1_000 });
  writeFileSync(file, '');
  const { watch, all } = open();
  await watch.look();
  appendFileSync(file, numbered(1, 100_000));
  await until(
    'some is put away',
    async () => {
      await watch.look();
      return parts().length >= 12;
    },
    packingMs,
  );
  clock.pass(100_000);
  await until(
    'old parts are gone',
    async () => {
      await watch.look();
      return parts().length === 0;
    },
    packingMs,
  );
  await watch.stop();
  for (const lines of [await all(), await open().all()]) {
    t.true(lines.length < 20_000 && lines.length > 5_000);
    t.is(lines.at(-1)?.text, 'line 100000');
    t.false(lines.some(({ text }) => text.includes('\0')));
  }
});
