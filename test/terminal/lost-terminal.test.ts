/** Ways to lose a terminal, on a pty: put away with ctrl-z, closed, dropped with an ssh line, or passed on to another client. */
import test from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, type Booty, makeBooty } from './booty.ts';
import { lookAt } from './look.ts';
import { assertRestored, modesSeen, openScreen } from './screen.ts';

const count = `
name: shop
services:
  count:
    command: [sh, -c, 'n=0; while :; do n=$$((n+1)); echo "line $$n."; sleep 0.05; done']
  web: {command: [sh, -c, 'echo web speaks; exec sleep 1000'], depends_on: [count]}
`;

/** Asks for the modes before, while booty is put away, and after; a line brings it back. */
const away =
  'set -m; stty -g; "$@"; echo "away=$?"; stty -g; read -r line; fg >/dev/null; code=$?; stty -g; echo "code=$code"';

/** ctrl-c is for booty alone, as in a shell that a person types in. */
const jobShell = 'set -m; stty -g; "$@"; code=$?; stty -g; echo "code=$code"';

const timeoutMs = 45_000;

const untilLook = async (booty: Booty, claim: string, holds: (row: Awaited<ReturnType<typeof lookAt>>) => boolean) => {
  await until(claim, async () => holds(await lookAt(booty)), timeoutMs);
  return lookAt(booty);
};

test.serial('ctrl-z puts the screen away and gives the terminal back; fg brings it back', async (t) => {
  const booty = makeBooty(t, count);
  const screen = openScreen(t, booty, ['tui'], undefined, away);
  await screen.shows(/web +\S+ ready/);
  const before = await lookAt(booty);
  screen.press('\u001A');
  await screen.shows('away=148');
  t.false(screen.isAlternate());
  await until('the modes are told', () => modesSeen(screen).length === 2);
  t.is(modesSeen(screen)[0], modesSeen(screen)[1]);
  const meanwhile = await lookAt(booty);
  t.deepEqual([meanwhile.state, meanwhile.daemon?.tied], ['ready', true]);
  t.deepEqual(
    meanwhile.services.map(({ pid }) => pid),
    before.services.map(({ pid }) => pid),
  );
  screen.press('\r');
  await until('the screen is back', () => screen.isAlternate(), timeoutMs);
  await screen.shows(/web +\S+ ready/);
  screen.press('\u0003');
  t.is(await screen.ended(), 0);
  t.is(modesSeen(screen)[2], modesSeen(screen)[0]);
  t.false(screen.isAlternate());
  await assertNothingLeft(t, booty);
});

test.serial('ctrl-z stops a plain up, not its services; fg goes on without a line lost', async (t) => {
  const booty = makeBooty(t, count);
  const screen = openScreen(t, booty, ['up'], { cols: 200, rows: 24 }, away);
  await until('it is ready', () => screen.raw().includes('shop is ready'), timeoutMs);
  const before = await lookAt(booty);
  screen.press('\u001A');
  await until('it is stopped', () => screen.raw().includes('away=148'), timeoutMs);
  const meanwhile = await lookAt(booty);
  t.deepEqual([meanwhile.state, meanwhile.daemon?.tied], ['ready', true]);
  t.deepEqual(
    meanwhile.services.map(({ pid }) => pid),
    before.services.map(({ pid }) => pid),
  );
  const last = (): number => Number([...screen.raw().matchAll(/line (\d+)\./g)].at(-1)?.[1] ?? 0);
  const seen = last();
  screen.press('\r');
  await until('it counts on', () => last() > seen + 10, timeoutMs);
  screen.press('\u0003');
  t.is(await screen.ended(), 0);
  const numbers = [...screen.raw().matchAll(/line (\d+)\./g)].map(([, number]) => Number(number));
  t.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
  t.deepEqual(new Set(modesSeen(screen)).size, 1);
  await assertNothingLeft(t, booty);
});

