/**
A daemon that is killed costs nothing: its warden brings another, which goes on where it was. On the built booty, with
real daemons, killed in every way and order.
*/
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { createClient } from '../../source/api/client.ts';
import type { StackRow } from '../../source/core/model.ts';
import { createChannels } from '../../source/edge/channels.ts';
import { assertNothingLeft, type Booty, isAlive, makeBooty, serviceOf } from '../terminal/booty.ts';
import { until } from '../until.ts';

const shop = `
name: shop
services:
  db:
    command: [sh, -c, 'trap "echo db bye; exit 7" TERM; n=0; while :; do n=$$((n+1)); echo line $$n; sleep 0.01; done']
  web:
    command: [sh, -c, 'trap "echo web bye; exit 8" TERM; echo up; while :; do sleep 0.01; done']
    depends_on: [db]
`;

const channels = createChannels();

const runFolder = (booty: Booty): string => path.join(booty.home, 'stacks', 'shop', 'run');
const inRun = (booty: Booty, name: string): string => path.join(runFolder(booty), name);
const logOf = (booty: Booty, service: string): string =>
  readFileSync(path.join(booty.home, 'stacks', 'shop', 'logs', `${service}.log`), 'utf8');

const daemonOf = (row: StackRow): number => row.daemon?.pid ?? 0;
const wardenOf = (row: StackRow): number => row.daemon?.wardenPid ?? 0;
const pidsOf = (row: StackRow): readonly (readonly [string, number | null, number | null])[] =>
  row.services.map(({ name, pid, startedAtMs }) => [name, pid, startedAtMs] as const);

/** Kills and waits until it is gone. */
const kill = async (pid: number): Promise<void> => {
  // 0 would be everybody in the group of these tests.
  if (pid <= 1) throw new Error(`${pid} is no process of ours`);
  // 0 would be this very process group.
  if (pid < 2) throw new Error(`there is no process ${pid} to kill`);
  process.kill(pid, 'SIGKILL');
  await until(`${pid} is gone`, () => !isAlive(pid));
};

const successor = async (booty: Booty, before: number): Promise<number> => {
  const holder = (): number => {
    try {
      return (JSON.parse(readFileSync(inRun(booty, 'daemon.lock'), 'utf8')) as { pid: number }).pid;
    } catch {
      // Between two holders there is none.
      return before;
    }
  };
  await until('another daemon holds the lock', () => holder() !== before);
  return holder();
};

const upAndReady = async (booty: Booty): Promise<StackRow> => {
  const { code, stderr } = await booty.run(['up', '-d', '--wait']);
  if (code !== 0) throw new Error(stderr);
  return whole(booty);
};

/** The row as the daemon itself tells it: `ps --json` leaves the warden out. */
const whole = async (booty: Booty): Promise<StackRow> => {
  await booty.ps();
  const folder = path.join(booty.runtime, 'booty');
  const [socket = ''] = readdirSync(folder).filter((name) => name.endsWith('.sock'));
  return createClient(channels, 'shop', path.join(folder, socket)).ps();
};

const seconds = (booty: Booty): readonly number[] =>
  booty.processes().flatMap(({ pid, command }) => (/^sh -c \S+ \S+ second shop /.test(command) ? [pid] : []));

/** The only second there is. */
const secondOf = async (booty: Booty): Promise<number> => {
  await until('there is one second', () => seconds(booty).length === 1);
  return seconds(booty)[0] ?? 0;
};

/** Daemon, warden and second at once, so that nobody follows: a stopped daemon brings no other warden. */
const killAll = async (booty: Booty, row: StackRow): Promise<void> => {
  const second = await secondOf(booty);
  process.kill(daemonOf(row), 'SIGSTOP');
  await kill(second);
  await kill(wardenOf(row));
  await kill(daemonOf(row));
};

const tookOver = (booty: Booty): readonly string[] =>
  readFileSync(inRun(booty, 'events.ndjson'), 'utf8')
    .split('\n')
    .flatMap((line) => (line.includes('daemon.tookOver') ? [(JSON.parse(line) as { message: string }).message] : []));

