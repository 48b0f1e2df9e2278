/** What goes wrong around booty: dead daemons, stale sockets, folders, terminals that go away, races, taken ports. */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import test from 'ava';
import { until } from '../until.ts';
import { assertNothingLeft, isAlive, makeBooty, serviceOf } from './booty.ts';

const two = `
name: shop
services:
  a: {command: [sh, -c, 'echo a speaks; exec sleep 1000']}
  b: {command: [sh, -c, 'echo b speaks; exec sleep 1000'], depends_on: [a]}
`;

test.serial('a daemon killed with -9 costs no service: the next command brings a successor', async (t) => {
  const booty = makeBooty(t, two);
  await booty.run(['up', '-d', '--wait']);
  const before = await booty.ps();
  process.kill(before.daemon?.pid ?? 0, 'SIGKILL');
  await until('it is dead', () => !isAlive(before.daemon?.pid ?? 0));
  const after = await booty.ps();
  t.not(after.daemon?.pid, before.daemon?.pid);
  t.deepEqual(
    after.services.map(({ name, pid, state }) => [name, pid, state]),
    before.services.map(({ name, pid, state }) => [name, pid, state]),
  );
  t.is((await booty.run(['logs', 'b'])).stdout, 'b speaks\n');
  t.is((await booty.run(['restart', 'b'])).code, 0);
  t.is((await booty.run(['down'])).code, 0);
  t.false(isAlive(serviceOf(before, 'a').pid ?? 0));
  await assertNothingLeft(t, booty);
});

test.serial('down after the daemon and a service were killed still leaves nothing', async (t) => {
  const booty = makeBooty(t, two);
  await booty.run(['up', '-d', '--wait']);
  const before = await booty.ps();
  for (const pid of [before.daemon?.pid ?? 0, serviceOf(before, 'b').pid ?? 0]) process.kill(pid, 'SIGKILL');
  await until('both are dead', () => !isAlive(before.daemon?.pid ?? 0) && !isAlive(serviceOf(before, 'b').pid ?? 0));
  const down = await booty.run(['down']);
  t.is(down.code, 0, down.stderr);
  await assertNothingLeft(t, booty);
});

test.serial('a socket nobody listens at is no obstacle', async (t) => {
  const booty = makeBooty(t, two);
  await booty.run(['up', '-d']);
  const [socket = ''] = readdirSync(path.join(booty.runtime, 'booty'));
  await booty.run(['down']);
  const server = createServer().listen(path.join(booty.runtime, 'booty', socket));
  await once(server, 'listening');
  // What a killed process leaves: the file without anybody behind it.
  writeFileSync(path.join(booty.runtime, 'booty', `${socket}.new`), '');
  server.close();
  await once(server, 'close');
  writeFileSync(path.join(booty.runtime, 'booty', socket), '');
  t.is((await booty.ps()).state, 'down');
  const up = await booty.run(['up', '-d', '--wait']);
  t.is(up.code, 0, up.stderr);
  t.is((await booty.ps()).state, 'ready');
});

const isRoot = process.getuid?.() === 0;

(isRoot ? test.serial : test.serial.skip)(
  'a BOOTY_HOME this user may not write is named, with its way out (needs root, to become another user)',
  async (t) => {
    const booty = makeBooty(t, two);
    chmodSync(path.dirname(booty.home), 0o755);
    for (const folder of [booty.folder, booty.runtime]) chownSync(folder, 12_345, 12_345);
    const up = await booty.run(['up', '-d'], { userId: 12_345 });
    t.is(up.code, 1, up.stderr);
    t.regex(up.stderr, new RegExp(`the system does not let booty use ${booty.home}/`));
    t.regex(up.stderr, /hint: see whose it is: .*; or set BOOTY_HOME to a folder of your own/);
    t.deepEqual(readdirSync(booty.home), []);
    await assertNothingLeft(t, booty);
  },
);

test.serial('a BOOTY_HOME that is a file is named', async (t) => {
  const booty = makeBooty(t, two);
  writeFileSync(path.join(booty.folder, 'file'), '');
  const up = await booty.run(['up', '-d'], { environment: { BOOTY_HOME: path.join(booty.folder, 'file') } });
  t.is(up.code, 1, up.stderr);
  t.regex(up.stderr, /booty cannot use its folder .*\/file/);
  await assertNothingLeft(t, booty);
});

