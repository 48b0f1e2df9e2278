import test from 'ava';
import { visibleLines } from '../../source/tui/log-pane.ts';
import { paint } from '../../source/tui/theme.ts';
import { screenOf } from '../../source/tui/view/screen.ts';
import { drive, look, type Drive } from './drive.ts';
import { makeFrame, makeLine, makeWindow, shop, startMs } from './fake-stack.ts';

const numbers = (one: Drive) => visibleLines(one.state()).map((line) => line.offset / 10);
const found = (one: Drive) => (one.state().log.foundByte ?? -10) / 10;
const type = (one: Drive, text: string) => one.keys('/', ...Array.from(text), 'enter');
const open = (logLines: number | null = 500): Drive => {
  const one = drive({ columns: 80, rows: 24 }, logLines);
  one.frame(makeFrame(shop));
  return one;
};

test('a search goes to the newest match, n to older ones, N back; the match stands with lines around it', (t) => {
  const one = open();
  type(one, '7$');
  t.deepEqual(one.intents.at(-1), {
    type: 'find',
    ticket: 1,
    service: 'nats',
    search: { pattern: '7$', direction: 'backward', lines: 1 },
  });
  one.keys('escape');
  type(one, 'line 3.7');
  t.is(found(one), 397);
  t.true(numbers(one).includes(397) && (numbers(one)[0] ?? 0) < 397);
  one.keys('n', 'n');
  t.is(found(one), 377);
  one.keys('N');
  t.is(found(one), 387);
  t.true(one.lines().some((line) => line.startsWith('›line 387')));
  one.keys('k');
  t.is(one.state().log.foundByte, null);
});

test('what is not found is said, and the view stays', (t) => {
  const one = open();
  const before = numbers(one);
  type(one, 'nowhere');
  t.true(one.lines().at(-1)?.includes('no older match of nowhere in nats'));
  t.deepEqual(numbers(one), before);
});

test('a pattern that does not compile is said while it is typed, and Enter does not take it', (t) => {
  const one = open();
  one.keys('/', 'a', '(', 'enter');
  t.deepEqual(one.state().question, { kind: 'search', typed: 'a(', filters: false });
  t.true(one.lines().join().includes('`a(` is not a regular expression: unterminated group'));
  one.keys('backspace', 'enter');
  t.is(one.state().question, null);
  t.is(one.state().log.pattern, 'a');
  one.keys('/', 'x', 'ctrl+u', 'enter');
  t.is(one.state().log.pattern, null);
});

test('every key but the prompt\u2019s own is a letter of the pattern', (t) => {
  const one = open();
  one.keys('/', 'q', ' ', '1', '?', 'X', 'escape');
  t.is(one.state().question, null);
  one.keys('/', 'q', ' ', '1', '?');
  t.like(one.state().question, { typed: 'q 1?' });
  t.deepEqual(one.intents, []);
});

test('the filter leaves only what matches, follows, scrolls, and gives the place back', (t) => {
  const one = open();
  one.keys('f', '5', '$', 'enter');
  t.true(numbers(one).every((number) => number % 10 === 5));
  t.is(numbers(one).at(-1), 495);
  one.keys('k', 'k');
  t.is(numbers(one).at(-1), 475);
  const first = numbers(one)[0] ?? 0;
  one.keys('f');
  t.false(one.state().log.isFiltered);
  t.true(numbers(one).includes(first) && numbers(one).includes(first + 1));
  one.keys('escape');
  t.is(one.state().log.pattern, null);
  t.is(one.state().focus, 'log');
  one.keys('escape');
  t.is(one.state().focus, 'table');
});

test('a filtered log that grew is looked through from where it ended', (t) => {
  const one = open(null);
  const answer = (lines: readonly number[], endByte: number, fileBytes: number) => {
    const window = { lines: lines.map((number) => makeLine(number)), endByte, fileBytes };
    one.send({ type: 'log.answered', ticket: one.logs.at(-1)?.ticket ?? 0, window });
  };
  one.keys('f', 'x', 'enter');
  t.like(one.logs.at(-1)?.request, { pattern: 'x', filterFrom: 0 });
  answer([1, 5], 60, 65);
  one.frame({ type: 'logs', ends: { nats: 900 } });
  t.like(one.logs.at(-1)?.request, { pattern: 'x', filterFrom: 60 });
  answer([70, 80], 900, 900);
  t.deepEqual(numbers(one), [1, 5, 70, 80]);
  // A file that shrank is a new one.
  one.frame({ type: 'logs', ends: { nats: 20 } });
  answer([0], 10, 20);
  t.deepEqual(numbers(one), [0]);
});

test('a search under way says how far it is, escape ends it, and its answer is then dropped', (t) => {
  const one = open(null);
  one.send({ type: 'log.answered', ticket: one.logs[0]?.ticket ?? 0, window: makeWindow(480, 500, 500) });
  type(one, 'x');
  one.send({ type: 'find.progressed', ticket: 1, progress: { doneBytes: 250, totalBytes: 1000 } });
  t.true(one.lines().some((line) => line.includes('searching 25%')));
  one.keys('escape');
  t.is(one.state().log.find, null);
  one.send({ type: 'find.answered', ticket: 1, line: makeLine(3), atMs: startMs });
  t.is(one.state().log.foundByte, null);
  // The next search has another number.
  type(one, 'y');
  t.is(one.state().log.find?.ticket, 2);
  one.send({ type: 'find.failed', ticket: 2, reason: 'it takes too long', atMs: startMs });
  t.true(one.lines().at(-1)?.includes('it takes too long'));
});

test('what matches is marked where it stands, also in a line that is read', (t) => {
  const one = open(null);
  const lines = [
    { ...makeLine(1, 'code E42 and E43'), matches: ['E42', 'E43'] },
    { ...makeLine(2, '{"level":"error","ts":1795373041.1,"msg":"dial failed"}'), matches: ['failed', '"msg"'] },
  ];
  const window = { lines, endByte: 100, fileBytes: 100 };
  one.send({ type: 'log.answered', ticket: one.logs[0]?.ticket ?? 0, window });
  const painted = screenOf(one.state(), look).flatMap((pane) => pane.lines.map((line) => paint(line, look)));
  const mark = (text: string) => `\u001B[7m\u001B[33m${text}\u001B[39m\u001B[27m`;
  t.true(painted.some((line) => line.includes(`code ${mark('E42')} and ${mark('E43')}`)));
  t.true(painted.some((line) => line.includes(mark('failed')) && !line.includes(mark('"msg"'))));
});

test('lines of known shapes are read as time, level and message; v shows them as written', (t) => {
  const one = open(null);
  const line = makeLine(1, 'ts=2026-11-22T18:44:01Z level=warn msg="slow insert" table=a');
  const window = { lines: [line], endByte: 100, fileBytes: 100 };
  one.send({ type: 'log.answered', ticket: one.logs[0]?.ticket ?? 0, window });
  t.true(one.lines().some((text) => /^ \d\d:\d\d:01 WARN {2}slow insert {2}table=a/.test(text)));
  one.keys('v');
  t.true(one.lines().some((text) => text.startsWith(' ts=2026-11-22T18:44:01Z level=warn')));
});
