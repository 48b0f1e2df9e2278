/**
Searching logs on real files, against the plain truth: every line of the file taken alone and tried with the regular
expression.
*/
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { readLogPattern, type LogPattern } from '../../source/core/log-pattern.ts';
import { TimedOut } from '../../source/daemon/guarded.ts';
import { createLineMatcher } from '../../source/daemon/line-matcher.ts';
import { plainLog } from '../../source/daemon/log-bytes.ts';
import { searchLog, type Found, type SearchAsk } from '../../source/daemon/log-search.ts';
import { createFiles } from '../../source/edge/files.ts';

const files = createFiles();
const utf8 = new TextEncoder();

const patternOf = (text: string): LogPattern => {
  const pattern = readLogPattern(text);
  if ('problem' in pattern) throw new Error(pattern.problem);
  return pattern;
};

const logFile = (t: ExecutionContext, text: string | Uint8Array): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-search-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'a.log');
  writeFileSync(file, text);
  return file;
};

const textsOf = (found: Pick<Found, 'lines'>) => found.lines.map((line) => new TextDecoder().decode(line.bytes));

/** Calls again until all was looked through or enough is found, as a client does. */
const searchAll = async (file: string, pattern: string, ask: Partial<SearchAsk> = {}) => {
  const matcher = createLineMatcher(patternOf(pattern));
  let { from = null } = ask;
  const { direction = 'forward', until = null, lines = Infinity } = ask;
  const all: Found['lines'][number][] = [];
  let calls = 0;
  for (;;) {
    const found = await searchLog(plainLog(files, file), matcher, {
      direction,
      from,
      until,
      lines: lines - all.length,
    });
    calls += 1;
    if (direction === 'forward') all.push(...found.lines);
    else all.unshift(...found.lines);
    if (found.done || all.length >= lines) return { lines: all, calls, toByte: found.toByte };
    from = direction === 'forward' ? found.toByte : found.fromByte;
  }
};

const truth = (text: string, pattern: string) => {
  const { source, flags } = patternOf(pattern);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let offset = 0;
  return lines.flatMap((line) => {
    const at = offset;
    offset += utf8.encode(line).length + 1;
    return new RegExp(source, flags).test(line.replace(/\r$/, '')) ? [{ offset: at, text: line }] : [];
  });
};

test('finds what a search line by line finds, with the same names, in both directions', async (t) => {
  const word = fc.constantFrom(
    'error',
    'Error',
    'wärn',
    'info',
    'a',
    'b',
    ' ',
    '=',
    '"',
    'é',
    '日本',
    '\r',
    '\t',
    'x1',
    '',
  );
  const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(''));
  const log = fc
    .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
    .map(([lines, isEnded]) => lines.join('\n') + (isEnded ? '\n' : ''));
  const pattern = fc.constantFrom(
    'error',
    'Error',
    'wärn',
    'a.b',
    '^a',
    'b$',
    '^$',
    'x\\d',
    '[^x]*error',
    'Error.*info',
    'Error(?!a)',
    '(?<!a)b',
    'é|日',
    'é.本',
    '\\s',
    '.',
    'Err[aeo]r=?',
    '"$',
    'a{2}',
    'Info|Error',
  );
  await fc.assert(
    fc.asyncProperty(log, pattern, fc.integer({ min: 1, max: 4 }), async (text, wanted, lines) => {
      const file = logFile(t, text);
      const expected = truth(text, wanted);
      for (const direction of ['forward', 'backward'] as const) {
        const all = await searchAll(file, wanted, { direction });
        const named = all.lines.map((one) => ({ offset: one.offset, text: new TextDecoder().decode(one.bytes) }));
        t.deepEqual(named, expected, `${direction} ${JSON.stringify(text)} ${wanted}`);
        const some = await searchAll(file, wanted, { direction, lines });
        const offsets = expected.map((one) => one.offset);
        const first = direction === 'forward' ? offsets.slice(0, lines) : offsets.slice(-lines);
        t.deepEqual(
          some.lines.map((one) => one.offset),
          first,
        );
      }
    }),
    { numRuns: 80 },
  );
});

test('a file of many slices is gone through in calls, and no line is lost where they meet', async (t) => {
  const lines = Array.from({ length: 900_000 }, (_, index) => `${index} ${'.'.repeat(index % 160)} end=${index % 7}`);
  const text = `${lines.join('\n')}\n`;
  t.true(text.length > 70_000_000);
  const file = logFile(t, text);
  for (const direction of ['forward', 'backward'] as const) {
    const { lines: found, calls } = await searchAll(file, 'end=3$', { direction });
    t.is(found.length, lines.filter((line) => line.endsWith('end=3')).length);
    t.true(calls > 1, direction);
    const one = await searchAll(file, '^777777 ', { direction });
    t.deepEqual(textsOf(one), [lines[777_777]]);
  }
});

test('a pattern that runs on from line to line is tried line by line', async (t) => {
  const file = logFile(t, 'xxxxxxxxxxxxxxxxxxxxxxxx\n'.repeat(50_000) + 'last foo\n');
  t.deepEqual(textsOf(await searchAll(file, '[^y]*foo')), ['last foo']);
});

test('a pattern that one line keeps busy for ever is given up', async (t) => {
  const file = logFile(t, `${'a'.repeat(60)}!\n`);
  await t.throwsAsync(searchAll(file, '(a+)+$'), { instanceOf: TimedOut });
});

test('bytes that are no UTF-8, lines longer than a slice, and nothing at all', async (t) => {
  const bad = logFile(
    t,
    Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a, 0xc3]), Buffer.from('\nerror \xff\n', 'latin1')]),
  );
  t.is((await searchAll(bad, 'error')).lines[0]?.offset, 5);
  const long = logFile(t, `start\n${'x'.repeat(3_000_000)}needle${'x'.repeat(3_000_000)}\nend of all\n`);
  for (const direction of ['forward', 'backward'] as const) {
    t.is((await searchAll(long, 'needle', { direction })).lines.length, 1);
    t.deepEqual(textsOf(await searchAll(long, 'end of', { direction })), ['end of all']);
  }
  t.deepEqual((await searchAll('/nonexistent/a.log', 'x')).lines, []);
  t.deepEqual((await searchAll(logFile(t, ''), '', { direction: 'backward' })).lines, []);
});

test('an unfinished line is found and looked at again once it goes on', async (t) => {
  const file = logFile(t, 'one\ntwo err');
  const first = await searchAll(file, 'err', { direction: 'backward' });
  t.deepEqual(textsOf(first), ['two err']);
  t.is(first.toByte, 4);
  appendFileSync(file, 'or\nthree\n');
  const next = await searchAll(file, 'err', { direction: 'backward', until: first.toByte });
  t.deepEqual(textsOf(next), ['two error']);
  t.is(next.toByte, 20);
});