for (const client of ['up', 'tui'] as const) {
  test.serial(`${client}: a terminal that is closed takes the tied stack along`, async (t) => {
    const booty = makeBooty(t, count);
    const screen = openScreen(t, booty, [client]);
    await untilLook(booty, 'it is ready and tied', (row) => row.state === 'ready' && row.daemon?.tied === true);
    screen.close();
    await until('nothing is left', () => booty.processes().length === 0, timeoutMs);
    await assertNothingLeft(t, booty);
  });

  test.serial(`${client}: an ssh line that drops leaves the stack running, and ends the client`, async (t) => {
    const booty = makeBooty(t, count);
    const screen = openScreen(t, booty, [client], undefined, undefined, { SSH_TTY: '/dev/pts/9' });
    const before = await untilLook(
      booty,
      'it is ready and tied',
      (row) => row.state === 'ready' && row.daemon?.tied === true,
    );
    t.is(before.daemon?.onHangup, 'keep');
    screen.close();
    const after = await untilLook(booty, 'it is tied no more', (row) => row.daemon?.tied === false);
    await until(
      'the client is gone',
      () => !booty.processes().some(({ command }) => command.endsWith(`dist/cli.js ${client}`)),
      timeoutMs,
    );
    t.is(after.state, 'ready');
    t.deepEqual(
      after.services.map(({ pid }) => pid),
      before.services.map(({ pid }) => pid),
    );
    t.is((await booty.run(['down'])).code, 0);
    await assertNothingLeft(t, booty);
  });
}

for (const [what, close] of [
  ['ctrl-c', false],
  ['the end of the terminal', true],
] as const)
  test.serial(`tui: ${what} before the screen is there takes the stack along that it just started`, async (t) => {
    const booty = makeBooty(t, count);
    const screen = openScreen(t, booty, ['tui'], undefined, jobShell);
    await until('it is tied', async () => (await lookAt(booty)).daemon?.tied === true, timeoutMs);
    if (close) screen.close();
    else {
      screen.press('\u0003');
      t.is(await screen.ended(), 0);
      t.is(new Set(modesSeen(screen)).size, 1);
    }
    await until('nothing is left', () => booty.processes().length === 0, timeoutMs);
    await assertNothingLeft(t, booty);
  });

test.serial('a screen that does not own the stack only leaves; when the owner goes, it owns it', async (t) => {
  const booty = makeBooty(t, count);
  const owner = openScreen(t, booty, ['up']);
  await untilLook(booty, 'it is ready and tied', (row) => row.state === 'ready' && row.daemon?.tied === true);
  const before = await lookAt(booty);

  const guest = openScreen(t, booty, ['tui']);
  await guest.shows(/web +\S+ ready/);
  guest.press('\u0003');
  t.is(await guest.ended(), 0);
  assertRestored(t, guest);
  t.is((await lookAt(booty)).state, 'ready');

  // The owner's terminal goes: its ctrl-c is the heir's from then on.
  const heir = booty.start(['up']);
  await until('it joined', () => heir.stderr().includes('shop is ready'), timeoutMs);
  owner.close();
  await until(
    'the first one is gone',
    () => booty.processes().filter(({ command }) => command.endsWith('dist/cli.js up')).length === 1,
    timeoutMs,
  );
  const after = await untilLook(booty, 'the other one owns it', (row) => row.daemon?.tied === true);
  t.deepEqual(
    after.services.map(({ pid }) => pid),
    before.services.map(({ pid }) => pid),
  );
  await until('it knows', () => heir.stderr().includes('the stack belongs to this terminal now'), timeoutMs);
  heir.signal('SIGINT');
  t.is((await heir.ended).code, 0, heir.stderr());
  t.regex(heir.stderr(), /shop is down: 2 services stopped/);
  await assertNothingLeft(t, booty);
});

for (const way of ['ctrl-c', 'a closed terminal'] as const)
  test.serial(
    `a screen that inherited the stack still owns it after its daemon was killed: ${way} takes it down`,
    async (t) => {
      const booty = makeBooty(t, count);
      const first = openScreen(t, booty, ['tui']);
      await first.shows(/web +\S+ ready/);
      const heir = openScreen(t, booty, ['tui'], { cols: 160, rows: 24 });
      await heir.shows('tied to another screen');
      first.close();
      await heir.shows('ctrl-c or closing this terminal stops all');
      const before = await lookAt(booty);
      process.kill(before.daemon?.pid ?? Number.NaN, 'SIGKILL');
      const after = await untilLook(booty, 'the successor is tied to the heir', ({ daemon }) => {
        return daemon !== null && daemon.pid !== before.daemon?.pid && daemon.tied;
      });
      t.deepEqual(
        after.services.map(({ pid }) => pid),
        before.services.map(({ pid }) => pid),
      );
      if (way === 'ctrl-c') {
        heir.press('\u0003');
        t.is(await heir.ended(), 0);
      } else heir.close();
      await until('nothing runs', () => booty.processes().length === 0, timeoutMs);
      await assertNothingLeft(t, booty);
    },
  );
