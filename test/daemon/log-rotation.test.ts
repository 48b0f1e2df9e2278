/** Logs that are put away while a program writes: nothing is lost, and no line gets another name. */
import { spawn } from 'node:child_process';
import { appendFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { Files } from '../../source/ports.ts';
import { until } from '../until.ts';
import { bounds, canPunch, firstWrong, numbered, packingMs, realFiles, setUp } from './rotating-log.ts';

test('parts and the file read as one: windows, search, lines and bytes, also by a later daemon', async (t) => {
  const { file, open, parts } = setUp(t);
  const text = numbered(1, 100_000);
  writeFileSync(file, '');
  const first = open();
  await first.watch.look();
  appendFileSync(file, text);
  await until(
    'most of it is put away',
    async () => {
      await first.watch.look();
      return parts().length >= 12;
    },
    packingMs,
  );
  await first.watch.stop();
  if (canPunch) t.true(statSync(file).blocks * 512 < bounds.keepBytes + 2 * bounds.partBytes);
  for (const { logs, all, raw } of [first, open()]) {
    const lines = await all();
    t.is(lines.length, 100_000);
    t.is(firstWrong(lines), -1);
    t.is((await raw()).toString(), text);
    const { lines: window } = await logs.window('a', { lines: 2, start: null, end: 200_000 });
    t.is(window.at(-1)?.text, text.slice(0, 200_000).split('\n').at(-1));
    const ask = { direction: 'backward', from: null, until: null, lines: 1 } as const;
    const { lines: found } = await logs.search('a', '^line 777$', ask);
    t.like(found, [{ offset: text.indexOf('line 777\n'), generation: 1 }]);
    const matched = await all({ pattern: '^line \\d*99999$' });
    t.deepEqual(
      matched.map((line) => line.text),
      ['line 99999'],
    );
    t.is((await all({ lines: 3, pattern: '7$' })).map((line) => line.text).join(), 'line 99977,line 99987,line 99997');
    t.is((await all({ lines: 50_000 })).at(0)?.text, 'line 50001');
  }
});

test('a program that writes all the while loses nothing, whatever its bytes', async (t) => {
  const { file, open, parts } = setUp(t);
  writeFileSync(file, '');
  const { watch, raw } = open();
  await watch.look();
  // NULs, broken UTF-8, separators of records, lines of 90,000 characters; each write is an append of its own.
  const script = `
    const fs = require('node:fs'); const log = fs.openSync(process.argv[1], 'a');
    for (let i = 0; i < 300; i += 1) {
      fs.writeSync(log, Buffer.concat([Buffer.from('no ' + i + ' \\u00e9\\u{1F6A2} '), Buffer.from([0, 255, 30, 0xc3, 27, 13]),
        Buffer.from('x'.repeat(i % 10 === 0 ? 90000 : 3000)), Buffer.from('\\n')]));
    }`;
  const expected = path.join(path.dirname(file), 'expected');
  const writers = [file, expected].map((to) => spawn(process.execPath, ['-e', script, to], { stdio: 'inherit' }));
  let left = writers.length;
  for (const writer of writers) writer.on('exit', () => (left -= 1));
  await until(
    'all is written and put away',
    async () => {
      await watch.look();
      return left === 0 && parts().length > 20;
    },
    packingMs,
  );
  await watch.stop();
  t.true((await raw()).equals(Buffer.from(await realFiles.readRange(expected, 0, 1e8))));
});

test('where nothing can be freed in place: copied, emptied, a new generation, and it is said', async (t) => {
  const storage = realFiles.logStorage;
  if (!storage) return t.fail();
  const files: Files = { ...realFiles, logStorage: { ...storage, punch: async () => false } };
  const { file, facts, open } = setUp(t, {}, files);
  writeFileSync(file, '');
  const first = open();
  await first.watch.look();
  appendFileSync(file, numbered(1, 100_000));
  await until(
    'it was emptied',
    async () => {
      await first.watch.look();
      return facts.includes('log.cut');
    },
    packingMs,
  );
  appendFileSync(file, numbered(100_001, 100_010));
  await first.watch.look();
  await first.watch.stop();
  t.true(statSync(file).size < 1_000);
  for (const { all } of [first, open()]) {
    const lines = await all();
    t.is(lines.length, 100_010);
    t.is(firstWrong(lines), -1);
    t.deepEqual([...new Set(lines.map((line) => line.generation))], [1, 2]);
  }
});

test('a log that its program empties goes on behind its parts; what was not put away is said to be gone', async (t) => {
  const { file, facts, open, parts } = setUp(t);
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
  const before = (await all()).length;
  await watch.look();
  truncateSync(file, 0);
  // As long as before: only its first bytes tell that it is another text.
  appendFileSync(file, numbered(500_001, 600_000));
  await watch.look();
  const lines = await all();
  t.true(facts.includes('log.shrank'));
  t.is(before, 100_000);
  t.is(lines.at(-1)?.text, 'line 600000');
  t.true(lines.some(({ text, generation }) => text === 'line 500001' && generation === 2));
  t.is(lines[0]?.text, 'line 1');
  await watch.stop();
});

test('a log that is emptied right before old ranges are given back keeps what follows', async (t) => {
  const storage = realFiles.logStorage;
  if (!storage) return t.fail();
  let emptied = 0;
  const text = numbered(500_001, 500_100);
  const punch: typeof storage.punch = async (path, ...range) => {
    emptied += 1;
    truncateSync(path, 0);
    appendFileSync(path, text);
    return storage.punch(path, ...range);
  };
  const { file, facts, open } = setUp(t, {}, { ...realFiles, logStorage: { ...storage, punch } });
  writeFileSync(file, '');
  const { watch, all } = open();
  await watch.look();
  appendFileSync(file, numbered(1, 100_000));
  await until(
    'it was emptied',
    async () => {
      await watch.look();
      return emptied > 0;
    },
    packingMs,
  );
  await until(
    'it is told',
    async () => {
      await watch.look();
      return facts.includes('log.shrank');
    },
    packingMs,
  );
  await watch.stop();
  const lines = await all();
  t.is(
    lines
      .slice(-100)
      .map((line) => `${line.text}\n`)
      .join(''),
    text,
  );
  t.is(firstWrong(lines.slice(0, -100)), -1);
});

test('since: by when lines were seen, also by a later daemon; by their own times where nobody watched', async (t) => {
  const { file, clock, open } = setUp(t);
  const iso = (ms: number): string => new Date(ms).toISOString();
  const startMs = clock.nowMs();
  const own = Array.from({ length: 5_000 }, (_, i) =>
    JSON.stringify({ time: iso(startMs - 10_000_000 + i * 1_000), level: 'info', msg: `old ${i}` }),
  );
  writeFileSync(file, `${own.join('\n')}\n`);
  const { watch, all } = open();
  await watch.look();
  for (let i = 1; i <= 5; i += 1) {
    clock.pass(60_000);
    appendFileSync(file, `new ${i}\n`);
    await realFiles.logStorage?.allocatedBytes(file);
    await watch.look();
  }
  await watch.stop();
  for (const each of [all, open().all]) {
    t.is((await each({ sinceMs: startMs - 10_000_000 + 4_000_000 }))[0]?.text.includes('old 4000"'), true);
    t.is((await each({ sinceMs: startMs + 1e9 })).length, 0);
  }
});