test.serial('a socket path that no system takes is refused; a long XDG_RUNTIME_DIR alone is not', async (t) => {
  const booty = makeBooty(t, two);
  const long = path.join(booty.folder, 'x'.repeat(100));
  mkdirSync(long);
  const environment = { XDG_RUNTIME_DIR: long, TMPDIR: long };
  const up = await booty.run(['up', '-d'], { environment });
  t.is(up.code, 1, up.stderr);
  t.regex(up.stderr, /the socket's path would be \d+ bytes, the system allows 103/);
  t.regex(up.stderr, /hint: set XDG_RUNTIME_DIR \(or TMPDIR\)/);
  const elsewhere = { XDG_RUNTIME_DIR: long, TMPDIR: booty.runtime };
  const moved = await booty.run(['up', '-d', '--wait'], { environment: elsewhere });
  t.is(moved.code, 0, moved.stderr);
  t.is((await booty.run(['down'], { environment: elsewhere })).code, 0);
  await assertNothingLeft(t, booty);
});

test.serial('without a terminal: closed input, output into a file, a reader that goes', async (t) => {
  const booty = makeBooty(
    t,
    "name: shop\nservices:\n  talk: {command: [sh, -c, 'while echo tick; do sleep 0.02; done']}\n",
  );
  const file = path.join(booty.folder, 'out');
  const toFile = booty.start(['up'], { shell: `exec "$@" <&- >${file}` });
  await until('it writes', () => existsSync(file));
  await booty.untilRow('it runs', (row) => row.state === 'ready');
  t.true((await booty.ps()).daemon?.tied);
  toFile.signal('SIGTERM');
  t.is((await toFile.ended).code, 0, toFile.stderr());
  await assertNothingLeft(t, booty);

  const head = await booty.run(['up'], { shell: '"$@" | head -2' });
  t.is(head.stdout, 'talk | tick\ntalk | tick\n', head.stderr);
  t.notRegex(head.stderr, /EPIPE|a bug/);
  await assertNothingLeft(t, booty);

  await booty.run(['up', '-d', '--wait']);
  const follow = await booty.run(['logs', '-f'], { shell: '"$@" | head -1' });
  t.is(follow.stdout, 'tick\n');
  t.notRegex(follow.stderr, /EPIPE|a bug/);
  const tui = booty.start(['tui']);
  await until('it says why', () => /no full screen \(.*\); going on as booty up/.test(tui.stderr()));
  tui.signal('SIGINT');
  await tui.ended;
  t.is((await booty.ps()).state, 'ready');
});

test.serial('SIGHUP: a tied stack goes down in order, over ssh it stays', async (t) => {
  const booty = makeBooty(t, two);
  const up = booty.start(['up']);
  await until('it speaks', () => up.stdout().includes('b speaks'));
  up.signal('SIGHUP');
  await up.ended;
  await assertNothingLeft(t, booty);

  const remote = booty.start(['up'], { environment: { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' } });
  await until('it speaks', () => remote.stdout().includes('b speaks'));
  t.is((await booty.ps()).daemon?.onHangup, 'keep');
  remote.signal('SIGHUP');
  await remote.ended;
  const row = await booty.ps();
  t.is(row.state, 'ready');
  t.false(row.daemon?.tied);
});

test.serial('a client killed without a word leaves the stack running', async (t) => {
  const booty = makeBooty(t, two);
  const up = booty.start(['up']);
  await until('it speaks', () => up.stdout().includes('b speaks'));
  up.signal('SIGKILL');
  await up.ended;
  const row = await booty.untilRow('nobody owns it', (now) => now.daemon?.tied === false);
  t.is(row.state, 'ready');
});

test.serial('a second up joins the stack of the first; its ctrl-c only leaves', async (t) => {
  const booty = makeBooty(t, two);
  const first = booty.start(['up']);
  await until('it speaks', () => first.stdout().includes('b speaks'));
  const before = await booty.ps();
  const second = booty.start(['up']);
  await until('it joined', () => second.stderr().includes('shop is ready'));
  second.signal('SIGINT');
  t.is((await second.ended).code, 0, second.stderr());
  t.regex(second.stderr(), /left; the stack runs on/);
  const after = await booty.ps();
  t.deepEqual(
    after.services.map((service) => service.pid),
    before.services.map((service) => service.pid),
  );
  first.signal('SIGINT');
  t.is((await first.ended).code, 0, first.stderr());
  await assertNothingLeft(t, booty);
});

test.serial('twelve up -d at once make one stack', async (t) => {
  const booty = makeBooty(t, two);
  const ups = await Promise.all(Array.from({ length: 12 }, () => booty.run(['up', '-d', '--wait'])));
  for (const up of ups) t.is(up.code, 0, up.stderr);
  const row = await booty.ps();
  t.is(row.state, 'ready');
  t.deepEqual(
    row.services.map((service) => service.restarts),
    [0, 0],
  );
  // The warden's command line holds that of the daemon it would start.
  const daemons = booty.processes().filter(({ command }) => /^\S*node .* daemon run --stack shop$/.test(command));
  t.is(daemons.length, 1);
  t.is(booty.processes().filter(({ command }) => command === 'sleep 1000').length, 2);
  t.is((await booty.run(['down'])).code, 0);
  await assertNothingLeft(t, booty);
});

test.serial('a port written down is strict: the error names who has it, and nothing is left', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  t.teardown(() => holder.close());
  const { port } = holder.address() as { port: number };
  const yaml = `name: shop\nservices:\n  a: {command: [sleep, '1000'], ports: {http: ${port}}}\n`;
  const booty = makeBooty(t, yaml);
  for (const words of [['up'], ['up', '-d'], ['up', '--plan']]) {
    const up = await booty.run(words);
    t.is(up.code, 4, `${words}: ${up.stderr}`);
    t.regex(up.stderr, new RegExp(`port ${port} of a \\(.*booty\\.yaml:3:\\d+\\) is held by ${process.pid} `));
    await assertNothingLeft(t, booty);
  }
});

test.serial('two folders run the same booty.yaml side by side', async (t) => {
  const yaml = "services:\n  a: {command: [sleep, '1000'], ports: {http: auto}}\n";
  const booty = makeBooty(t, yaml);
  const other = booty.makeFolder('elsewhere/shop');
  booty.write(yaml, other);
  t.is((await booty.run(['up', '-d', '--wait'])).code, 0);
  t.is((await booty.run(['up', '-d', '--wait'], { folder: other })).code, 0);
  const here = await booty.ps();
  const there = JSON.parse((await booty.run(['ps', '--json'], { folder: other })).stdout);
  t.not(here.stack, there.stack);
  t.regex(there.stack, /^shop-[0-9a-f]{6}$/);
  t.not(here.services[0]?.ports['http'], there.services[0].ports.http);
  t.is((await booty.run(['down'])).code, 0);
  t.true(isAlive(there.services[0].pid));
});

test.serial('a booty.yaml that is broken by now is no reason not to look and stop', async (t) => {
  const booty = makeBooty(t, two);
  await booty.run(['up', '-d', '--wait']);
  booty.write('services: [');
  t.is((await booty.ps()).state, 'ready');
  const up = await booty.run(['up', '-d']);
  t.is(up.code, 2, up.stderr);
  t.is((await booty.ps()).state, 'ready');
  t.is((await booty.run(['down'])).code, 0);
  await assertNothingLeft(t, booty);
});

test.serial('a successor takes over although the port of a failed service was taken meanwhile', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as { port: number };
  holder.close();
  await once(holder, 'close');
  const booty = makeBooty(
    t,
    `name: shop\nservices:\n  a: {command: [sleep, '1000']}\n  b: {command: ['false'], ports: {http: ${port}}}\n`,
  );
  t.is((await booty.run(['up', '-d', '--wait'])).code, 4);
  const before = await booty.ps();
  process.kill(before.daemon?.pid ?? 0, 'SIGKILL');
  await until('it is dead', () => !isAlive(before.daemon?.pid ?? 0));
  holder.listen(port, '127.0.0.1');
  await once(holder, 'listening');
  t.teardown(() => holder.close());
  const after = await booty.ps();
  t.is(serviceOf(after, 'a').pid, serviceOf(before, 'a').pid);
  t.is(serviceOf(after, 'b').state, 'failed');
  const start = await booty.run(['start', 'b']);
  t.is(start.code, 4);
  t.regex(start.stderr, new RegExp(`port ${port} of b is held by ${process.pid} `));
  t.is((await booty.run(['down'])).code, 0);
  await assertNothingLeft(t, booty);
});
