/** Commands that come at once: whatever wins, each ends with a code of its own, and one whole stack or none is left. */
import test, { type ExecutionContext } from 'ava';
import type { ServiceRow } from '../../source/core/model.ts';
import { until } from '../until.ts';
import { assertNothingLeft, type Booty, isAlive, makeBooty } from './booty.ts';
import { lookAt } from './look.ts';

const pair = `
name: pair
services:
  a:
    command: [sh, -c, 'trap "sleep 0.1; exit 0" TERM; echo up; while :; do sleep 0.02; done']
    restart: always
  b: {command: [sleep, '1000'], depends_on: [a], restart: always}
`;

/** What each command may end with in a race, beside 0. */
const codes: Readonly<Record<string, readonly number[]>> = {
  // Taken down before all was there.
  up: [3],
  down: [],
  // The stack was down already, went down meanwhile, or was just then on its way down, and told so.
  stop: [1, 3],
  // Somebody else stopped it meanwhile, or the stack was just then on its way down, and told so.
  start: [1, 3, 4],
  restart: [1, 3, 4],
  // It did not run just then.
  kill: [1, 3],
  daemon: [3],
  logs: [3],
};

const passing: ReadonlySet<string> = new Set(['waiting', 'fetching', 'starting', 'stopping', 'backoff', 'unhealthy']);

/** Who waits for one that somebody has stopped waits until that is started. */
const isPassing = ({ state, reason }: ServiceRow): boolean =>
  passing.has(state) && !(state === 'waiting' && reason?.includes('(stopped)') === true);

/** All is at rest, and what runs is what `ps` says: one daemon, and of each service one process or none. */
const assertWhole = async (t: ExecutionContext, booty: Booty): Promise<void> => {
  let row = await lookAt(booty);
  await until(
    'all is at rest',
    async () => {
      row = await lookAt(booty);
      return row.state !== 'stopping' && !row.services.some(isPassing);
    },
    30_000,
  ).catch((error: unknown) => {
    const states = row.services.map(({ name, state, pid, reason }) => `${name} ${state} ${pid} ${reason}`);
    throw new Error(`${String(error)}: ${row.state}, ${states.join('; ')}`, { cause: error });
  });
  const running = (pattern: RegExp): readonly number[] =>
    booty.processes().flatMap(({ pid, command }) => (pattern.test(command) ? [pid] : []));
  const isUp = row.daemon !== null;
  const pidsOf = (name: string): readonly number[] =>
    row.services.flatMap((service) => (service.name === name && service.pid !== null ? [service.pid] : []));
  // The warden of a daemon that handed over looks after some seconds whether another came, by starting one.
  await until(
    'there is one daemon, or none',
    () => {
      const daemons = running(/^\S*node .* daemon run --stack pair$/);
      return daemons.length === (isUp ? 1 : 0);
    },
    30_000,
  );
  const shells = (): readonly number[] => running(/^sh -c trap /);
  const sleepers = (): readonly number[] => running(/^sleep 1000$/);
  // A child that a has just forked bears its name for a moment, and a daemon that took over hears of an end a little later.
  let [alive, told]: readonly (readonly (readonly number[])[])[] = [[], []];
  await until('what runs is what is told', async () => {
    row = await lookAt(booty);
    alive = [shells(), sleepers()];
    told = [pidsOf('a'), pidsOf('b')];
    return String(alive) === String(told);
  }).catch(() => {});
  t.deepEqual(alive, told);
};

const race = async (t: ExecutionContext, booty: Booty, lines: readonly string[]): Promise<void> => {
  const ends = await Promise.all(lines.map((line) => booty.run(line.split(' '))));
  for (const [index, { code, stderr }] of ends.entries()) {
    const [line = '', verb = ''] = [lines[index], lines[index]?.split(' ')[0]];
    t.true(code === 0 || codes[verb]?.includes(code ?? -1), `${line} in ${lines.join(', ')}: ${code} ${stderr}`);
    t.notRegex(stderr, /a bug|holds impossible|EPIPE|ENOENT|ECONN|socket hang up/, line);
  }
  await assertWhole(t, booty);
};

const restarts = Array.from({ length: 6 }, () => 'restart a');

const races: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'up and down, each more than once': [
    ['up -d --wait', 'down'],
    ['down', 'down', 'up -d', 'down', 'up -d --wait'],
  ],
  'a service that everybody wants otherwise': [
    ['stop b', 'start b', 'up -d --wait', 'stop b'],
    ['restart a', 'stop a', 'kill a', 'kill b', 'start b'],
    restarts,
  ],
  'a stack that goes down under what is asked of it': [
    ['down', 'restart a', 'stop b', 'kill a'],
    ['down', 'up -d --wait', 'start b', 'logs a'],
  ],
  'a daemon that is replaced under what is asked of it': [
    ['daemon restart', 'restart a', 'stop b', 'up -d --wait'],
    ['daemon restart', 'daemon restart', 'kill a'],
    ['daemon restart', 'down', 'daemon restart'],
    ['down', 'daemon restart', 'up -d --wait'],
  ],
};

for (const [name, rounds] of Object.entries(races))
  test.serial(name, async (t) => {
    const booty = makeBooty(t, pair);
    for (const round of rounds) {
      t.is((await booty.run(['up', '-d', '--wait'])).code, 0);
      await race(t, booty, round);
    }
    t.is((await booty.run(['down'])).code, 0);
    await assertNothingLeft(t, booty);
  });

test.serial('twelve up in the foreground at once make one stack with one owner, and all end with it', async (t) => {
  const booty = makeBooty(t, pair);
  const ups = Array.from({ length: 12 }, () => booty.start(['up']));
  await until('all see it ready', () => ups.every((up) => up.stderr().includes('pair is ready')), 90_000);
  await assertWhole(t, booty);
  const row = await lookAt(booty);
  t.true(row.daemon?.tied);
  t.deepEqual(
    row.services.map(({ restarts: count }) => count),
    [0, 0],
  );
  for (const up of ups) up.signal('SIGINT');
  for (const ended of await Promise.all(ups.map((up) => up.ended))) {
    t.is(ended.code, 0, ended.stderr);
    t.regex(ended.stderr, /left; the stack runs on|pair is down: 2 services stopped/);
  }
  for (const { pid } of row.services) t.false(isAlive(pid ?? 0));
  await assertNothingLeft(t, booty);
});
