/** How commands end: exit codes, failing services, time limits, stops that are not obeyed, ctrl-c pressed again. */
import test from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, makeBooty, serviceOf } from './booty.ts';

test.serial('up in the foreground prints all a chain of tasks says and ends by itself with 0', async (t) => {
  const booty = makeBooty(
    t,
    `
name: chain
services:
  one: {command: [sh, -c, 'echo first']}
  two:
    command: [sh, -c, 'printf second']
    depends_on: {one: {condition: service_completed_successfully}}
`,
  );
  const up = await booty.run(['up']);
  t.is(up.code, 0, up.stderr);
  t.is(up.stdout, 'one | first\ntwo | second\n');
  await assertNothingLeft(t, booty);
});

test.serial('a task that fails skips who waits for it; up ends with 4', async (t) => {
  const booty = makeBooty(
    t,
    `
name: chain
services:
  one: {command: [sh, -c, 'echo no good >&2; exit 7']}
  two:
    command: [sleep, '1000']
    depends_on: {one: {condition: service_completed_successfully}}
  three: {command: [sleep, '1000'], depends_on: [two]}
`,
  );
  const up = await booty.run(['up']);
  t.is(up.code, 4, up.stderr);
  t.regex(up.stdout, /^one {3}\| no good$/m);
  t.regex(up.stderr, /one is failed: exited 7/);
  t.regex(up.stderr, /two is skipped/);
  t.regex(up.stderr, /three is skipped/);
  await assertNothingLeft(t, booty);
  const detached = await booty.run(['up', '-d', '--wait']);
  t.is(detached.code, 4);
  const row = await booty.ps();
  t.is(row.state, 'degraded');
  t.is(serviceOf(row, 'three').state, 'skipped');
});

test.serial('what ends at once, never becomes ready or prints nothing is told, with exit code 4', async (t) => {
  const booty = makeBooty(
    t,
    `
name: bad
services:
  brief: {command: [sh, -c, 'echo last words; exit 9']}
`,
  );
  const brief = await booty.run(['up', '-d', '--wait']);
  t.is(brief.code, 4, brief.stderr);
  t.regex(brief.stderr, /brief failed: exited 9/);
  t.is((await booty.run(['logs', 'brief'])).stdout, 'last words\n');
  await booty.run(['down']);

  booty.write(`
name: bad
services:
  mute: {command: [sleep, '1000'], healthcheck: {log: listening}}
`);
  const mute = await booty.run(['up', '-d', '--wait', '--timeout', '0.6']);
  t.is(mute.code, 4);
  t.regex(mute.stderr, /not all is ready after 0\.6 s; the stack runs on/);
  t.is(serviceOf(await booty.ps(), 'mute').state, 'starting');
  await booty.run(['down']);

  booty.write('name: bad\nservices:\n  gone: {command: [no-such-program-here]}\n');
  const gone = await booty.run(['up', '-d', '--wait']);
  t.is(gone.code, 4);
  t.regex(gone.stderr, /gone failed: could not start gone \(no-such-program-here\)/);
});

test.serial('a service that keeps ending is started again with growing pauses', async (t) => {
  const booty = makeBooty(
    t,
    `
name: again
services:
  crash: {command: [sh, -c, 'echo try; exit 3'], restart: on-failure:3}
`,
  );
  t.is((await booty.run(['up', '-d'])).code, 0);
  const backoff = await booty.untilRow('backoff', (row) => serviceOf(row, 'crash').state === 'backoff');
  t.true((serviceOf(backoff, 'crash').nextRetryAtMs ?? 0) > Date.now() - 1_000);
  t.regex(serviceOf(backoff, 'crash').reason ?? '', /^exited 3; starts again in \d/);
  const row = await booty.untilRow('it gave up', (now) => serviceOf(now, 'crash').state === 'failed');
  t.is(serviceOf(row, 'crash').restarts, 3);
  t.regex(serviceOf(row, 'crash').reason ?? '', /gave up/);
  t.is((await booty.run(['logs'])).stdout, 'try\ntry\ntry\ntry\n');
});

const deaf = `
name: deaf
services:
  base: {command: [sleep, '1000']}
  deaf:
    command: [sh, -c, 'trap "echo no" TERM; setsid sh -c "trap : TERM; echo out; while :; do sleep 1; done" & echo deaf; while :; do sleep 0.1; done']
    depends_on: [base]
    stop_grace_period: GRACE
`;

test.serial(
  'who does not obey is killed after its grace, with all it left, and only then the others stop',
  async (t) => {
    const booty = makeBooty(t, deaf.replace('GRACE', '700ms'));
    await booty.run(['up', '-d', '--wait']);
    await until('both speak', async () => (await booty.run(['logs', 'deaf'])).stdout.includes('out'));
    const startedAtMs = performance.now();
    const down = await booty.run(['down']);
    t.is(down.code, 0, down.stderr);
    t.true(performance.now() - startedAtMs >= 700);
    await assertNothingLeft(t, booty);
  },
);

