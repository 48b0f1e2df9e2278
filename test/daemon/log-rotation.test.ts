/** Logs that are put away while a program writes: nothing is lost, and no line gets another name. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { allLines, type LogLine } from '../../source/api/protocol.ts';
import { createLogLines } from '../../source/daemon/log-lines.ts';
import type { RotationBounds } from '../../source/daemon/log-rotation.ts';
import { watchLogs } from '../../source/daemon/log-watch.ts';
import { createWorld } from '../../source/edge/world.ts';
import type { Files } from '../../source/ports.ts';
import { until } from '../until.ts';
import { createHandClock } from './hand-clock.ts';

const { files: realFiles } = createWorld();
const bounds: RotationBounds = {
  partBytes: 65_536,
  keepBytes: 131_072,
  floodBytes: 10_000_000,
  totalBytesMax: 1_073_741_824,
  partAgeMsMax: 1e12,
  packAgeMs: 1e12,
};
const canPunch = process.platform === 'linux';

const setUp = (t: ExecutionContext, own: Partial<RotationBounds> = {}, files: Files = realFiles) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-rotation-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'a.log');
  const clock = createHandClock(Date.now());
  const facts: string[] = [];
  const open = () => {
    const watch = watchLogs(
      { clock, files },
      {
        services: () => ['a'],
        pathOf: () => file,
        folder,
        tell: ({ type }) => facts.push(type),
        onError: (error) => t.fail(String(error)),
        bounds: { ...bounds, ...own },
      },
    );
    const logs = createLogLines(watch);
    const all = async (ask: object = {}): Promise<LogLine[]> =>
      Array.fromAsync(logs.follow(['a'], { lines: allLines, bytes: {}, ...ask }, false, new Promise(() => {})));
    const raw = async (): Promise<Buffer> => {
      const pieces = await Array.fromAsync(logs.raw('a', { lines: allLines, bytes: {} }, false, new Promise(() => {})));
      return Buffer.concat(pieces.map(({ base64 }) => Buffer.from(base64, 'base64')));
    };
    return { watch, logs, all, raw };
  };
  const parts = (): readonly string[] => {
    try {
      return readdirSync(path.join(folder, 'a')).filter((name) => name.includes('.log.'));
    } catch {
      return [];
    }
  };
  return { folder, file, clock, facts, open, parts };
};

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');
const firstWrong = (lines: readonly LogLine[]): number =>
  lines.findIndex(({ text }, index) => text !== `line ${index + 1}`);

test('parts and the file read as one: windows, search, lines and bytes, also by a later daemon', async (t) => {
  const { file, open, parts } = setUp(t);
  const text = numbered(1, 100_000);
  writeFileSync(file, '');
  const first = open();
  await first.watch.look();
  appendFileSync(file, text);
  await until('most of it is put away', async () => {
    await first.watch.look();
    return parts().length >= 12;
  });
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
  await until('all is written and put away', async () => {
    await watch.look();
    return left === 0 && parts().length > 20;
  });
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
  await until('it was emptied', async () => {
    await first.watch.look();
    return facts.includes('log.cut');
  });
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
  await until('some is put away', async () => {
    await watch.look();
    return parts().length >= 12;
  });
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

test('bounds: the oldest parts go first, what is left begins at a line’s true place', async (t) => {
  const { file, clock, open, parts } = setUp(t, { partAgeMsMax: 1_000 });
  writeFileSync(file, '');
  const { watch, all } = open();
  await watch.look();
  appendFileSync(file, numbered(1, 100_000));
  await until('some is put away', async () => {
    await watch.look();
    return parts().length >= 12;
  });
  clock.pass(100_000);
  await until('old parts are gone', async () => {
    await watch.look();
    return parts().length === 0;
  });
  await watch.stop();
  for (const lines of [await all(), await open().all()]) {
    t.true(lines.length < 20_000 && lines.length > 5_000);
    t.is(lines.at(-1)?.text, 'line 100000');
    t.false(lines.some(({ text }) => text.includes('\0')));
  }
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
