import test from 'ava';
import * as fc from 'fast-check';
import type { ChooserState } from '../../source/tui/choice.ts';
import { chooserKey, chooserLines } from '../../source/tui/chooser.ts';
import { keymap } from '../../source/tui/keymap.ts';
import { lineWidth, textOf } from '../../source/tui/line.ts';
import { lookFor, paint } from '../../source/tui/theme.ts';
import { serviceStates } from '../../source/core/model.ts';
import { screenOf } from '../../source/tui/view/screen.ts';
import { drive, look } from './drive.ts';
import {
  failing,
  fetching,
  makeFrame,
  makeLine,
  makeRow,
  makeStack,
  makeWindow,
  shop,
  startMs,
  stopping,
  type StateFrame,
} from './fake-stack.ts';

const links = [
  { service: 'caddy', title: 'front door', url: 'http://127.0.0.1:8080' },
  { service: 'victoria-metrics', title: 'metrics', url: 'http://127.0.0.1:8428/vmui' },
];
const notes = ['caddy http 8081 (8080 held by 812 nginx)'];
const trimmed = (lines: readonly string[]) => lines.map((line) => line.trimEnd());

test('a stack that is well, 80x24', (t) => {
  const one = drive();
  one.frame(makeFrame(shop, { links, notes }));
  t.deepEqual(trimmed(one.lines()).slice(0, 11), [
    ' shop  ready  tied · ctrl-c or closing this terminal stops all        5/5 ready',
    ' front door http://127.0.0.1:8080   metrics http://127.0.0.1:8428/vmui',
    ' ! caddy http 8081 (8080 held by 812 nginx)',
    '   SERVICE           STATE          UP  RST  CPU%   RSS       PORT  VERSION',
    '›  nats              ● ready       41d    0   0.4   31M  4222,8222  2.10.27',
    '   victoria-metrics  ● ready       41d    0   3.2  172M       8428  1.145.0',
    '   vmagent           ● ready       42s    0   0.4   31M       8429  1.145.0',
    '   grafana           ● ready       41d    2   0.4   31M       3000  12.0.1',
    '   caddy             ● ready       41d    0   0.4   31M    8080 +2  2.9.1',
    '── LOG nats ───────────────────────────────────────────────── following, 4.9K ──',
    ' line 487',
  ]);
  t.is(
    one.lines().at(-1)?.trimEnd(),
    ' [l] log  [r] restart  [s] stop  [tab] panes  [X] stop all  [?] keys  [q] leave',
  );
});

test('a failed service says why, whom it hits and its last words', (t) => {
  const one = drive({ columns: 60, rows: 24 });
  one.frame(makeFrame(failing, { dependencies: { grafana: ['vmagent'], caddy: [] } }));
  const lines = trimmed(one.lines());
  const why = lines.findIndex((line) => line.startsWith('── WHY vmagent FAILED'));
  const words = lines.findIndex((line) => line.startsWith('── LAST WORDS (exit 2)'));
  t.true(why > 0 && words > why);
  const told = lines
    .slice(why + 1, words)
    .join(' ')
    .replaceAll(/ +/g, ' ');
  t.regex(told, /Exited 2 five times; gave up\. Restarted 5 times so far\. Given up at \d\d:57:40/);
  t.regex(told, /Depends on it: grafana \(ready\)\./);
  t.true(lines[0]?.includes('1 FAILED'));
  t.true(lines.at(-1)?.includes('[r] retry'));
});

test('a large terminal also shows reasons in the table, 160x50', (t) => {
  const one = drive({ columns: 160, rows: 50 });
  one.frame(makeFrame(failing, { links, notes, fetches: fetching }));
  const lines = trimmed(one.lines());
  t.is(lines.length, 50);
  t.true(
    lines.includes(
      '›  vmagent           ✗ FAILED        -    5     -     -       8429  1.145.0  exited 2 five times; gave up',
    ),
  );
  t.true(lines.some((line) => line.startsWith('── LAST WORDS')));
  t.is(lines.at(-2), ' line 499');
});

test('a service waiting for its next try says when', (t) => {
  const row = makeRow('web', {
    state: 'backoff',
    reason: 'exited 1',
    pid: null,
    restarts: 3,
    nextRetryAtMs: startMs + 7500,
  });
  const one = drive();
  one.frame(makeFrame(makeStack([row]), { atMs: startMs }));
  t.true(one.lines().join(' ').includes('Next try in 8 s.'));
});

