/** Orders and ends of real services through the real daemon: who stops when, what an exit means, who is waited for. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, type Booty, isAlive, makeBooty, serviceOf } from './booty.ts';

const linesOf = (booty: Booty, name: string): readonly string[] =>
  readFileSync(path.join(booty.folder, name), 'utf8').trimEnd().split('\n');

/** Writes `NAME asked` when asked to end, lives on for a moment, and writes `NAME ended` as its last act. */
const teller = (name: string): string =>
  `[sh, -c, 'trap "echo ${name} asked >>order; sleep 0.1; echo ${name} ended >>order; exit 0" TERM; echo up; while :; do sleep 0.02; done']`;

const rhombus = `
name: rhombus
services:
  a: {command: ${teller('a')}, healthcheck: {log: up}}
  b: {command: ${teller('b')}, healthcheck: {log: up}, depends_on: [c, d]}
  c: {command: ${teller('c')}, healthcheck: {log: up}, depends_on: [a]}
  d: {command: ${teller('d')}, healthcheck: {log: up}, depends_on: [a]}
`;

/** b is gone before c and d are asked, these are asked side by side, and both are gone before a is asked. */
const assertReversed = (t: ExecutionContext, order: readonly string[]): void => {
  t.deepEqual(order.slice(0, 2), ['b asked', 'b ended']);
  t.deepEqual(order.slice(2, 6).toSorted(), ['c asked', 'c ended', 'd asked', 'd ended']);
  t.deepEqual(order.slice(2, 4).toSorted(), ['c asked', 'd asked']);
  t.deepEqual(order.slice(6), ['a asked', 'a ended']);
};

test.serial('a rhombus stops in the reverse of its order: b, then c and d at once, then a', async (t) => {
  const booty = makeBooty(t, rhombus);
  const detached = await booty.run(['up', '-d', '--wait']);
  t.is(detached.code, 0, detached.stderr);
  t.is((await booty.run(['down'])).code, 0);
  assertReversed(t, linesOf(booty, 'order'));
  await assertNothingLeft(t, booty);

  // The same by ctrl-c of the terminal it is tied to.
  const tied = booty.start(['up'], { shell: 'rm order; exec "$@"' });
  await until('it is ready', () => tied.stderr().includes('rhombus is ready'));
  tied.signal('SIGINT');
  t.is((await tied.ended).code, 0, tied.stderr());
  assertReversed(t, linesOf(booty, 'order'));
  await assertNothingLeft(t, booty);
});

test.serial(
  'a leader that ends leaves its setsid child no stage: completed at once, and the child is dead',
  async (t) => {
    const booty = makeBooty(
      t,
      `
name: leader
services:
  leader:
    command: [sh, -c, 'setsid sleep 1000 & echo $$! >child; echo left; exit 0']
  after:
    command: [sh, -c, 'echo after; exec sleep 1000']
    depends_on: {leader: {condition: service_completed_successfully}}
`,
    );
    const up = await booty.run(['up', '-d', '--wait', '--timeout', '20']);
    t.is(up.code, 0, up.stderr);
    const row = await booty.ps();
    t.deepEqual([serviceOf(row, 'leader').state, serviceOf(row, 'leader').exitCode], ['completed', 0]);
    t.is(serviceOf(row, 'after').state, 'ready');
    const [child = ''] = linesOf(booty, 'child');
    t.regex(child, /^\d+$/);
    t.false(isAlive(Number(child)));
    t.is((await booty.run(['down'])).code, 0);
    await assertNothingLeft(t, booty);
  },
);

test.serial('only exit code 0 is a success; what else is one is said in the command (decision 0011)', async (t) => {
  const booty = makeBooty(
    t,
    `
name: ends
services:
  failing: {command: [sh, -c, 'echo try; exit 130'], restart: on-failure:1}
  passing: {command: [sh, -c, 'sh -c "echo done; exit 130" || [ $$? -eq 130 ]'], restart: on-failure:1}
`,
  );
  const up = await booty.run(['up']);
  t.is(up.code, 4, up.stderr);
  t.deepEqual(up.stdout.trimEnd().split('\n').toSorted(), ['failing | try', 'failing | try', 'passing | done']);
  t.regex(up.stderr, /failing is failed: killed by SIGINT, 2 times in a row; gave up/);
  t.notRegex(up.stderr, /passing is failed/);
  await assertNothingLeft(t, booty);
});

const promise = (condition: string): string => `
name: promise
services:
  producer:
    command: [sh, -c, 'echo warming up; until [ -e go ]; do sleep 0.02; done; exit CODE']
    healthcheck: {log: accepting connections}
  consumer:
    command: [sh, -c, 'echo consumed; exec sleep 1000']
    depends_on: {producer: {condition: ${condition}}}
  bystander: {command: [sleep, '1000']}
`;

for (const code of [0, 5])
  test.serial(`a producer that exits ${code} before the line it is waited for: the consumer is skipped`, async (t) => {
    const booty = makeBooty(t, promise('service_healthy').replace('CODE', String(code)));
    const up = booty.start(['up', '-d', '--wait']);
    const waiting = await booty.untilRow(
      'the consumer waits',
      (row) =>
        row.services.length === 3 &&
        serviceOf(row, 'producer').state === 'starting' &&
        serviceOf(row, 'consumer').state === 'waiting',
    );
    t.regex(serviceOf(waiting, 'consumer').reason ?? '', /producer/);
    booty.makeFolder('shop/go');
    const ended = await up.ended;
    t.is(ended.code, 4, ended.stderr);
    const row = await booty.ps();
    t.is(serviceOf(row, 'producer').state, code === 0 ? 'completed' : 'failed');
    t.is(serviceOf(row, 'consumer').state, 'skipped');
    t.is(serviceOf(row, 'consumer').pid, null);
    t.is(serviceOf(row, 'bystander').state, 'ready');
    t.notRegex((await booty.run(['logs'])).stdout, /consumed/);
    t.is((await booty.run(['down'])).code, 0);
    await assertNothingLeft(t, booty);
  });
