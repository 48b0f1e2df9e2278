/** The built booty with plain commands: up, ps, logs, stop, start, restart, down, and what they answer. */
import test from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, isAlive, makeBooty, serviceOf } from './booty.ts';

const shop = `
name: shop
services:
  db:
    command: [sh, -c, 'echo db speaks; exec sleep 1000']
    healthcheck: {log: speaks}
  migrate:
    command: [sh, -c, 'echo migrating; exit 0']
    depends_on: {db: {condition: service_healthy}}
  web:
    command: [sh, -c, 'echo web on $$PORT; exec sleep 1000']
    ports: {http: auto}
    depends_on: {migrate: {condition: service_completed_successfully}, db: {condition: service_started}}
`;

test.serial('up -d, ps, logs, down; all three conditions are kept', async (t) => {
  const booty = makeBooty(t, shop);
  t.deepEqual(await booty.ps(), { stack: 'shop', state: 'down', daemon: null, services: [] });
  const up = await booty.run(['up', '-d', '--wait']);
  t.is(up.code, 0, up.stderr);
  t.regex(up.stdout, /^shop: 3 ready after \d/);

  const row = await booty.ps();
  t.is(row.state, 'ready');
  t.deepEqual(
    row.services.map(({ name, state }) => [name, state]),
    [
      ['db', 'ready'],
      ['migrate', 'completed'],
      ['web', 'ready'],
    ],
  );
  t.is(serviceOf(row, 'migrate').exitCode, 0);
  t.true((serviceOf(row, 'web').startedAtMs ?? 0) >= (serviceOf(row, 'migrate').lastExit?.atMs ?? Infinity));

  const all = await booty.run(['logs']);
  t.is(all.code, 0);
  const port = serviceOf(row, 'web').ports['http'];
  t.deepEqual(all.stdout.trim().split('\n').toSorted(), [
    'db      | db speaks',
    'migrate | migrating',
    `web     | web on ${port}`,
  ]);
  t.is((await booty.run(['logs', 'db'])).stdout, 'db speaks\n');

  const down = await booty.run(['down']);
  t.is(down.code, 0, down.stderr);
  t.regex(down.stdout, /^shop is down: 2 services stopped; data stays/);
  // At once, not after a moment: a script may go on with this.
  t.deepEqual([booty.processes(), booty.leftFiles()], [[], []]);
  await assertNothingLeft(t, booty);
  t.is((await booty.run(['down'])).stdout, 'shop is down already\n');
  // What it wrote is there still, and nobody is started to read it.
  const after = await booty.run(['logs', 'db']);
  t.is(after.stdout, 'db speaks\n');
  t.regex(after.stderr, /shop is down; this is what its services wrote/);
  t.is(after.code, 0);
  t.is((await booty.run(['logs', 'nobody'])).code, 2);
  t.is((await booty.run(['logs', '-f'])).code, 3);
  await assertNothingLeft(t, booty);
});

test.serial('ps --json is one document with the keys of the contract and nothing else', async (t) => {
  const booty = makeBooty(t, shop);
  await booty.run(['up', '-d', '--wait']);
  const { stdout, stderr } = await booty.run(['ps', '--json']);
  t.is(stderr, '');
  t.is(stdout.trimEnd().split('\n').length, 1);
  const row = JSON.parse(stdout);
  t.deepEqual(Object.keys(row), ['stack', 'state', 'daemon', 'services']);
  t.deepEqual(Object.keys(row.daemon), ['pid', 'tied', 'onHangup']);
  const web = row.services[2];
  t.deepEqual(Object.keys(web), [
    'name',
    'component',
    'version',
    'state',
    'reason',
    'pid',
    'startedAtMs',
    'restarts',
    'exitCode',
    'signal',
    'lastExit',
    'nextRetryAtMs',
    'lastChange',
    'ports',
    'cpuPercent',
    'rssBytes',
    'upgrade',
  ]);
  t.deepEqual(Object.keys(web.lastChange), ['atMs', 'from']);
  t.false(row.daemon.tied);
  t.true(isAlive(row.daemon.pid));
  t.true(isAlive(web.pid));
  t.is(typeof web.ports.http, 'number');
});

test.serial('stop, start and restart say what they did once it is done', async (t) => {
  const booty = makeBooty(t, shop);
  await booty.run(['up', '-d', '--wait']);
  const before = serviceOf(await booty.ps(), 'web');

  const stop = await booty.run(['stop', 'web']);
  t.is(stop.code, 0, stop.stderr);
  t.regex(stop.stdout, /^web stopped after \d/);
  t.false(isAlive(before.pid ?? 0));

  const start = await booty.run(['start', 'web']);
  t.is(start.code, 0, start.stderr);
  const started = serviceOf(await booty.ps(), 'web');
  t.is(start.stdout.replace(/ after .*\n/, ''), `web ready (pid ${started.pid})`);
  t.deepEqual(started.ports, before.ports);

  const restart = await booty.run(['restart', 'web', 'db']);
  t.is(restart.code, 0, restart.stderr);
  const restarted = serviceOf(await booty.ps(), 'web');
  t.not(restarted.pid, started.pid);
  t.deepEqual(restarted.ports, before.ports);

  const unknown = await booty.run(['restart', 'nothing']);
  t.is(unknown.code, 2);
  t.regex(unknown.stderr, /has no service nothing \(it has: db, migrate, web\)/);
  t.is((await booty.run(['stop'])).code, 2);
});