test('fetches show bars, speed and what is left, each and in all', (t) => {
  const one = drive();
  one.frame(makeFrame(shop, { fetches: fetching }));
  const lines = trimmed(one.lines());
  const top = lines.findIndex((line) => line.startsWith('── FETCHING 1 of 4 done'));
  t.true(lines[top]?.endsWith('57% of 33M  2.9M/s  5 s left ──'));
  t.deepEqual(lines.slice(top + 1, top + 4), [
    ' victoria-metrics  ███░░░░░░░░░░░  25%   4.8M/19M   2.9M/s     5 s  apt 2.10.27',
    ' caddy             unpacking  apt 2.10.27',
    ' prometheus        looking',
  ]);
});

test('the stop is shown step by step with who is waited for', (t) => {
  const one = drive();
  one.frame(makeFrame(shop, { stop: stopping }));
  t.deepEqual(trimmed(one.lines()).slice(0, 7), [
    ' STOPPING  shop  step 2 of 3                ctrl-c: less time   again: kill all',
    '',
    '  1  caddy             stopped     0.1s  asked, exit 0',
    '  2  vmagent           WAITING     4.0s of 30s  SIGINT to pid 4121, 1 child',
    '     last line: flushing 12 MB queue',
    '  3  nats victoria-metrics  after step 2',
    ' At most 71 s left. Data stays.',
  ]);
});

test('of a last line of JSON the stop shows what it says', (t) => {
  const one = drive();
  const lastLine = JSON.stringify({ time: '2026-01-02T02:51:07Z', caller: 'a.go:1', level: 'info', msg: 'flushing' });
  const rows = stopping.rows.map((row) => (row.lastLine === null ? row : { ...row, lastLine }));
  one.frame(makeFrame(shop, { stop: { ...stopping, rows } }));
  t.regex(trimmed(one.lines())[4] ?? '', /^ {5}last line: \S+ INFO {2}flushing$/);
});

test('two hundred services on 24 rows: the selected one is always in sight', (t) => {
  const one = drive();
  one.frame(makeFrame(makeStack(Array.from({ length: 200 }, (_, index) => makeRow(`svc-${index}`)))));
  for (const key of ['j', 'j', 'j', 'G', 'k', 'k', 'g', ...Array.from({ length: 100 }, () => 'j')]) {
    one.keys(key);
    const pointed = one.lines().filter((line) => line.startsWith('›'));
    t.is(pointed.length, 1);
    t.true(pointed[0]?.includes(` ${one.state().selected} `));
  }
  t.regex(one.lines()[1]?.trimEnd() ?? '', /↑94 ↓94$/);
});

test('columns go by need, down to 60 columns and below', (t) => {
  const heading = (columns: number) => {
    const one = drive({ columns, rows: 24 });
    one.frame(makeFrame(shop));
    return one
      .lines()
      .find((line) => line.includes('SERVICE'))
      ?.trim()
      .split(/ +/);
  };
  t.deepEqual(heading(80), ['SERVICE', 'STATE', 'UP', 'RST', 'CPU%', 'RSS', 'PORT', 'VERSION']);
  t.deepEqual(heading(60), ['SERVICE', 'STATE', 'UP', 'RST', 'PORT']);
  t.deepEqual(heading(45), ['SERVICE', 'STATE', 'UP']);
});

