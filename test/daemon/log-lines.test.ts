/** Logs as clients see them, on real files: windows from either end, and following while a program writes. */
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { LogLine } from '../../source/api/protocol.ts';
import { limits } from '../../source/core/limits.ts';
import { createLogLines } from '../../source/daemon/log-lines.ts';
import { watchLogs } from '../../source/daemon/log-watch.ts';
import { createWorld } from '../../source/edge/world.ts';
import { until } from '../until.ts';
import { createHandClock } from './hand-clock.ts';

const { files } = createWorld();

const setUp = (t: ExecutionContext, services: readonly string[] = ['a']) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-log-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const pathOf = (service: string): string => path.join(folder, `${service}.log`);
  const clock = createHandClock();
  const facts: string[] = [];
  const watch = watchLogs(
    { clock, files },
    {
      services: () => services,
      pathOf,
      folder,
      tell: ({ message }) => facts.push(message),
      onError: (error) => t.fail(String(error)),
    },
  );
  t.teardown(watch.stop);
  const logs = createLogLines(watch);
  const follow = (lines: number, bytes: Readonly<Record<string, number>> = {}) => {
    const heard: LogLine[] = [];
    const gone = Promise.withResolvers<void>();
    const done = (async () => {
      for await (const line of logs.follow(services, { lines, bytes }, true, gone.promise)) heard.push(line);
    })();
    return { heard, texts: () => heard.map((line) => line.text), leave: gone.resolve, done };
  };
  return { clock, watch, logs, follow, file: pathOf('a'), pathOf };
};

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('');

test('a window shows the last lines, and walks back and forth by bytes', async (t) => {
  const { logs, file } = setUp(t);
  writeFileSync(file, numbered(1, 10_000));
  const last = await logs.window('a', { lines: 3, end: null, start: null });
  t.deepEqual(
    last.lines.map((line) => line.text),
    ['line 9998', 'line 9999', 'line 10000'],
  );
  t.is(last.endByte, last.fileBytes);
  const before = await logs.window('a', { lines: 2, end: last.lines[0]?.offset ?? 0, start: null });
  t.deepEqual(
    before.lines.map((line) => line.text),
    ['line 9996', 'line 9997'],
  );
  const forth = await logs.window('a', { lines: 2, end: null, start: before.lines[1]?.offset ?? 0 });
  t.deepEqual(
    forth.lines.map((line) => line.text),
    ['line 9997', 'line 9998'],
  );
  t.is(forth.endByte, last.lines[1]?.offset ?? 0);
  const first = await logs.window('a', { lines: 2, end: null, start: 0 });
  t.deepEqual(
    first.lines.map((line) => [line.offset, line.text]),
    [
      [0, 'line 1'],
      [7, 'line 2'],
    ],
  );
});

test('windows of files that are not there, are empty, or have no end of line', async (t) => {
  const { logs, file } = setUp(t);
  const ask = { lines: 5, end: null, start: null };
  t.deepEqual(await logs.window('a', ask), { lines: [], endByte: 0, fileBytes: 0 });
  writeFileSync(file, '');
  t.deepEqual(await logs.window('a', ask), { lines: [], endByte: 0, fileBytes: 0 });
  writeFileSync(file, 'no end');
  t.deepEqual(
    (await logs.window('a', ask)).lines.map((line) => line.text),
    ['no end'],
  );
  t.deepEqual((await logs.window('a', { ...ask, lines: 0 })).lines, []);
  t.deepEqual((await logs.window('a', { ...ask, end: 10_000 })).lines.length, 1);
  t.deepEqual((await logs.window('a', { lines: 5, end: null, start: 10_000 })).lines, []);
});

test('lines longer than what is read at once are cut, and the lines around them are whole', async (t) => {
  const { logs, file } = setUp(t);
  const long = 'é'.repeat(45_000);
  writeFileSync(file, `before\n${long}\n${long}\nafter\n`);
  const { lines } = await logs.window('a', { lines: 10, end: null, start: null });
  t.deepEqual(
    lines.map((line) => line.text.length),
    [6, limits.logLineBytesMax / 2, limits.logLineBytesMax / 2, 5],
  );
  t.is((await logs.window('a', { lines: 1, end: null, start: null })).lines[0]?.text, 'after');
  t.false(lines.some((line) => line.text.includes('\uFFFD')));
});

test('following: what is there, what comes, half lines only once they are whole', async (t) => {
  const { watch, follow, file } = setUp(t);
  writeFileSync(file, numbered(1, 5));
  await watch.look();
  const tail = follow(2);
  await until('the last two', () => tail.heard.length === 2);
  const ship = Buffer.from('a \u{1F6A2}');
  appendFileSync(file, ship.subarray(0, 4));
  await watch.look();
  appendFileSync(file, Buffer.concat([ship.subarray(4), Buffer.from('\nnext\n')]));
  await watch.look();
  await until('the rest', () => tail.heard.length === 4);
  t.deepEqual(tail.texts(), ['line 4', 'line 5', 'a \u{1F6A2}', 'next']);
  t.deepEqual(
    tail.heard.map((line) => line.offset),
    [21, 28, 35, 42],
  );
  tail.leave();
  await tail.done;
});

