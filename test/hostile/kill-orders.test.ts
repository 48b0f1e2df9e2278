/**
Daemon, warden, client and terminal killed with -9 in every order, once with time to settle between two kills and once
without. Afterwards each service runs once, under the pid it had, with its end still to be told; or, where the terminal it
was tied to went, it was stopped in its order. Never is one left that no daemon knows, never are there two.
*/
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { assertNothingLeft, type Booty, isAlive, makeBooty, serviceOf } from '../terminal/booty.ts';
import { lookAt } from '../terminal/look.ts';
import { modesSeen, openScreen, patientShell, type Screen } from '../terminal/screen.ts';
import { until } from '../until.ts';
import { thoroughInTurn, whenThorough } from '../thorough.ts';

const yaml = `
name: shop
services:
  db: {command: [sh, -c, 'trap "echo db >>order; exit 7" TERM; echo up; while :; do sleep 0.03; done']}
  web:
    command: [sh, -c, 'trap "echo web >>order; exit 8" TERM; echo up; while :; do sleep 0.03; done']
    depends_on: [db]
`;

type Victim = 'daemon' | 'warden' | 'client' | 'terminal';
type Client = 'tui' | 'up';

/** Every order of the given ones. */
const ordersOf = (all: readonly Victim[]): readonly (readonly Victim[])[] =>
  all.length === 0
    ? [[]]
    : all.flatMap((first) => ordersOf(all.filter((each) => each !== first)).map((rest) => [first, ...rest]));

// A busy machine takes its time to start the next daemon.
const timeoutMs = 45_000;

const clientPid = (booty: Booty, client: Client): number =>
  booty.processes().find(({ command }) => command.endsWith(`dist/cli.js ${client}`))?.pid ?? 0;

const killHard = (pid: number | null | undefined): void => {
  if (pid === null || pid === undefined || pid < 2) throw new Error(`${pid} is no process to kill`);
  process.kill(pid, 'SIGKILL');
};

const kill = async (booty: Booty, victim: Victim, of: { readonly screen: Screen; readonly client: Client }) => {
  if (victim === 'terminal') return of.screen.close();
  if (victim === 'client') return killHard(clientPid(booty, of.client));
  const { daemon } = await lookAt(booty);
  killHard(victim === 'daemon' ? daemon?.pid : daemon?.wardenPid);
};

/** Waits until what was killed has been made good, or its loss is known. */
const settle = async (booty: Booty, victim: Victim, before: Awaited<ReturnType<typeof lookAt>>, isTied: boolean) => {
  await until(
    `the ${victim} is made good`,
    async () => {
      const now = await lookAt(booty);
      if (now.state !== 'ready' || !now.daemon?.wardenPid || now.daemon.tied !== isTied) return false;
      if (victim === 'daemon') return now.daemon.pid !== before.daemon?.pid;
      return victim !== 'warden' || now.daemon.wardenPid !== before.daemon?.wardenPid;
    },
    timeoutMs,
  );
};

const start = async (t: ExecutionContext, client: Client, environment: Readonly<Record<string, string>> = {}) => {
  const booty = makeBooty(t, yaml);
  const screen = openScreen(t, booty, [client], undefined, patientShell, environment);
  const isReady = async (): Promise<boolean> => {
    const { state, daemon } = await lookAt(booty);
    return state === 'ready' && daemon?.tied === true && Boolean(daemon.wardenPid);
  };
  await until('it is ready and tied', isReady, timeoutMs);
  if (client === 'tui') await screen.shows(/web +\S+ ready/);
  return { booty, screen, before: await lookAt(booty) };
};

/** The next command finds every service where it was, each once; hears its end; and takes all of it down. */
const assertKept = async (t: ExecutionContext, booty: Booty, before: Awaited<ReturnType<typeof lookAt>>) => {
  const pids = (row: typeof before) => row.services.map(({ name, pid, state }) => [name, pid, state]);
  t.is((await booty.run(['ps'])).code, 0);
  await until('there is one daemon', () => daemons(booty) === 1, timeoutMs);
  const after = await lookAt(booty);
  t.deepEqual(pids(after), pids(before));
  for (const name of ['db', 'web']) {
    const instances = (): readonly number[] =>
      booty.processes().flatMap(({ pid, command }) => (command.startsWith(`sh -c trap "echo ${name}`) ? [pid] : []));
    // A child it has just forked bears its name for a moment.
    const { pid } = serviceOf(before, name);
    const isOnce = (): boolean => String(instances()) === String(pid);
    await t.notThrowsAsync(until(`${name} is there once, as ${pid}`, isOnce));
  }
  process.kill(serviceOf(after, 'web').pid ?? 0, 'SIGTERM');
  await until('the end of web is told', async () => serviceOf(await lookAt(booty), 'web').exitCode === 8, timeoutMs);
  t.is((await booty.run(['down'])).code, 0);
};

const daemons = (booty: Booty): number =>
  booty.processes().filter(({ command }) => /^\S*node .* daemon run --stack shop$/.test(command)).length;

const inOrder = ordersOf(['daemon', 'warden', 'client']);

