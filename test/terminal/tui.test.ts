/** `booty tui` as a person sees it: the built program, its daemon and plain commands, on a real terminal. */
import test from 'ava';
import { assertNothingLeft, isAlive, makeBooty, serviceOf } from './booty.ts';
import { assertRestored, openScreen } from './screen.ts';

const shop = `
name: shop
services:
  db: {command: [sh, -c, 'echo db speaks; exec sleep 1000']}
  web:
    command: [sh, -c, 'trap "echo web ends; exit 0" TERM; echo web speaks; while :; do sleep 0.1; done']
    depends_on: [db]
  bad: {command: [sh, -c, 'echo good so far; echo cannot parse the flag >&2; exit 7']}
`;

for (const [cols, rows] of [
  [80, 24],
  [160, 50],
  [60, 20],
] as const) {
  test.serial(
    `at ${cols}x${rows}: services, the log of the selected one, why and the last words of a failed one`,
    async (t) => {
      const booty = makeBooty(t, shop);
      const screen = openScreen(t, booty, ['tui'], { cols, rows });
      await screen.shows(/web +\S+ ready/);
      await screen.shows(/bad +\S+ FAILED/);
      t.true(screen.isAlternate());
      t.true(screen.rows()[0]?.includes('shop'));
      await screen.shows('SERVICE');
      // From the top, whatever was selected first.
      screen.press('g');
      await screen.shows('db speaks');
      screen.press('j');
      await screen.shows('web speaks');
      screen.press('j');
      await screen.shows('WHY');
      await screen.shows(/[eE]xited 7/);
      await screen.shows('LAST WORDS');
      await screen.shows('cannot parse the flag');
      screen.press('k');
      await screen.shows('web speaks');
      t.true(screen.rows().every((row) => row.length <= cols));

      screen.press('?');
      await screen.shows('KEYS');
      screen.press('?');
      await screen.shows('web speaks');

      screen.press('\u0003');
      t.is(await screen.ended(), 0);
      assertRestored(t, screen);
      t.regex(screen.text(), /shop: stopped 2 services in/);
      await assertNothingLeft(t, booty);
    },
  );
}

test.serial('r starts a service anew, s stops it and starts it again', async (t) => {
  const booty = makeBooty(t, shop);
  const screen = openScreen(t, booty, ['tui']);
  await screen.shows(/web +\S+ ready/);
  screen.press('gj');
  await screen.shows('web speaks');
  const first = serviceOf(await booty.ps(), 'web').pid;
  screen.press('r');
  const restarted = await booty.untilRow('another web', (row) => {
    const { pid, state } = serviceOf(row, 'web');
    return state === 'ready' && pid !== first;
  });
  t.false(isAlive(first ?? 0));
  t.true(isAlive(serviceOf(restarted, 'db').pid ?? 0));
  screen.press('s');
  await screen.shows(/web +\S+ stopped/);
  screen.press('s');
  await screen.shows(/web +\S+ ready/);
  t.is(serviceOf(await booty.ps(), 'web').state, 'ready');
  screen.press('\u0003');
  t.is(await screen.ended(), 0);
  await assertNothingLeft(t, booty);
});

test.serial('ctrl-c shows the cascade step by step; a second and a third make it short', async (t) => {
  const booty = makeBooty(
    t,
    `
name: slow
services:
  base: {command: [sleep, '1000']}
  deaf:
    command: [sh, -c, 'trap "echo flushing" TERM; echo ready; while :; do sleep 0.1; done']
    depends_on: [base]
    stop_grace_period: 60s
`,
  );
  const screen = openScreen(t, booty, ['tui']);
  await screen.shows(/deaf +\S+ ready/);
  screen.press('\u0003');
  await screen.shows(/STOPPING +slow +step 1 of 2/);
  await screen.shows(/deaf +WAITING .* of 60s/);
  await screen.shows(/last line: flushing/);
  await screen.shows(/base +after step 1/);
  screen.press('\u0003');
  screen.press('\u0003');
  t.is(await screen.ended(), 130);
  assertRestored(t, screen);
  await assertNothingLeft(t, booty);
});

test.serial('q asks when the stack is tied, and only then; a second screen attaches', async (t) => {
  const booty = makeBooty(t, shop);
  const owner = openScreen(t, booty, ['tui']);
  await owner.shows(/web +\S+ ready/);
  owner.press('q');
  await owner.shows('leave it running');
  owner.press('l');
  t.is(await owner.ended(), 0);
  assertRestored(t, owner);
  t.is(serviceOf(await booty.ps(), 'web').state, 'ready');

  const guest = openScreen(t, booty, ['tui']);
  await guest.shows(/web +\S+ ready/);
  await guest.shows('detached');
  guest.press('q');
  t.is(await guest.ended(), 0);
  assertRestored(t, guest);
  t.is(serviceOf(await booty.ps(), 'web').state, 'ready');
  t.is((await booty.run(['down'])).code, 0);
});

test.serial('a window that is closed takes a tied stack along', async (t) => {
  const booty = makeBooty(t, shop);
  const screen = openScreen(t, booty, ['tui']);
  await screen.shows(/web +\S+ ready/);
  screen.hangUp();
  await assertNothingLeft(t, booty);
});

test.serial(
  'the screen follows its terminal, and goes on with the successor of a daemon that was killed',
  async (t) => {
    const booty = makeBooty(t, shop);
    const screen = openScreen(t, booty, ['tui']);
    await screen.shows(/web +\S+ ready/);
    screen.resize(120, 40);
    await screen.shows(/web +\S+ ready/);
    screen.resize(60, 20);
    await screen.shows(/web +\S+ ready/);
    screen.press('gj');
    await screen.shows('web speaks');
    const before = await booty.ps();
    process.kill(before.daemon?.pid ?? 0, 'SIGKILL');
    const after = await booty.untilRow(
      'a successor',
      (row) => row.daemon !== null && row.daemon.pid !== before.daemon?.pid,
    );
    t.is(serviceOf(after, 'web').pid, serviceOf(before, 'web').pid);
    await booty.untilRow('the screen owns it again', (row) => row.daemon?.tied === true);
    screen.press('\u0003');
    t.is(await screen.ended(), 0);
    assertRestored(t, screen);
    await assertNothingLeft(t, booty);
  },
);

test.serial('with nothing to start it offers what there is, and starts nothing by itself', async (t) => {
  const booty = makeBooty(t);
  const screen = openScreen(t, booty, ['tui']);
  await screen.shows('observe');
  screen.press('q');
  t.is(await screen.ended(), 0);
  assertRestored(t, screen);
  await assertNothingLeft(t, booty);
});

test.serial('a booty.yaml that is wrong is told on the plain terminal', async (t) => {
  const booty = makeBooty(t, 'name: shop\nservices:\n  a: {comand: [sleep, "1"]}\n');
  const screen = openScreen(t, booty, ['tui']);
  t.is(await screen.ended(), 2);
  t.notRegex(screen.raw(), /\?1049h/);
  t.regex(screen.text(), /booty\.yaml:3:/);
  await assertNothingLeft(t, booty);
});