test.serial('a killed daemon has a successor: services, lines, exit codes and uptime are kept', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  const daemons = [daemonOf(before)];
  for (const round of [1, 2]) {
    const last = daemons.at(-1) ?? 0;
    await kill(last);
    daemons.push(await successor(booty, last));
    const after = await booty.untilRow('the successor answers', (row) => daemonOf(row) === daemons.at(-1));
    t.deepEqual(pidsOf(after), pidsOf(before));
    t.is(after.state, 'ready');
    t.is(tookOver(booty).length, round);
  }
  const { pid } = serviceOf(await booty.ps(), 'web');
  process.kill(pid ?? 0, 'SIGTERM');
  const row = await booty.untilRow('the end of web is seen', (each) => serviceOf(each, 'web').state === 'failed');
  t.is(serviceOf(row, 'web').exitCode, 8);
  t.is((await booty.run(['down'])).code, 0);
  const numbers = [...logOf(booty, 'db').matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
  t.true(numbers.length > 10);
  t.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
  await assertNothingLeft(t, booty);
});

test.serial('a killed warden has a successor, and goes when the daemon goes in peace', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  t.true(isAlive(wardenOf(before)));
  await kill(wardenOf(before));
  await until('another warden is there', async () => ![0, wardenOf(before)].includes(wardenOf(await whole(booty))));
  const after = await whole(booty);
  t.is(daemonOf(after), daemonOf(before));
  await kill(daemonOf(after));
  await successor(booty, daemonOf(after));
  t.deepEqual(pidsOf(await booty.ps()), pidsOf(before));
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

test.serial('with all killed, the next command takes over; ends meanwhile are told with code and time', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  await killAll(booty, before);
  process.kill(serviceOf(before, 'web').pid ?? 0, 'SIGTERM');
  await until('web has ended', () => logOf(booty, 'web').endsWith('web bye\n'));
  const endedAtMs = Date.now();
  const after = await booty.ps();
  t.not(daemonOf(after), daemonOf(before));
  t.is(serviceOf(after, 'db').pid, serviceOf(before, 'db').pid);
  const { state, exitCode, lastExit } = serviceOf(
    await booty.untilRow('the end is told', (row) => serviceOf(row, 'web').lastExit !== null),
    'web',
  );
  t.deepEqual([state, exitCode], ['failed', 8]);
  t.true(Math.abs((lastExit?.atMs ?? 0) - endedAtMs) < 2_000);
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

for (const [how, isStopped] of [
  ['at once', false],
  ['the daemon stopped before', true],
] as const)
  test.serial(`daemon and warden killed, ${how}: the second brings another daemon, and goes`, async (t) => {
    const booty = makeBooty(t, shop);
    const before = await upAndReady(booty);
    const second = await secondOf(booty);
    if (isStopped) process.kill(daemonOf(before), 'SIGSTOP');
    process.kill(wardenOf(before), 'SIGKILL');
    process.kill(daemonOf(before), 'SIGKILL');
    await successor(booty, daemonOf(before));
    const after = await booty.untilRow('the successor is whole', ({ daemon }) => Boolean(daemon?.wardenPid));
    t.deepEqual(pidsOf(after), pidsOf(before));
    await until('the second is gone', () => !isAlive(second));
    t.not(await secondOf(booty), second);
    await booty.run(['down']);
    await assertNothingLeft(t, booty);
  });

test.serial('a killed second has a successor; a killed warden leaves no second behind', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  const second = await secondOf(booty);
  await kill(second);
  await until('another is there', async () => (await secondOf(booty)) !== second);
  const between = await booty.untilRow('and another warden', ({ daemon }) => Boolean(daemon?.wardenPid));
  t.is(daemonOf(between), daemonOf(before));
  await until('the warden it was the second of is gone', () => !isAlive(wardenOf(before)));
  const next = await secondOf(booty);
  await kill(wardenOf(between));
  await until('the second without a warden is gone', () => !isAlive(next));
  t.is(daemonOf(await booty.ps()), daemonOf(before));
  await secondOf(booty);
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

test.serial('a stopped warden is no reason to wait: its second ends it and acts', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  process.kill(wardenOf(before), 'SIGSTOP');
  await kill(daemonOf(before));
  await successor(booty, daemonOf(before));
  t.deepEqual(pidsOf(await booty.ps()), pidsOf(before));
  await until('the stopped one is gone', () => !isAlive(wardenOf(before)));
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

test.serial('warden or second stopped: a stack that goes down takes them along', async (t) => {
  const booty = makeBooty(t, shop);
  for (const who of ['warden', 'second'] as const) {
    const before = await upAndReady(booty);
    process.kill(who === 'warden' ? wardenOf(before) : await secondOf(booty), 'SIGSTOP');
    t.is((await booty.run(['down'])).code, 0);
    await assertNothingLeft(t, booty);
  }
});

test.serial('daemon restart replaces the daemon and nothing else', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  const { code, stdout, stderr } = await booty.run(['daemon', 'restart']);
  t.is(code, 0, stderr);
  t.regex(stdout, /^shop: daemon \d+ has handed over to \d+; its services ran on\n$/);
  const after = await booty.ps();
  t.not(daemonOf(after), daemonOf(before));
  t.deepEqual(pidsOf(after), pidsOf(before));
  await until('the old warden is gone', () => !isAlive(wardenOf(before)), 15_000);
  t.is(daemonOf(await booty.ps()), daemonOf(after));
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

/** With a socket folder that others may write, no daemon starts. */
const noDaemonMayStart = (booty: Booty): void => chmodSync(path.join(booty.runtime, 'booty'), 0o777);
const daemonsMayStart = (booty: Booty): void => chmodSync(path.join(booty.runtime, 'booty'), 0o700);
const gaveUp = (booty: Booty): boolean =>
  readFileSync(inRun(booty, 'daemon.log'), 'utf8').includes('no daemon comes up');

test.serial('when no daemon comes up, a tied stack is stopped in order', async (t) => {
  const booty = makeBooty(t, shop);
  const up = booty.start(['up']);
  await booty.untilRow('all is ready and tied', ({ state, daemon }) => state === 'ready' && daemon?.tied === true);
  const row = await whole(booty);
  await until('the list is written', () => readFileSync(inRun(booty, 'stop.list'), 'utf8').split('\n').length === 3);
  noDaemonMayStart(booty);
  await kill(daemonOf(row));
  await until('the warden is done', () => !isAlive(wardenOf(row)), 30_000);
  daemonsMayStart(booty);
  t.true(gaveUp(booty));
  const log = readFileSync(inRun(booty, 'daemon.log'), 'utf8');
  t.true(log.indexOf('TERM to web') < log.indexOf('TERM to db'));
  t.true(log.trimEnd().endsWith('stopped'));
  for (const service of ['web', 'db']) t.true(logOf(booty, service).endsWith(`${service} bye\n`));
  for (const { pid } of row.services) t.false(isAlive(pid ?? 0));
  await up.ended;
  t.is((await booty.ps()).state, 'down');
});

test.serial(
  'when no daemon comes up and the warden died as well, its second stops a tied stack in order',
  async (t) => {
    const booty = makeBooty(t, shop);
    const up = booty.start(['up']);
    await booty.untilRow('all is ready and tied', ({ state, daemon }) => state === 'ready' && daemon?.tied === true);
    const row = await whole(booty);
    await until('the list is written', () => readFileSync(inRun(booty, 'stop.list'), 'utf8').split('\n').length === 3);
    const second = await secondOf(booty);
    noDaemonMayStart(booty);
    process.kill(wardenOf(row), 'SIGKILL');
    process.kill(daemonOf(row), 'SIGKILL');
    await until('the second is done', () => !isAlive(second), 30_000);
    daemonsMayStart(booty);
    const log = readFileSync(inRun(booty, 'daemon.log'), 'utf8');
    t.true(log.indexOf('TERM to web') < log.indexOf('TERM to db'));
    t.true(log.trimEnd().endsWith('stopped'));
    for (const service of ['web', 'db']) t.true(logOf(booty, service).endsWith(`${service} bye\n`));
    await up.ended;
    await until('nothing is left', () => booty.processes().length === 0);
    t.is((await booty.ps()).state, 'down');
  },
);

test.serial('a successor that finds nothing to look after leaves at once, and tidies up', async (t) => {
  const booty = makeBooty(t, shop);
  await upAndReady(booty);
  await booty.run(['down']);
  // As daemons leave them that are killed while they tidy up themselves.
  for (const name of ['web.1', 'web.1.pid', 'run.json.3ea9a49b9e51']) writeFileSync(inRun(booty, name), '');
  const daemon = booty.start(['daemon', 'run', '--stack', 'shop'], { environment: { BOOTY_SUCCESSION: '1' } });
  let isOver = false;
  void daemon.ended.then(() => (isOver = true));
  // Another daemon without a stack stays for fifteen seconds.
  await until('it has left', () => isOver, 9_000);
  await assertNothingLeft(t, booty);
});

test.serial('what does not end for the warden is killed, with all it left', async (t) => {
  const booty = makeBooty(
    t,
    `
name: shop
services:
  deaf:
    command: [sh, -c, 'trap "" TERM; setsid sleep 1000 & echo up; while :; do sleep 0.01; done']
    stop_grace_period: 300ms
`,
  );
  const up = booty.start(['up']);
  await booty.untilRow('it is ready and tied', ({ state, daemon }) => state === 'ready' && daemon?.tied === true);
  const row = await whole(booty);
  await until('the list is written', () => readFileSync(inRun(booty, 'stop.list'), 'utf8').includes(' deaf '));
  noDaemonMayStart(booty);
  await kill(daemonOf(row));
  await until('the warden is done', () => !isAlive(wardenOf(row)), 30_000);
  daemonsMayStart(booty);
  await up.ended;
  t.regex(readFileSync(inRun(booty, 'daemon.log'), 'utf8'), /deaf did not end, killed/);
  await until('nothing is left', () => booty.processes().length === 0);
  t.deepEqual(booty.processes(), []);
});

test.serial('when no daemon comes up, a detached stack is left, and found by the next command', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  noDaemonMayStart(booty);
  await kill(daemonOf(before));
  await until('the warden is done', () => !isAlive(wardenOf(before)), 30_000);
  t.true(gaveUp(booty));
  daemonsMayStart(booty);
  t.deepEqual(pidsOf(await booty.ps()), pidsOf(before));
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

test.serial('a daemon killed while it starts services: each of them lives once', async (t) => {
  const names = Array.from({ length: 8 }, (_, index) => `s${index}`);
  const services = names.map((name) => `  ${name}: {command: [sh, -c, 'echo up; exec sleep 1000.${name.slice(1)}']}`);
  for (const moment of ['s0.1.launch', 's3.1.pid', 's7.1.launch']) {
    const booty = makeBooty(t, ['name: shop', 'services:', ...services, ''].join('\n'));
    const up = booty.start(['up', '-d']);
    await until(`${moment} is there`, () => {
      try {
        return readdirSync(runFolder(booty)).includes(moment);
      } catch {
        return false;
      }
    });
    const [, pid] = /"pid":(\d+)/.exec(readFileSync(inRun(booty, 'daemon.lock'), 'utf8')) ?? [];
    process.kill(Number(pid), 'SIGKILL');
    await up.ended;
    await successor(booty, Number(pid));
    const row = await booty.untilRow('all are ready', ({ state }) => state === 'ready');
    t.deepEqual(
      row.services.map(({ state }) => state),
      names.map(() => 'ready'),
    );
    const sleepers = booty.processes().filter(({ command }) => /^sleep 1000\.\d$/.test(command));
    t.deepEqual(
      sleepers.map((each) => each.pid).sort((one, other) => one - other),
      row.services.map((each) => each.pid ?? 0).sort((one, other) => one - other),
    );
    await booty.run(['down']);
    await assertNothingLeft(t, booty);
  }
});

test.serial('a daemon killed while it stops a service: the stop goes on', async (t) => {
  const booty = makeBooty(
    t,
    `
name: shop
services:
  slow:
    command: [sh, -c, 'trap "sleep 3; exit 5" TERM; echo up; while :; do sleep 0.01; done']
    restart: always
`,
  );
  const before = await upAndReady(booty);
  const stop = booty.start(['stop', 'slow']);
  await booty.untilRow('it is asked', (row) => serviceOf(row, 'slow').state === 'stopping');
  await kill(daemonOf(before));
  await stop.ended;
  await successor(booty, daemonOf(before));
  const row = await booty.untilRow('it has stopped', (each) => serviceOf(each, 'slow').state === 'stopped');
  t.is(serviceOf(row, 'slow').exitCode, 5);
  t.is(serviceOf(row, 'slow').restarts, 0);
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

test.serial('a torn run file: its copy is used', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  await killAll(booty, before);
  const text = readFileSync(inRun(booty, 'run.json'), 'utf8');
  writeFileSync(inRun(booty, 'run.json'), text.slice(0, text.length / 2));
  t.deepEqual(pidsOf(await booty.ps()), pidsOf(before));
  t.true(tookOver(booty).includes('the run file was damaged; its copy was used'));
  // The next one is not to depend on the copy alone.
  await until('it is whole again', () => {
    return readFileSync(inRun(booty, 'run.json'), 'utf8') === readFileSync(inRun(booty, 'run.json.last'), 'utf8');
  });
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

test.serial('run file and copy torn: what runs is found by the records of its start, and can be stopped', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  await killAll(booty, before);
  for (const name of ['run.json', 'run.json.last']) writeFileSync(inRun(booty, name), '{"format":');
  const after = await booty.untilRow('both are seen', (row) => row.services.every(({ state }) => state === 'ready'));
  t.deepEqual(
    after.services.map(({ name, pid }) => [name, pid]),
    before.services.map(({ name, pid }) => [name, pid]),
  );
  await upAndReady(booty);
  for (const { pid } of before.services) t.false(isAlive(pid ?? 0));
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

test.serial('a run file of a newer booty: nothing is touched, and the reason is told', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  await killAll(booty, before);
  const text = readFileSync(inRun(booty, 'run.json'), 'utf8');
  writeFileSync(inRun(booty, 'run.json'), text.replace('"format":1', '"format":2'));
  const { code, stderr } = await booty.run(['ps']);
  t.is(code, 1);
  t.regex(stderr, /run by a newer booty.*format 2/);
  for (const { pid } of before.services) t.true(isAlive(pid ?? 0));
  writeFileSync(inRun(booty, 'run.json'), text);
  t.deepEqual(pidsOf(await booty.ps()), pidsOf(before));
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

/** The files say that all of it was started before the machine was. */
const restartMachine = (booty: Booty): void => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  for (const name of readdirSync(runFolder(booty)).filter((each) => /\.(json|last|launch)$/.test(each))) {
    writeFileSync(inRun(booty, name), readFileSync(inRun(booty, name), 'utf8').replaceAll(boot, 'the boot before'));
  }
};

/** Ends what in these tests has outlived the restart. Unlike after a real one their shims live, and write the end down. */
const endStrangers = async (booty: Booty, before: StackRow): Promise<void> => {
  for (const { pid } of before.services) process.kill(pid ?? Number.NaN, 'SIGKILL');
  for (const { name } of before.services) {
    await until(`${name}.1 is written`, () => readdirSync(runFolder(booty)).includes(`${name}.1`));
    rmSync(inRun(booty, `${name}.1`));
  }
};

test.serial('after a restart of the machine nothing is adopted or signalled, and the rows say why', async (t) => {
  const booty = makeBooty(t, shop);
  const before = await upAndReady(booty);
  await killAll(booty, before);
  restartMachine(booty);
  const after = await booty.ps();
  t.is(after.state, 'down');
  for (const { state, reason, pid } of after.services) {
    t.deepEqual([state, reason, pid], ['stopped', 'the machine was restarted', null]);
  }
  // These stand for strangers here: the pids are theirs by chance.
  for (const { pid } of before.services) t.true(isAlive(pid ?? 0));
  await endStrangers(booty, before);
  t.is((await upAndReady(booty)).state, 'ready');
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});

test.serial('after a restart of the machine a service that is started comes with what it depends on', async (t) => {
  const booty = makeBooty(t, `${shop}  other: {command: [sleep, '1000']}\n`);
  const before = await upAndReady(booty);
  await killAll(booty, before);
  restartMachine(booty);
  t.is((await booty.ps()).state, 'down');
  await endStrangers(booty, before);
  const { code, stdout, stderr } = await booty.run(['start', 'web']);
  t.is(code, 0, stderr);
  t.regex(stdout, /web ready \(pid \d+\)/);
  const after = await booty.ps();
  t.deepEqual(
    after.services.map(({ name, state }) => [name, state]),
    [
      ['db', 'ready'],
      ['web', 'ready'],
      ['other', 'stopped'],
    ],
  );
  // Its daemon stays: it has somebody to look after.
  t.is((await booty.run(['restart', 'other'])).code, 0);
  await booty.run(['down']);
  await assertNothingLeft(t, booty);
});
