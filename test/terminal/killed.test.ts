/** `booty tui` that ends by SIGKILL: its guard gives the terminal back; and one that ends in order: the guard is silent. */
import test from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, type Booty, makeBooty } from './booty.ts';
import { assertRestored, openScreen, patientShell as patient } from './screen.ts';

const yaml = `
name: shop
services:
  web: {command: [sh, -c, 'echo web speaks; exec sleep 1000']}
`;

const leavings = /\u001B\[\?1049l/g;

const guards = (booty: Booty) => booty.processes().filter(({ command }) => command.includes('booty-terminal-guard'));
const guardGone = (booty: Booty): Promise<void> => until('no guard is left', () => guards(booty).length === 0, 5_000);

test.serial('after kill -9 the terminal echoes, edits lines, shows the normal screen and its cursor', async (t) => {
  const booty = makeBooty(t, yaml);
  const screen = openScreen(t, booty, ['tui'], undefined, patient);
  await screen.shows('web speaks');
  t.true(screen.isAlternate());
  t.is(guards(booty).length, 1);
  const tui = booty.processes().filter(({ command }) => command.endsWith('dist/cli.js tui'));
  t.is(tui.length, 1);
  process.kill(tui[0]?.pid ?? 0, 'SIGKILL');
  await until('the normal screen is back', () => !screen.isAlternate());
  await guardGone(booty);
  screen.press('\r');
  t.is(await screen.ended(), 137);
  assertRestored(t, screen);
  t.regex(screen.raw(), /[ \n]isig icanon iexten echo /);
  // The daemon would wait a minute for its owner to come back.
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

for (const [name, keys] of [
  ['q', ['q', 'l']],
  ['ctrl-c', ['\u0003']],
] as const)
  test.serial(`after ${name} the guard ends with the screen and writes nothing`, async (t) => {
    const booty = makeBooty(t, yaml);
    const screen = openScreen(t, booty, ['tui'], undefined, patient);
    await screen.shows('web speaks');
    t.is(guards(booty).length, 1);
    for (const key of keys) {
      screen.press(key);
      if (key === 'q') await screen.shows('leave it running');
    }
    await until('the shell goes on', () => screen.raw().includes('ended\r\n'));
    await guardGone(booty);
    screen.press('\r');
    t.is(await screen.ended(), 0);
    t.is(screen.raw().match(leavings)?.length, 1);
    assertRestored(t, screen);
    await booty.run(['down']);
    await assertNothingLeft(t, booty);
  });

test.serial('kill -9 of a screen that ctrl-z has put away leaves the shell alone', async (t) => {
  const booty = makeBooty(t, yaml);
  const screen = openScreen(t, booty, ['tui'], undefined, `set -m; ${patient}`);
  await screen.shows('web speaks');
  screen.press('\u001A');
  await until('the shell goes on', () => screen.raw().includes('ended\r\n'));
  const [tui] = booty.processes().filter(({ command }) => command.endsWith('dist/cli.js tui'));
  t.is(guards(booty).length, 1);
  process.kill(tui?.pid ?? 0, 'SIGKILL');
  await guardGone(booty);
  screen.press('\r');
  t.true((await screen.ended()) > 128);
  t.is(screen.raw().match(leavings)?.length, 1);
  assertRestored(t, screen);
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});