test.serial('ctrl-c takes the stack down; what needs long is named', async (t) => {
  const booty = makeBooty(t, deaf.replace('GRACE', '1200ms'));
  const up = booty.start(['up']);
  await until('it speaks', () => /deaf \| out/.test(up.stdout()));
  t.true((await booty.ps()).daemon?.tied);
  up.signal('SIGINT');
  const ended = await up.ended;
  t.is(ended.code, 0, ended.stderr);
  t.regex(ended.stderr, /stopping in order; ctrl-c again: shorten every grace/);
  t.regex(ended.stderr, /deaf is down: 2 services stopped; data stays/);
  await assertNothingLeft(t, booty);
});

test.serial('a second ctrl-c shortens every grace, a third kills; both end with 130', async (t) => {
  for (const presses of [2, 3]) {
    const booty = makeBooty(t, deaf.replace('GRACE', '60s'));
    const up = booty.start(['up']);
    await until('it speaks', () => /deaf \| out/.test(up.stdout()));
    for (let press = 1; press <= presses; press += 1) {
      up.signal('SIGINT');
      await until(`press ${press}`, () => up.stderr().split('ctrl-c again').length > Math.min(press, 2));
    }
    const ended = await up.ended;
    t.is(ended.code, 130, ended.stderr);
    await assertNothingLeft(t, booty);
  }
});

test.serial('down --force kills at once and ends with 0; --timeout caps each grace', async (t) => {
  const booty = makeBooty(t, deaf.replace('GRACE', '60s'));
  for (const words of [['--force'], ['--timeout', '0.3']]) {
    await booty.run(['up', '-d', '--wait']);
    const down = await booty.run(['down', ...words]);
    t.is(down.code, 0, `${words}: ${down.stderr}`);
    await assertNothingLeft(t, booty);
  }
});

test.serial('ctrl-c pressed again during down asks harder', async (t) => {
  const booty = makeBooty(t, deaf.replace('GRACE', '60s'));
  await booty.run(['up', '-d', '--wait']);
  const down = booty.start(['down']);
  await until('it waits', () => /waiting for deaf \(SIGTERM to pid \d+, up to 60\.0 s\)/.test(down.stderr()));
  down.signal('SIGINT');
  t.is((await down.ended).code, 130);
  await assertNothingLeft(t, booty);
});

test.serial('usage and config errors end with 2, a stack that is down with 3', async (t) => {
  const booty = makeBooty(t);
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['nonsense'], 2, /there is no command nonsense/],
    [['up', '--nonsense'], 2, /Unknown option '--nonsense'/],
    [['ps', 'word'], 2, /unexpected word 'word'/],
    [['up'], 2, /no booty\.yaml at/],
    [['ps'], 2, /no booty\.yaml at/],
    [['ps', '--stack', 'nothing'], 2, /there is no stack named nothing/],
    [[], 2, /^$/],
  ];
  for (const [words, code, said] of cases) {
    const ended = await booty.run(words);
    t.is(ended.code, code, `${words}: ${ended.stderr}`);
    t.regex(ended.stderr, said);
  }
  t.is((await booty.run(['--version'])).stdout, 'booty 0.1.0\n');
  t.is((await booty.run(['--help'])).code, 0);
  booty.write('name: shop\nservices:\n  a: {command: [sleep, "1000"], ports: {http: "8080:80"}}\n');
  const pasted = await booty.run(['up', '-d']);
  t.is(pasted.code, 2);
  t.regex(pasted.stderr, /booty\.yaml:3:\d+: .*8080:80/);
  t.regex(pasted.stderr, /hint: /);
  const document = JSON.parse((await booty.run(['up', '-d', '--json'])).stdout);
  t.deepEqual(Object.keys(document), ['code', 'message', 'hint', 'exitCode', 'facts', 'cause']);
  t.is(document.code, 'CONFIG_INVALID');
  booty.write('name: shop\nservices:\n  a: {command: [sleep, "1000"]}\n');
  const soon = await booty.run(['up', '-d', '--timeout', 'soon']);
  t.is(soon.code, 2);
  t.regex(soon.stderr, /--timeout soon is not a number of seconds/);
  await assertNothingLeft(t, booty);
  for (const words of [['start', 'a'], ['logs'], ['restart', 'a']]) t.is((await booty.run(words)).code, 3);
  await assertNothingLeft(t, booty);
});

test.serial('a name that is not there starts nothing', async (t) => {
  const booty = makeBooty(t, 'name: shop\nservices:\n  a: {command: [sleep, "1000"]}\n');
  const up = await booty.run(['up', '-d', 'b']);
  t.is(up.code, 2, up.stderr);
  t.regex(up.stderr, /has no service b \(it has: a\)/);
  await assertNothingLeft(t, booty);
});
