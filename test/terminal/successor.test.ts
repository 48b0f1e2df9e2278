/** A foreground `up` whose daemon is killed: it goes on with the next one, and prints every line once. */
import test from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, makeBooty } from './booty.ts';

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