test.serial('a second up -d changes nothing that runs, and starts again what failed', async (t) => {
  const booty = makeBooty(t, shop);
  await booty.run(['up', '-d', '--wait']);
  const before = await booty.ps();
  const again = await booty.run(['up', '-d', '--wait']);
  t.is(again.code, 0, again.stderr);
  const after = await booty.ps();
  t.is(after.daemon?.pid, before.daemon?.pid);
  t.is(serviceOf(after, 'web').pid, serviceOf(before, 'web').pid);

  booty.write(`
name: shop
services:
  late: {command: [sh, -c, 'test -e ${booty.folder}/there || exit 3; exec sleep 1000']}
`);
  const failed = await booty.run(['up', '-d', '--wait']);
  t.is(failed.code, 4);
  t.regex(failed.stderr, /late failed: exited 3/);
  await booty.run(['up', '-d', '--wait'], { shell: `touch ${booty.folder}/there; exec "$@"` }).then((third) => {
    t.is(third.code, 0, third.stderr);
  });
  t.is(serviceOf(await booty.ps(), 'late').state, 'ready');
});

test.serial('up --plan prints what would be done, and does nothing', async (t) => {
  const booty = makeBooty(t, shop);
  const plan = await booty.run(['up', '--plan', '--json']);
  t.is(plan.code, 0, plan.stderr);
  t.deepEqual(
    JSON.parse(plan.stdout).plan.map((step: { action: string; service: string }) => `${step.action} ${step.service}`),
    ['start db', 'start migrate', 'start web'],
  );
  await assertNothingLeft(t, booty);
});

test.serial('logs -n, --json and -f', async (t) => {
  const booty = makeBooty(
    t,
    `
name: shop
services:
  talk: {command: [sh, -c, 'for n in 1 2 3 4 5; do echo line $$n; done; printf "ca\\\\303\\\\251"; sleep 1; echo " done"; exec sleep 1000']}
`,
  );
  await booty.run(['up', '-d']);
  const follow = booty.start(['logs', '-f']);
  await booty.untilRow('it runs', (row) => serviceOf(row, 'talk').state === 'ready');
  const whole = async (): Promise<string> => (await booty.run(['logs', 'talk', '-n', '2'])).stdout;
  t.is((await booty.run(['logs', 'talk', '-n', '0'])).stdout, '');
  let last = '';
  for (let tries = 0; !last.includes('done') && tries < 50; tries += 1) last = await whole();
  t.is(last, 'line 5\ncaé done\n');
  await until('the last line', () => follow.stdout().includes('done'));
  follow.signal('SIGINT');
  t.is((await follow.ended).code, 0);
  t.is(follow.stdout(), 'line 1\nline 2\nline 3\nline 4\nline 5\ncaé done\n');
  const documents = (await booty.run(['logs', '--json'])).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.is(documents[0].kind, 'mark');
  t.deepEqual(
    documents.slice(1).map((line) => [line.service, line.kind, line.text]),
    [1, 2, 3, 4, 5].map((n) => ['talk', 'line', `line ${n}`]).concat([['talk', 'line', 'caé done']]),
  );
  const raw = async (): Promise<string> => (await booty.run(['logs', 'talk', '--raw'])).stdout;
  const before = await raw();
  t.regex(before, /^line 1\nline 2\n[^]* done\n$/);
  await booty.run(['down']);
  t.is(await raw(), before);
  const found = await booty.run(['logs', '--grep', 'line [24]', '--json']);
  t.is(found.stdout.trim().split('\n').length, 2);
  t.is((await booty.run(['logs', '-n', 'x'])).code, 2);
});

test.serial('a reader that takes its time gets all of it: nothing is left in a pipe that is full', async (t) => {
  const booty = makeBooty(
    t,
    `
name: shop
services:
  web: {command: [sh, -c, 'i=0; while [ $$i -lt 2000 ]; do i=$$((i+1)); echo "line $$i ${'.'.repeat(50)}"; done']}
`,
  );
  const up = await booty.run(['up']);
  t.is(up.code, 0, up.stderr);
  const lines = Array.from({ length: 2_000 }, (_, index) => `line ${index + 1} ${'.'.repeat(50)}\n`).join('');
  for (const words of [['--raw'], ['-n', '2000']]) {
    const { stdout } = await booty.run(['logs', 'web', ...words], { shell: '"$@" 2>said | { sleep 0.5; cat; }' });
    t.is(stdout.length, lines.length, words.join(' '));
    t.true(stdout === lines);
  }
  await assertNothingLeft(t, booty);
});