test('following from a byte misses nothing that was written since', async (t) => {
  const { watch, logs, follow, file } = setUp(t);
  writeFileSync(file, 'old\n');
  const ends = await logs.ends(['a', 'b']);
  t.deepEqual(ends, { a: 4, b: 0 });
  appendFileSync(file, 'new\n');
  await watch.look();
  const tail = follow(100, ends);
  await until('the new line', () => tail.heard.length > 0);
  t.deepEqual(tail.texts(), ['new']);
  tail.leave();
  await tail.done;
});

test('who asks for nothing that is there is told where to go on: of lines by a word, of bytes by an empty piece', async (t) => {
  const { watch, logs, file } = setUp(t);
  writeFileSync(file, 'old\n');
  await watch.look();
  const begins: unknown[] = [];
  const gone = Promise.withResolvers<void>();
  const ask = { lines: 0, bytes: {} };
  const lines = logs.follow(['a', 'b'], { ...ask, onBegin: (begin) => begins.push(begin) }, true, gone.promise);
  const first = lines.next();
  await until('both are told', () => begins.length === 2);
  t.deepEqual(begins, [
    { service: 'a', beginByte: 4 },
    { service: 'b', beginByte: 0 },
  ]);
  const pieces = logs.raw('a', ask, true, gone.promise);
  t.deepEqual((await pieces.next()).value, { service: 'a', endByte: 4, base64: '' });
  gone.resolve();
  t.true((await first).done);
});

test('a log that shrinks begins a new generation, and is told from its start', async (t) => {
  const { watch, follow, file } = setUp(t);
  writeFileSync(file, numbered(1, 3));
  await watch.look();
  const tail = follow(1);
  await until('the last', () => tail.heard.length === 1);
  truncateSync(file, 0);
  appendFileSync(file, 'anew\n');
  await watch.look();
  await until('the new one', () => tail.heard.length === 2);
  t.deepEqual(
    tail.heard.map(({ generation, offset, text }) => [generation, offset, text]),
    [
      [1, 14, 'line 3'],
      [2, 0, 'anew'],
    ],
  );
  tail.leave();
  await tail.done;
});

test('a flood is handed over whole and in order', async (t) => {
  const { watch, follow, file } = setUp(t);
  writeFileSync(file, '');
  await watch.look();
  const tail = follow(0, { a: 0 });
  for (let part = 0; part < 20; part += 1) {
    appendFileSync(file, numbered(part * 5_000 + 1, (part + 1) * 5_000));
    await watch.look();
  }
  await until('all', () => tail.heard.length >= 100_000);
  t.is(
    tail.texts().findIndex((text, index) => text !== `line ${index + 1}`),
    -1,
  );
  tail.leave();
  await tail.done;
});

test('closing hands over the last words, also without an end of line, and ends every follower', async (t) => {
  const { follow, logs, pathOf } = setUp(t, ['a', 'b']);
  const tails = [follow(10), follow(10)];
  writeFileSync(pathOf('a'), 'last words');
  writeFileSync(pathOf('b'), 'bye\n');
  await logs.close();
  await Promise.all(tails.map((tail) => tail.done));
  for (const tail of tails) t.deepEqual(tail.texts().toSorted(), ['bye', 'last words']);
});

test('lines tell when they were first seen, within a tick; older ones do not', async (t) => {
  const { clock, watch, logs, file } = setUp(t);
  writeFileSync(file, 'old\n');
  await watch.look();
  clock.pass(50);
  appendFileSync(file, 'new\n');
  await watch.look();
  const { lines } = await logs.window('a', { lines: 2, end: null, start: null });
  t.deepEqual(
    lines.map((line) => [line.text, line.atMs]),
    [
      ['old', null],
      ['new', clock.nowMs()],
    ],
  );
});

test('quiet logs are looked at slowly, and what comes then is seen at once', async (t) => {
  const { clock, watch, file } = setUp(t);
  writeFileSync(file, 'first\n');
  let grown = 0;
  t.teardown(watch.onGrowth(() => (grown += 1)));
  const settled = async (ms: number, isSo: () => boolean) => {
    const beganAtMs = clock.nowMs();
    await until('the log is as expected', () => {
      clock.pass(ms);
      return isSo();
    });
    return clock.nowMs() - beganAtMs;
  };
  await settled(100, () => grown === 1);
  const quietAtMs = clock.nowMs() + 4_000;
  await settled(100, () => clock.nowMs() > quietAtMs);
  appendFileSync(file, 'second\n');
  const tookMs = await settled(1, () => grown === 2);
  t.true(tookMs < 500, `it was seen after ${tookMs} ms of the watch's clock`);
});