test('without colours nothing is lost, and no colour is sent', (t) => {
  const one = drive();
  one.frame(makeFrame(failing));
  const bare = lookFor({ NO_COLOR: '1', LANG: 'C.UTF-8' });
  const painted = screenOf(one.state(), bare).flatMap((pane) => pane.lines.map((line) => paint(line, bare)));
  // oxlint-disable-next-line no-control-regex -- SGR sequences are what is looked for
  const codes = painted.join('').match(/\u001B\[\d+m/g) ?? [];
  t.deepEqual([...new Set(codes)].sort(), ['\u001B[1m', '\u001B[22m', '\u001B[27m', '\u001B[2m', '\u001B[7m'].sort());
  t.true(painted.join('\n').includes('✗ FAILED'));
  const console = lookFor({ LANG: 'C' });
  const ascii = screenOf(one.state(), console).flatMap((pane) => pane.lines.map(textOf));
  t.regex(ascii.join(''), /^[\x20-\x7e]*$/);
});

test('the chooser starts nothing by itself and says what was chosen', (t) => {
  const choices = [
    { kind: 'running', name: 'shop', detail: '5/6 ready' },
    { kind: 'built-in', name: 'observe', detail: 'NATS, VictoriaMetrics, Caddy' },
  ] as const;
  let state: ChooserState = { title: 'which?', choices, index: 0, chosen: undefined };
  const lines = chooserLines(state, { columns: 60, rows: 12 }, look).map(textOf);
  t.is(lines.length, 12);
  t.true(lines.every((line) => line.length === 60));
  t.true(lines.some((line) => line.includes('› shop')));
  for (const key of ['x', 'j', 'j', 'y', ' ']) state = chooserKey(state, key);
  t.is(state.chosen, undefined);
  t.is(chooserKey(state, 'enter').chosen?.name, 'observe');
  t.is(chooserKey(state, 'q').chosen, null);
  t.is(chooserKey({ ...state, choices: [], index: 0 }, 'enter').chosen, undefined);
});

test('at 60 columns the header keeps how the stack is bound, the foot the panes and the way out', (t) => {
  const one = drive({ columns: 60, rows: 24 });
  one.frame(makeFrame(shop));
  t.regex(one.lines()[0] ?? '', /^ shop {2}ready {2}tied {2}up 41d .*5\/5 ready $/);
  t.is(one.lines().at(-1), ' [r] restart  [tab] panes  [X] stop all  [?] keys  [q] leave');
  const stack = 'a-stack-with-a-rather-long-name-x';
  const two = drive({ columns: 60, rows: 24 });
  two.frame(makeFrame({ ...failing, stack, daemon: { pid: 99, tied: false, onHangup: 'keep' } }));
  t.regex(two.lines()[0] ?? '', /detached +4\/5 {3}1 FAILED/);
});

test('links that do not fit are counted, and the help has them all', (t) => {
  const many = Array.from({ length: 6 }, (_, index) => ({
    service: 'caddy',
    title: `page ${index}`,
    url: `http://127.0.0.1:8080/${index}`,
  }));
  const one = drive();
  one.frame(makeFrame(shop, { links: many }));
  t.is(one.lines()[1]?.trimEnd(), ' page 0 http://127.0.0.1:8080/0   page 1 http://127.0.0.1:8080/1   +4 more');
  one.keys('?', 'G');
  const help = one.lines().join('\n');
  for (const { url } of many) t.true(help.includes(url));
});

test('the help moves by lines and pages, and to either end', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('?', ' ', 'pageDown');
  t.is(one.state().helpTop, 42);
  one.keys('pageUp', 'k');
  t.is(one.state().helpTop, 20);
  one.keys('G');
  t.true(one.lines().some((line) => line.includes('step  ')));
  one.keys('home');
  t.is(one.state().helpTop, 0);
});

test('a service stopped by hand says so, when, and how to start it', (t) => {
  const one = drive();
  const row = makeRow('web', {
    state: 'stopped',
    reason: 'exited 1',
    pid: null,
    exitCode: 1,
    lastExit: { code: 1, signal: null, atMs: startMs },
    lastChange: { atMs: startMs, from: 'stopping' },
  });
  one.frame(makeFrame(makeStack([row, makeRow('nats')])));
  t.regex(one.lines().join('\n'), / you stopped it \d\d:00:00 \(exit 1, as asked\); \[s\] starts it/);
  t.true(one.lines()[0]?.includes('1/2 ready  1 stopped'));
  // One that was never started was not stopped either.
  const two = drive();
  two.frame(
    makeFrame(makeStack([{ ...row, reason: null, lastExit: null, lastChange: { atMs: startMs, from: null } }])),
  );
  t.false(two.lines().join('\n').includes('you stopped it'));
});

