/** A foreground `up` whose daemon is killed: it goes on with the next one, and prints every line once. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, type Booty, makeBooty } from './booty.ts';

test.serial('up goes on with the successor of a killed daemon: no line lost, none twice, still tied', async (t) => {
  const booty = makeBooty(
    t,
    `
name: count
services:
  count:
    command: [sh, -c, 'n=0; while :; do n=$$((n+1)); echo "line $$n."; sleep 0.02; done']
`,
  );
  const up = booty.start(['up']);
  await until('it counts', () => up.stdout().includes('line 20.'));
  const before = await booty.ps();
  process.kill(before.daemon?.pid ?? Number.NaN, 'SIGKILL');
  await until('it says so', () => up.stderr().includes('another one goes on where it was'));
  const seen = up.stdout().split('\n').length;
  await until('it counts on', () => up.stdout().split('\n').length > seen + 20);
  const after = await booty.untilRow('it is tied to this terminal again', (row) => row.daemon?.tied === true);
  t.not(after.daemon?.pid, before.daemon?.pid);
  t.is(after.services[0]?.pid, before.services[0]?.pid);
  up.signal('SIGINT');
  const ended = await up.ended;
  t.is(ended.code, 0, ended.stderr);
  const numbers = [...ended.stdout.matchAll(/line (\d+)\./g)].map(([, number]) => Number(number));
  t.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
  await assertNothingLeft(t, booty);
});

for (const [how, words] of [
  ['as text', []],
  ['as JSON', ['--json']],
  ['those that match', ['--grep', 'between']],
] as const)
  test.serial(`logs -f -n 0 ${how} misses nothing that is written between two daemons`, async (t) => {
    const booty = makeBooty(
      t,
      `
name: shop
services:
  quiet: {command: [sh, -c, 'until [ -e go ]; do sleep 0.02; done; echo between; exec sleep 1000']}
  tick: {command: [sh, -c, 'until [ -e went ]; do echo between the ticks; sleep 0.02; done; exec sleep 1000']}
`,
    );
    t.is((await booty.run(['up', '-d', '--wait'])).code, 0);
    const logs = booty.start(['logs', '-f', '-n', '0', ...words]);
    await until('it follows', () => logs.stdout().includes('between the ticks'));
    await killWatchers(booty);
    for (const name of ['went', 'go']) writeFileSync(path.join(booty.folder, name), '');
    // Nobody is there to see it but the file.
    const rest = await booty.run(['logs', 'quiet', '-n', '1', '--raw']);
    t.is(rest.stdout, 'between\n');
    await until('it is told', () => /quiet\W.*between(?! the)/.test(logs.stdout()));
    logs.signal('SIGINT');
    await logs.ended;
    t.is(logs.stdout().match(/between(?! the)/g)?.length, 1);
    await booty.run(['down']);
    await assertNothingLeft(t, booty);
  });

/** Daemon, warden and second, so that no daemon comes before a command needs one. */
const killWatchers = async (booty: Booty): Promise<void> => {
  const isWatcher = /\bdaemon run\b|^sh -c \S+ \S+ second /;
  const watchers = booty.processes().filter(({ command }) => isWatcher.test(command));
  const daemon = (await booty.ps()).daemon?.pid ?? Number.NaN;
  process.kill(daemon, 'SIGSTOP');
  for (const { pid } of watchers.toSorted((one, other) => Number(one.pid === daemon) - Number(other.pid === daemon)))
    process.kill(pid, 'SIGKILL');
  await until('they are gone', () => !booty.processes().some(({ command }) => isWatcher.test(command)));
};

test.serial('logs -f prints the last words of a stack that goes down between two daemons', async (t) => {
  const booty = makeBooty(
    t,
    `
name: shop
services:
  web: {command: [sh, -c, 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.02; done']}
`,
  );
  t.is((await booty.run(['up', '-d', '--wait'])).code, 0);
  const logs = booty.start(['logs', '-f']);
  await until('it follows', () => logs.stdout().includes('up'));
  logs.signal('SIGSTOP');
  await killWatchers(booty);
  t.is((await booty.run(['down'])).code, 0);
  logs.signal('SIGCONT');
  const { code, stdout, stderr } = await logs.ended;
  // The shell may say between the two what became of its sleep.
  t.regex(stdout, /^up\n(?:Terminated\n)?bye\n$/);
  t.deepEqual([code, stderr], [0, '']);
  await assertNothingLeft(t, booty);
});