for (const pace of ['with time between', 'at once'] as const)
  for (const [index, victims] of inOrder.entries()) {
    const client: Client = (index + (pace === 'at once' ? 1 : 0)) % 2 === 0 ? 'tui' : 'up';
    // One of them in every run: where all three die in one instant, only the second of the warden is left.
    const isLong = pace === 'at once' && index > 0;
    const title = `${victims.join(', ')} of a ${client}, ${pace}: what runs is kept${isLong ? whenThorough : ''}`;
    (isLong ? thoroughInTurn : test.serial)(title, async (t) => {
      const { booty, screen, before } = await start(t, client);
      if (pace === 'at once') {
        const pids = { daemon: before.daemon?.pid, warden: before.daemon?.wardenPid, client: clientPid(booty, client) };
        for (const victim of victims) killHard(pids[victim as keyof typeof pids]);
      } else {
        let isTied = true;
        for (const victim of victims) {
          const now = await lookAt(booty);
          await kill(booty, victim, { screen, client });
          if (victim === 'client') isTied = false;
          await settle(booty, victim, now, isTied);
        }
      }
      // The terminal is as it was: lines are read and echoed again.
      // Said before the guard had its turn it stands on the other screen, which is gone then.
      await until('the shell goes on', () => screen.raw().includes('ended\r\n'), timeoutMs);
      const guards = () => booty.processes().filter(({ command }) => command.includes('booty-terminal-guard'));
      await until('no guard is left', () => guards().length === 0);
      screen.press('\r');
      t.is(await screen.ended(), 137);
      t.is(modesSeen(screen).length, 2);
      t.is(modesSeen(screen)[0], modesSeen(screen)[1]);
      t.false(screen.isAlternate());
      // Nobody has called booty, and nobody has to.
      await until('another daemon is there', async () => (await lookAt(booty)).state === 'ready', timeoutMs);
      await assertKept(t, booty, before);
      await assertNothingLeft(t, booty);
    });
  }

/** The terminal goes and its client lives to say so, if not to this daemon then to the next. */
for (const [client, gapMs] of [
  ['up', 0],
  ['tui', 0],
  ['up', 50],
  ['tui', 50],
  ['up', 300],
  ['tui', 300],
] as const)
  for (const victims of ordersOf(['daemon', 'warden', 'terminal'])) {
    const isLong = gapMs !== 50 || victims.at(-1) !== 'terminal';
    const title = `${victims.join(', ')} of a ${client}, ${gapMs} ms between: it is stopped in order`;
    (isLong ? thoroughInTurn : test.serial)(`${title}${isLong ? whenThorough : ''}`, async (t) => {
      const { booty, screen, before } = await start(t, client);
      const pids = { daemon: before.daemon?.pid, warden: before.daemon?.wardenPid };
      for (const [index, victim] of victims.entries()) {
        const dueMs = performance.now() + (index > 0 ? gapMs : 0);
        await until('it is time', () => performance.now() >= dueMs);
        if (victim === 'terminal') screen.close();
        else if (isAlive(pids[victim as 'daemon'] ?? 0)) killHard(pids[victim as 'daemon']);
      }
      await until('it is down', () => before.services.every(({ pid }) => !isAlive(pid ?? 0)), timeoutMs);
      assertStopped(t, booty);
      await until('all processes are gone', () => booty.processes().length === 0, timeoutMs);
      await assertNothingLeft(t, booty);
    });
  }

/** Stopped in order, with the terminal it was tied to. */
const assertStopped = (t: ExecutionContext, booty: Booty): void => {
  t.is(readFileSync(path.join(booty.folder, 'order'), 'utf8'), 'web\ndb\n');
};

for (const [victims, client] of [
  [['terminal'], 'up'],
  [['warden', 'terminal'], 'tui'],
  [['terminal', 'daemon'], 'tui'],
  [['daemon', 'terminal'], 'up'],
  [['daemon', 'terminal'], 'tui'],
  [['terminal', 'client'], 'up'],
  [['daemon', 'warden', 'client', 'terminal'], 'tui'],
  [['terminal', 'client', 'warden', 'daemon'], 'up'],
] as const)
  thoroughInTurn(
    `${victims.join(', ')} of a ${client}, at once: it is stopped in order, or kept${whenThorough}`,
    async (t) => {
      const { booty, screen, before } = await start(t, client);
      const pids = { daemon: before.daemon?.pid, warden: before.daemon?.wardenPid, client: clientPid(booty, client) };
      for (const victim of victims) {
        if (victim === 'terminal') screen.close();
        else killHard(pids[victim]);
      }
      const isDown = (): boolean => before.services.every(({ pid }) => !isAlive(pid ?? 0));
      // Whoever was to say that the terminal is gone may have died before it could: a stack is then kept.
      const isKept = async (): Promise<boolean> => {
        const { state, daemon } = await lookAt(booty);
        return state === 'ready' && daemon?.tied === false && clientPid(booty, client) === 0;
      };
      await until('it is decided', async () => isDown() || (await isKept()), timeoutMs);
      if (victims[0] === 'terminal' && victims.length === 1) t.true(isDown());
      if (isDown()) assertStopped(t, booty);
      else await assertKept(t, booty, before);
      await until('all processes are gone', () => booty.processes().length === 0, timeoutMs);
      await assertNothingLeft(t, booty);
    },
  );