test('a start is a rule in the log and no part of the last words', (t) => {
  const lines = (stack: typeof shop) => {
    const one = drive({ columns: 80, rows: 24 }, null);
    one.frame(makeFrame(stack));
    const service = one.logs[0]?.service ?? '';
    const mark = { ...makeLine(0, `booty ${service} 2.10.9 generation 1 pid 1957`), kind: 'mark' } as const;
    const window = { lines: [mark, makeLine(1)], endByte: 20, fileBytes: 20 };
    one.send({ type: 'log.answered', ticket: one.logs[0]?.ticket ?? 0, window });
    return trimmed(one.lines());
  };
  t.true(lines(shop).includes(' ── started, pid 1957, version 2.10.9 ──'));
  const last = lines(failing);
  t.true(last.includes(' line 1'));
  t.false(last.join('\n').includes('1957'));
});

const keys = [...new Set(keymap.flatMap((binding) => binding.keys))];
const nasty = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('a\u001B[2Jb', '日本語サービス', 'x\ty', ''));
const rows = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(
        'a',
        'nats',
        'a-very-long-service-name-that-does-not-fit',
        '日本語',
        ...Array.from('bcdefghijklmnop'),
      ),
      state: fc.constantFrom(...serviceStates),
      reason: fc.option(nasty),
      pid: fc.option(fc.nat()),
      startedAtMs: fc.option(fc.integer({ min: startMs - 1e9, max: startMs })),
      restarts: fc.nat(100_000),
      nextRetryAtMs: fc.option(fc.constant(startMs + 5000)),
      version: fc.option(nasty),
      rssBytes: fc.option(fc.double({ min: 0, max: 1e15, noNaN: true })),
      cpuPercent: fc.option(fc.double({ min: 0, max: 6400, noNaN: true })),
    }),
    { maxLength: 18, selector: (row) => row.name },
  )
  .map((all) => all.map(({ name, ...changes }) => makeRow(name, changes)));
const frame = fc
  .record({ rows, detail: fc.nat(15), owner: fc.boolean(), note: nasty })
  .map(({ rows, detail, owner, note }): StateFrame =>
    makeFrame(makeStack(rows), {
      owner,
      fetches: detail & 1 ? fetching : [],
      stop: (detail & 6) === 6 ? stopping : null,
      links: detail & 8 ? links : [],
      notes: detail & 2 ? [note] : [],
    }),
  );
const action = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...keys, 's', 'h', 'o', 'p').map((key) => ({ kind: 'key', key }) as const) },
  { weight: 2, arbitrary: frame.map((frame) => ({ kind: 'frame', frame }) as const) },
  {
    weight: 2,
    arbitrary: fc
      .record({ columns: fc.integer({ min: 0, max: 200 }), rows: fc.integer({ min: 0, max: 60 }) })
      .map((size) => ({ kind: 'resize', size }) as const),
  },
  { weight: 1, arbitrary: fc.nat(60_000).map((ms) => ({ kind: 'tick', ms }) as const) },
  { weight: 1, arbitrary: fc.nat(1e9).map((bytes) => ({ kind: 'grow', bytes }) as const) },
);

test('no keys, frames or sizes break the screen: it is always exactly as large as the terminal', (t) => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const one = drive({ columns: 80, rows: 24 }, 40);
      let atMs = startMs;
      for (const step of actions) {
        if (step.kind === 'key') one.keys(step.key);
        else if (step.kind === 'frame') one.frame(step.frame, atMs);
        else if (step.kind === 'resize') one.send({ type: 'resized', size: step.size });
        else if (step.kind === 'grow') one.frame({ type: 'logs', ends: { nats: step.bytes } }, atMs);
        else {
          atMs += step.ms;
          one.send({ type: 'ticked', atMs });
        }
        const { columns, rows } = one.state().size;
        const lines = screenOf(one.state(), look).flatMap((pane) => pane.lines);
        t.is(lines.length, columns < 1 ? 0 : rows);
        for (const line of lines) {
          t.is(lineWidth(line), columns, textOf(line));
          t.notRegex(textOf(line), /\p{Control}/u);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('log lines are made safe on their way to the screen', (t) => {
  const one = drive({ columns: 80, rows: 24 }, null);
  one.frame(makeFrame(shop));
  const window = makeWindow(0, 1, 1);
  const lines = window.lines.map((line) => ({ ...line, text: '\u001B[2J\u001B]0;x\u0007gone\u001B[5A!\tend' }));
  one.send({ type: 'log.answered', ticket: one.logs[0]?.ticket ?? 0, window: { ...window, lines } });
  t.true(one.lines().some((line) => line.startsWith(' gone!   end')));
});
