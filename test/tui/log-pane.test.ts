import test from 'ava';
import { visibleLines } from '../../source/tui/log-pane.ts';
import { drive, type Drive } from './drive.ts';
import { makeFrame, makeLine, makeWindow, shop, startMs } from './fake-stack.ts';

const numbers = (one: Drive) => visibleLines(one.state()).map((line) => line.offset / 10);

test('the pane follows, scrolls up and down by lines and pages, and follows again at the end', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('l');
  const height = numbers(one).length;
  t.is(numbers(one).at(-1), 499);
  one.keys('k', 'k', 'k');
  t.is(numbers(one).at(-1), 496);
  t.is(numbers(one).length, height);
  one.keys('j');
  t.deepEqual([numbers(one)[0], numbers(one).at(-1)], [498 - height, 497]);
  one.keys('pageUp');
  t.is(numbers(one).at(-1), 497 - (height - 1));
  one.keys('pageDown', 'pageDown');
  t.deepEqual(one.state().log.anchor, { kind: 'end' });
  t.is(numbers(one).at(-1), 499);
});

test('the start of the log stays put, the end key follows', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('l', 'g');
  t.is(numbers(one)[0], 0);
  const first = numbers(one);
  one.keys('k', 'pageUp');
  t.deepEqual(numbers(one), first);
  one.keys('j');
  t.is(numbers(one)[0], 1);
  one.keys('pageUp');
  t.deepEqual(numbers(one), first);
  one.keys('G');
  t.is(numbers(one).at(-1), 499);
});

test('a short log does not scroll', (t) => {
  const one = drive({ columns: 80, rows: 24 }, 3);
  one.frame(makeFrame(shop));
  one.keys('l', 'k', 'pageUp', 'j', 'g', 'G', 'k');
  t.deepEqual(numbers(one), [0, 1, 2]);
});

test('keys pressed while an answer is awaited are made up for', (t) => {
  const one = drive({ columns: 80, rows: 24 }, null);
  one.frame(makeFrame(shop));
  const answer = () => {
    const last = one.logs.at(-1);
    const to = (last?.request.end ?? 5000) / 10;
    const window = makeWindow(to - (last?.request.lines ?? 0), to, 500);
    one.send({ type: 'log.answered', ticket: last?.ticket ?? 0, window });
  };
  answer();
  one.keys('l');
  while (one.state().log.busy) answer();
  one.keys('k', 'k', 'k', 'k');
  answer();
  answer();
  t.false(one.state().log.busy);
  t.is(numbers(one).at(-1), 495);
});

test('while scrolled away, what grows below is told and not drawn', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('l', 'k');
  const before = one.logs.length;
  const shown = numbers(one);
  one.frame({ type: 'logs', ends: { nats: 10_000_000 } }, startMs + 50);
  t.is(one.logs.length, before);
  t.deepEqual(numbers(one), shown);
  t.true(one.lines().some((line) => line.includes('LOG nats') && line.includes('9.5M below')));
});

test('long lines are cut and moved, or wrapped with the newest at the bottom', (t) => {
  const one = drive({ columns: 60, rows: 24 }, null);
  one.frame(makeFrame(shop));
  const lines = Array.from({ length: 11 }, (_, index) => makeLine(index, `${index}:${'abcdefghij'.repeat(15)}:end`));
  one.send({
    type: 'log.answered',
    ticket: one.logs[0]?.ticket ?? 0,
    window: { lines, endByte: 110, fileBytes: 110 },
  });
  const logRows = () => {
    const rows = one.lines();
    return rows.slice(rows.findIndex((row) => row.includes('LOG nats')) + 1, -1).filter((row) => row.trim() !== '');
  };
  t.true(logRows().every((row) => !row.includes(':end')));
  t.true(logRows().at(-1)?.trimEnd().endsWith('…'));
  one.keys('right');
  t.true(logRows().at(-1)?.startsWith(' hijabc'));
  one.keys('w');
  t.true(logRows().at(-1)?.includes(':end'));
  t.true(logRows().some((row) => row.startsWith(' 10:')));
  t.deepEqual(
    visibleLines(one.state())
      .map((line) => line.offset / 10)
      .at(-1),
    10,
  );
});

test('a log that cannot be read says why and is tried again when it grows', (t) => {
  const one = drive({ columns: 80, rows: 24 }, null);
  one.frame(makeFrame(shop));
  one.send({ type: 'log.failed', ticket: one.logs[0]?.ticket ?? 0, reason: 'no such file' });
  t.true(one.lines().some((line) => line.includes('no such file')));
  t.is(one.logs.length, 1);
  one.frame({ type: 'logs', ends: { nats: 10 } });
  t.is(one.logs.length, 2);
});
