/** Key `o` of `booty tui` on a real terminal: the pager shows what a program wrote, also of what was packed, and gives the screen back. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, isAlive, makeBooty } from './booty.ts';
import { assertRestored, openScreen } from './screen.ts';

const hasLess = spawnSync('/bin/sh', ['-c', 'command -v less']).status === 0;
const withLess = hasLess ? test.serial : test.serial.skip;

withLess(
  'o shows a log whose beginning is packed in less (skipped without less), q gives the screen back',
  async (t) => {
    // 44 MB: more than stays unpacked, so that the live file begins with zeros.
    const lines = 400_000;
    const booty = makeBooty(
      t,
      `name: shop\nservices:\n  web: {command: [sh, -c, 'seq -f "line %.0f ${'x'.repeat(95)}" ${lines}; exec sleep 1000']}\n`,
    );
    const environment = { ...booty.environment, PAGER: 'less', LESS: '-R' };
    const screen = openScreen(t, { ...booty, environment }, ['tui']);
    const parts = path.join(booty.home, 'stacks', 'shop', 'logs', 'web');
    await until('some of it is packed', () => existsSync(parts) && readdirSync(parts).length > 2, 60_000);
    await screen.shows(`line ${lines} x`);
    screen.press('o');
    // The very lines that were on the screen, and the last one of them under it.
    await screen.shows('web.log');
    t.regex(screen.rows()[0] ?? '', /^line 399\d\d\d x/);
    t.notRegex(screen.text(), /\^@/);
    // 32 MiB before: lines from there on, and no zeros either.
    screen.press('g');
    await screen.shows(/^line (?!399)\d{5,6} x/m);
    t.notRegex(screen.text(), /\^@/);
    screen.press('q');
    await until('the screen is back', () => /web +\S+ ready/.test(screen.text()), 60_000);
    await until('the copy is gone', () => booty.leftFiles().every((name) => !name.startsWith('pager-')));
    screen.press('\u0003');
    t.is(await screen.ended(), 0);
    assertRestored(t, screen);
    await assertNothingLeft(t, booty);
  },
);

withLess(
  'what a screen that is killed laid down for the pager is gone with the next client (skipped without less)',
  async (t) => {
    const booty = makeBooty(
      t,
      `name: shop\nservices:\n  web: {command: [sh, -c, 'echo web speaks; exec sleep 1000']}\n`,
    );
    const environment = { ...booty.environment, PAGER: 'less', LESS: '-R' };
    const screen = openScreen(t, { ...booty, environment }, ['tui']);
    const copies = () => booty.leftFiles().filter((name) => name.startsWith('pager-'));
    await screen.shows('web speaks');
    screen.press('o');
    await screen.shows('web.log');
    t.is(copies().length, 1);
    // Another client comes and goes: what a living screen has laid down stays.
    t.is((await booty.run(['restart', 'web'])).code, 0);
    t.is(copies().length, 1);
    const [tui] = booty.processes().filter(({ command }) => command.endsWith('dist/cli.js tui'));
    process.kill(tui?.pid ?? Number.NaN, 'SIGKILL');
    await until('the screen is dead', () => !isAlive(tui?.pid ?? Number.NaN));
    t.is((await booty.run(['restart', 'web'])).code, 0);
    await until('the copy is gone', () => copies().length === 0);
    t.is((await booty.ps()).state, 'ready');
    screen.press('q');
    await booty.run(['down']);
    await assertNothingLeft(t, booty);
  },
);
