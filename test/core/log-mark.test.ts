import test from 'ava';
import { formatMark, markSeparator, parseMark } from '../../source/core/log-mark.ts';

const mark = { service: 'web', version: '1.2.3', generation: 4, pid: 812 };

test('a mark is one line that begins with the record separator', (t) => {
  t.is(formatMark(mark), `${markSeparator}booty web 1.2.3 generation 4 pid 812\n`);
});

test('a mark reads back as it was, with or without its ends', (t) => {
  t.deepEqual(parseMark(formatMark(mark)), mark);
  t.deepEqual(parseMark(formatMark(mark).slice(1, -1)), mark);
  t.deepEqual(parseMark(formatMark({ ...mark, version: null })), { ...mark, version: null });
});

test('what a service prints is no mark', (t) => {
  for (const line of ['', 'booty', 'booty web 1 generation x pid 1', `x${formatMark(mark)}`, `${formatMark(mark)}x`]) {
    t.is(parseMark(line), null);
  }
});
