/**
The screen on a real terminal: each test starts the program of `tui-program.tsx` under a shell on a pty, lets a
terminal emulator read what it writes, and compares the terminal's modes before and after.
*/
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import test, { type ExecutionContext } from 'ava';
import { bundled } from '../bundled.ts';

type Run = {
  readonly write: (text: string) => void;
  readonly signal: (signal: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly hangUp: () => void;
  /** The rows of the screen. */
  readonly rows: () => readonly string[];
  readonly raw: () => string;
  readonly isAlternate: () => boolean;
  readonly heard: () => readonly string[];
  readonly seen: (text: string) => Promise<void>;
  readonly exited: () => Promise<number>;
};

const program = bundled(path.join(import.meta.dirname, 'tui-program.tsx'));

const until = async (what: string, condition: () => boolean, detail: () => string): Promise<void> => {
  // All of these programs are compiled at once, on a machine that may have other work.
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`never came: ${what}\n${detail()}`);
    await pause(10);
  }
};

// Tells the terminal's modes before and after, and the program's exit code.
const plainScript = 'stty -g; "$@"; code=$?; stty -g; echo "code=$code"';

type StartOptions = { readonly script?: string; readonly environment?: Readonly<Record<string, string>> };

const start = (
  t: ExecutionContext,
  fate: string,
  { script = plainScript, environment: extra = {} }: StartOptions = {},
): Run => {
  const size = { cols: 80, rows: 24 };
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-tui-'));
  const journal = path.join(folder, 'heard');
  writeFileSync(journal, '');
  const { CI: _, ...environment } = process.env;
  const command = ['-c', script, 'sh', process.execPath, program, fate, journal];
  const child = pty.spawn('/bin/sh', command, {
    name: 'xterm-256color',
    ...size,
    env: { ...environment, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...extra },
  });
  const screen = new xterm.Terminal({ ...size, allowProposedApi: true });
  let raw = '';
  child.onData((data) => {
    raw += data;
    screen.write(data);
  });
  let isGone = false;
  child.onExit(() => {
    isGone = true;
  });
  t.teardown(() => {
    if (!isGone) child.kill('SIGKILL');
    screen.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const rows = () =>
    Array.from({ length: screen.rows }, (_, row) => {
      const { buffer } = screen;
      return buffer.active.getLine(buffer.active.viewportY + row)?.translateToString(true) ?? '';
    });
  const detail = () => rows().join('\n');
  return {
    write: (text) => child.write(text),
    // The program, not the shell that waits for it.
    signal: (signal) => process.kill(childOf(child.pid), signal),
    resize: (columns, height) => {
      child.resize(columns, height);
      screen.resize(Math.max(2, columns), Math.max(1, height));
    },
    hangUp: () => child.kill('SIGHUP'),
    rows,
    raw: () => raw,
    isAlternate: () => screen.buffer.active.type === 'alternate',
    heard: () => readFileSync(journal, 'utf8').trim().split('\n'),
    seen: (text) => until(text, () => rows().some((row) => row.includes(text)), detail),
    exited: async () => {
      await until('the end', () => /code=\d+/.test(raw) && isGone, detail);
      // The emulator reads in its own time.
      await new Promise<void>((resolve) => {
        screen.write('', resolve);
      });
      return Number(/code=(\d+)/.exec(raw)?.[1]);
    },
  };
};

const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

/** The terminal is as it was: modes, screen, cursor, line wrap, paste. */
const assertRestored = (t: ExecutionContext, run: Run) => {
  const modes = run.raw().match(/[0-9a-f]+:[0-9a-f:]{20,}/g) ?? [];
  t.true(modes.length >= 2);
  t.is(new Set(modes).size, 1);
  t.false(run.isAlternate());
  for (const mode of ['?1049', '?25', '?7', '?2004']) {
    const on = run.raw().lastIndexOf(`\u001B[${mode}h`);
    const off = run.raw().lastIndexOf(`\u001B[${mode}l`);
    const isNormal = mode === '?25' || mode === '?7' ? on > off : off > on;
    t.true(isNormal, mode);
  }
};

test('leaving a tied stack asks, says so, and gives the terminal back', async (t) => {
  const run = start(t, 'none');
  await run.seen('[q] leave');
  t.true(run.isAlternate());
  await run.seen('line 499');
  run.write('q');
  await run.seen('leave it running');
  run.write('l');
  t.is(await run.exited(), 0);
  assertRestored(t, run);
  t.deepEqual(run.heard(), ['{"type":"leave"}']);
  t.true(run.rows().some((row) => row.startsWith('shop: left running; come back with: booty tui --stack shop')));
});

test('ctrl-c stops the stack and sums it up', async (t) => {
  const run = start(t, 'none');
  await run.seen('[q] leave');
  run.write('\u0003');
  t.is(await run.exited(), 0);
  assertRestored(t, run);
  t.deepEqual(run.heard(), ['{"type":"down","force":0}']);
  t.true(run.rows().some((row) => row.startsWith('shop: stopped 4 services in')));
});

test('SIGTERM stops what the screen owns, SIGHUP is passed on; both give the terminal back', async (t) => {
  const term = start(t, 'none');
  const hup = start(t, 'none');
  await Promise.all([term.seen('[q] leave'), hup.seen('[q] leave')]);
  term.signal('SIGTERM');
  hup.signal('SIGHUP');
  t.is(await term.exited(), 0);
  t.is(await hup.exited(), 129);
  assertRestored(t, term);
  assertRestored(t, hup);
  t.deepEqual(term.heard(), ['{"type":"down","force":0}']);
  t.deepEqual(hup.heard(), ['{"type":"hangup"}']);
});

test('a terminal that goes away is told to the daemon', async (t) => {
  const run = start(t, 'none');
  await run.seen('[q] leave');
  run.hangUp();
  await until(
    'the word',
    () => run.heard().length > 0 && run.heard()[0] !== '',
    () => run.rows().join('\n'),
  );
  t.deepEqual(run.heard(), ['{"type":"hangup"}']);
});

test('an error nobody caught gives the terminal back before it is told', async (t) => {
  const [thrown, rejected] = [start(t, 'throw'), start(t, 'reject')];
  t.is(await thrown.exited(), 1);
  t.is(await rejected.exited(), 1);
  for (const run of [thrown, rejected]) assertRestored(t, run);
  const raw = rejected.raw();
  t.true(raw.indexOf('nobody caught this') > raw.lastIndexOf('\u001B[?1049l'));
  t.true(thrown.rows().some((row) => row.includes('the screen failed, the stack was not touched')));
});

test('a process that exits in the middle gives the terminal back', async (t) => {
  const run = start(t, 'exit');
  t.is(await run.exited(), 7);
  assertRestored(t, run);
});

test('the screen follows the size of the terminal, also to sizes too small for it', async (t) => {
  const run = start(t, 'none');
  await run.seen('[q] leave');
  run.resize(160, 50);
  await until(
    '50 rows',
    () => run.rows()[49]?.includes('[q] leave') ?? false,
    () => run.rows().join('\n'),
  );
  run.resize(30, 5);
  await run.seen('too small');
  run.resize(60, 24);
  await until(
    '24 rows',
    () => run.rows()[23]?.includes('[q] leave') ?? false,
    () => run.rows().join('\n'),
  );
  t.true(run.rows()[0]?.includes('shop'));
  t.is(run.rows().filter((row) => row.includes('SERVICE')).length, 1);
  run.write('ql');
  t.is(await run.exited(), 0);
  assertRestored(t, run);
});

test('a terminal that tells no size is small until it tells one', async (t) => {
  const run = start(t, 'none', { script: `stty cols 0 rows 0; ${plainScript}` });
  await run.seen('too small');
  run.resize(80, 24);
  await run.seen('[q] leave');
  run.write('\u0003');
  t.is(await run.exited(), 0);
  assertRestored(t, run);
});

test('the pager has the terminal to itself, ctrl-c too, and the screen comes back after it', async (t) => {
  // It shows how the terminal is set, then waits for a line and for ctrl-c.
  const pager =
    'trap "echo paged-interrupted" INT; stty -a | tr ";" "\\n" | grep -o -e "-\\{0,1\\}icanon"; echo "paged $*"; until [ -e "$TEST_GO" ]; do sleep 0.1; done; read line; echo "paged-read $line"; read line';
  const go = path.join(mkdtempSync(path.join(tmpdir(), 'booty-pager-')), 'go');
  t.teardown(() => rmSync(path.dirname(go), { recursive: true, force: true }));
  const run = start(t, 'none', {
    script: `trap : INT; ${plainScript}`,
    environment: { TEST_PAGER: pager, TEST_GO: go },
  });
  await run.seen('line 499');
  run.write('lg');
  await run.seen('line 0');
  run.write('o');
  await run.seen('paged nats 0');
  t.false(run.isAlternate());
  t.true(/(?<!-)icanon/.test(run.raw()));
  // Typed ahead, when only one who should not would read it.
  run.write('typed\r');
  await run.seen('typed');
  writeFileSync(go, '');
  await until(
    'its line',
    () => run.raw().includes('paged-read typed'),
    () => run.rows().join('\n'),
  );
  run.write('\u0003');
  await until(
    'ctrl-c',
    () => run.raw().includes('paged-interrupted'),
    () => run.rows().join('\n'),
  );
  run.write('\r');
  await run.seen('[q] leave');
  t.true(run.isAlternate());
  t.deepEqual(run.heard(), ['']);
  run.write('j');
  await run.seen('line 1');
  run.write('ql');
  t.is(await run.exited(), 0);
  assertRestored(t, run);
});

test("a ctrl-c that a pager has taken and left after is not the screen's, however late that is heard", async (t) => {
  // On a busy machine another thread of the screen's process may take the signal, and has its turn when it has it.
  const late =
    '(trap "" INT; while kill -0 $$; do sleep 0.01; done; sleep 0.6; kill -INT $PPID; echo >"$TEST_SENT") 2>/dev/null &';
  const pager = `trap "exit" INT; ${late} echo "paged $*"; while :; do sleep 0.01; done`;
  const sent = path.join(mkdtempSync(path.join(tmpdir(), 'booty-pager-')), 'sent');
  t.teardown(() => rmSync(path.dirname(sent), { recursive: true, force: true }));
  const run = start(t, 'none', {
    script: `trap : INT; ${plainScript}`,
    environment: { TEST_PAGER: pager, TEST_SENT: sent },
  });
  await run.seen('line 499');
  run.write('lg');
  await run.seen('line 0');
  run.write('o');
  await run.seen('paged nats 0');
  run.write('\u0003');
  await until(
    'the signal is sent',
    () => existsSync(sent),
    () => run.rows().join('\n'),
  );
  await run.seen('[q] leave');
  run.write('j');
  await run.seen('line 1');
  t.deepEqual(run.heard(), ['']);
  run.write('ql');
  t.is(await run.exited(), 0);
  assertRestored(t, run);
});

test('what is copied reaches the terminal as OSC 52', async (t) => {
  const run = start(t, 'none');
  await run.seen('line 499');
  run.write('y');
  await run.seen('clipboard');
  // oxlint-disable-next-line no-control-regex -- the sequence is what is looked for
  const sent = /\u001B\]52;c;([\w+/=]+)\u0007/.exec(run.raw())?.[1] ?? '';
  t.true(Buffer.from(sent, 'base64').toString().endsWith('line 498\nline 499\n'));
  run.write('ql');
  t.is(await run.exited(), 0);
});

test('the doctor is asked by the pane of its own', async (t) => {
  const run = start(t, 'none');
  await run.seen('[q] leave');
  run.write('5');
  await run.seen('BAD  disk: full');
  run.write('ql');
  t.is(await run.exited(), 0);
});

test('ctrl-z gives the terminal to the shell, fg brings the screen back', async (t) => {
  const script = 'set -m; stty -g; "$@"; echo suspended; stty -g; fg >/dev/null; code=$?; stty -g; echo "code=$code"';
  const run = start(t, 'none', { script });
  await run.seen('[q] leave');
  run.write('\u001A');
  const detail = () => run.rows().join('\n');
  await until('the shell', () => run.raw().includes('suspended'), detail);
  const [before, after] = run.raw().split('suspended');
  t.true(before?.includes('\u001B[?1049l'));
  await until(
    'the screen',
    () => run.raw().split('suspended')[1]?.includes('[q]') ?? false,
    () => String(after),
  );
  await run.seen('[q] leave');
  t.true(run.isAlternate());
  run.write('j');
  await run.seen('LOG victoria-metrics');
  run.write('ql');
  t.is(await run.exited(), 0);
  assertRestored(t, run);
});

test('pasted text presses no keys', async (t) => {
  const run = start(t, 'none');
  await run.seen('[q] leave');
  run.write('\u001B[200~Xyqs\u001B[201~');
  run.write('j');
  await run.seen('LOG victoria-metrics');
  t.deepEqual(run.heard(), ['']);
  run.write('ql');
  t.is(await run.exited(), 0);
});

test('the chooser gives the terminal back with what was chosen', async (t) => {
  const run = start(t, 'choose');
  await run.seen('observe');
  t.true(run.isAlternate());
  run.write('j\r');
  t.is(await run.exited(), 0);
  assertRestored(t, run);
  t.true(run.rows().some((row) => row.startsWith('chosen: observe')));
});
