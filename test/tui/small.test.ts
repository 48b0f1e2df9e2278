import test from 'ava';
import { canRunTui } from '../../source/tui/can-run.ts';
import { waitText } from '../../source/commands/text.ts';
import { formatAge, formatBytes, formatPercent, formatWait } from '../../source/tui/format.ts';
import { nextTickMs } from '../../source/tui/next-tick.ts';
import { drive } from './drive.ts';
import { makeFrame, makeRow, makeStack, startMs } from './fake-stack.ts';

test('numbers take few columns', (t) => {
  t.deepEqual([0, 999, 1000, 31 * 1024 ** 2, 1.25 * 1024 ** 3, 12 * 1024 ** 4].map(formatBytes), [
    '0',
    '999',
    '1.0K',
    '31M',
    '1.3G',
    '12T',
  ]);
  t.deepEqual([4_999, 59_999, 60_000, 3_600_000, 41 * 86_400_000, -5].map(formatAge), [
    '4s',
    '59s',
    '1m',
    '1h',
    '41d',
    '0s',
  ]);
  const waits = [1, 7_500, 150_000, 8_000_000, 200_000_000, 1e13];
  t.deepEqual(waits.map(formatWait), ['1 s', '8 s', '3 min', '3 h', '3 d', '>99 d']);
  t.deepEqual(waits.map(waitText), ['1 s', '8 s', '3 min', '3 h', '3 d', 'more than 99 d']);
  t.deepEqual([0.04, 3.25, 9.96, 640].map(formatPercent), ['0.0', '3.3', '10', '640']);
});

test('the screen wakes only when something shown changes', (t) => {
  const tick = (row: Parameters<typeof makeRow>[1]) => {
    const one = drive();
    one.frame(makeFrame(makeStack([makeRow('a', row)])));
    return nextTickMs(one.state());
  };
  // By then the daemon has spoken again, or is told to be silent.
  t.is(tick({ startedAtMs: startMs - 41 * 86_400_000 }), 5_000);
  t.is(tick({ startedAtMs: startMs - 42_000 }), 1000);
  t.is(tick({ pid: null, nextRetryAtMs: startMs + 9000 }), 1000);
});

test('a terminal that cannot show the screen is told why', (t) => {
  const terminal = { isTTY: true };
  t.is(canRunTui(terminal, terminal, { TERM: 'xterm' }), null);
  t.regex(canRunTui(terminal, {}, {}) ?? '', /output is not a terminal/);
  t.regex(canRunTui({}, terminal, {}) ?? '', /input is not a terminal/);
  t.regex(canRunTui(terminal, terminal, { TERM: 'dumb' }) ?? '', /TERM=dumb/);
});
