import test from 'ava';
import { drive } from './drive.ts';
import { failing, makeFrame, makeRow, makeStack, makeWindow, shop, startMs, stopping } from './fake-stack.ts';

const detached = { ...shop, daemon: { pid: 1, tied: false, onHangup: 'keep' } } as const;
const stopFrame = (force: 0 | 1 | 2, owner = true) => makeFrame(shop, { stop: { ...stopping, force }, owner });

test('the selection moves, stays on its service when rows change, and goes to a failure until it was moved', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  t.is(one.state().selected, 'nats');
  one.frame(makeFrame(failing));
  t.is(one.state().selected, 'vmagent');

  const two = drive();
  two.frame(makeFrame(shop));
  two.keys('j', 'down', 'k');
  t.is(two.state().selected, 'victoria-metrics');
  two.frame(makeFrame(failing));
  t.is(two.state().selected, 'victoria-metrics');
  two.frame(makeFrame(makeStack([makeRow('new'), ...failing.services])));
  t.is(two.state().selected, 'victoria-metrics');
  two.frame(makeFrame(makeStack([makeRow('new')])));
  t.is(two.state().selected, 'new');
  two.keys('G', 'g', 'k', 'k');
  t.is(two.state().selected, 'new');
});

test('an action marks its row until a frame shows a change, a refusal or too long a time', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('r');
  t.deepEqual(one.intents, [{ type: 'service', service: 'nats', action: 'restart' }]);
  t.true(one.lines().some((line) => line.includes('nats') && line.includes('restart')));
  one.frame(makeFrame(shop), startMs + 100);
  t.truthy(one.state().pending['nats']);
  const changed = shop.services.map((row) =>
    row.name === 'nats' ? { ...row, lastChange: { atMs: startMs + 200, from: 'ready' as const } } : row,
  );
  one.frame(makeFrame(makeStack(changed)), startMs + 300);
  t.deepEqual(one.state().pending, {});

  one.keys('s');
  one.send({ type: 'service.failed', service: 'nats', reason: 'no such service', atMs: startMs + 400 });
  t.deepEqual(one.state().pending, {});
  t.true(one.lines().at(-1)?.includes('no such service'));
  one.send({ type: 'ticked', atMs: startMs + 10_000 });
  t.is(one.state().toast, null);

  one.keys('s');
  one.frame(makeFrame(makeStack(changed)), startMs + 20_000);
  t.deepEqual(one.state().pending, {});
});

test('s stops what runs and starts what does not', (t) => {
  const one = drive();
  one.frame(makeFrame(failing));
  one.keys('s', 'k', 's');
  t.deepEqual(one.intents, [
    { type: 'service', service: 'vmagent', action: 'start' },
    { type: 'service', service: 'victoria-metrics', action: 'stop' },
  ]);
});

test('q asks only the owner of a tied stack; its letters answer, Enter does not', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('q', 'enter', 'y');
  t.deepEqual(one.state().question, { kind: 'leave', next: null });
  one.keys('escape');
  t.is(one.state().question, null);
  one.keys('q', 'l');
  const [leave] = one.intents;
  t.like(leave, { type: 'leave', word: { type: 'leave' }, force: null });
  t.is(one.state().exit?.exitCode, 0);
  t.regex(one.state().exit?.message ?? '', /left running/);

  const two = drive();
  two.frame(makeFrame(shop));
  two.keys('q', 's');
  t.deepEqual(two.intents, [{ type: 'down', force: 0 }]);

  for (const frame of [makeFrame(detached, { owner: false }), makeFrame(shop, { owner: false })]) {
    const three = drive();
    three.frame(frame);
    three.keys('q');
    t.like(three.intents[0], { type: 'leave', word: null });
  }
});

test('ctrl-c of the owner stops, then shortens, then kills and leaves; of anyone else it only leaves', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('ctrl+c', 'ctrl+c');
  t.deepEqual(one.intents, [
    { type: 'down', force: 0 },
    { type: 'down', force: 1 },
  ]);
  one.frame(stopFrame(1));
  one.keys('ctrl+c');
  t.like(one.intents[2], { type: 'leave', force: 2, exit: { exitCode: 130 } });

  // A stop that somebody else began is shortened by the first press.
  const two = drive();
  two.frame(stopFrame(0));
  two.keys('ctrl+c');
  t.deepEqual(two.intents, [{ type: 'down', force: 1 }]);

  const three = drive();
  three.frame(makeFrame(shop, { owner: false }));
  three.keys('ctrl+c');
  t.like(three.intents[0], { type: 'leave', word: null, force: null, exit: { exitCode: 0 } });
});

test('ctrl-c works from the help and from a question', (t) => {
  for (const keys of [['?'], ['q'], ['X'], ['l']]) {
    const one = drive();
    one.frame(makeFrame(shop));
    one.keys(...keys, 'ctrl+c');
    t.deepEqual(one.intents, [{ type: 'down', force: 0 }], keys.join());
    t.is(one.state().question, null);
    t.is(one.state().helpTop, null);
  }
});

test('X asks for y; a detached stack wants its name first', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('X', 'enter', 'n', 'X', 'y');
  t.deepEqual(one.intents, [{ type: 'down', force: 0 }]);

  const two = drive();
  two.frame(makeFrame(detached, { owner: false }));
  two.keys('X', 'y', 'enter');
  t.deepEqual(two.state().question, { kind: 'name', typed: 'y' });
  two.keys('backspace', 's', 'h', 'o', 'p');
  t.deepEqual(two.state().question, { kind: 'stop' });
  t.deepEqual(two.intents, []);
  two.keys('y');
  t.deepEqual(two.intents, [{ type: 'down', force: 0 }]);
  two.frame(stopFrame(0, false));
  two.keys('X', 'y');
  t.deepEqual(two.intents[1], { type: 'down', force: 1 });
});

test('a stop that was refused can be asked for again', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('ctrl+c');
  one.send({ type: 'down.failed', reason: 'it does not listen', atMs: startMs });
  t.true(one.lines().at(-1)?.includes('it does not listen'));
  one.keys('ctrl+c');
  t.deepEqual(one.intents[1], { type: 'down', force: 0 });
});

test('a stop closes the question about leaving and the end names what had to be killed', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.keys('q');
  one.frame(stopFrame(0), startMs + 1000);
  t.is(one.state().question, null);
  const rows = stopping.rows.map((row, index) => ({ ...row, state: index === 1 ? 'killed' : 'stopped' }) as const);
  one.frame(makeFrame(shop, { stop: { ...stopping, rows } }), startMs + 1200);
  one.frame({ type: 'ended', exitCode: 0, message: 'down' }, startMs + 1300);
  t.deepEqual(one.state().exit, {
    exitCode: 0,
    message: 'shop: stopped 4 services in 0.3 s; 1 had to be killed: vmagent',
  });
});

test('a daemon that is there and says nothing is told, until it speaks again', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.send({ type: 'ticked', atMs: startMs + 4_999 });
  t.true(one.lines()[0]?.includes('ready'));
  one.send({ type: 'ticked', atMs: startMs + 12_000 });
  t.regex(one.lines()[0] ?? '', /NO ANSWER from daemon \d+ for 12 s/);
  one.frame(makeFrame(shop), startMs + 13_000);
  t.true(one.lines()[0]?.includes('ready'));
});

test('a daemon that goes away is said; without a way back the screen leaves with 3', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.send({ type: 'connection.lost', reason: 'it closed the connection', atMs: startMs, retrying: true });
  t.true(one.lines()[0]?.includes('NO ANSWER'));
  one.keys('r', 'X');
  t.deepEqual(one.intents, []);
  one.frame(makeFrame(shop));
  t.true(one.lines()[0]?.includes('ready'));
  one.send({ type: 'connection.lost', reason: 'gone', atMs: startMs, retrying: true });
  one.keys('q');
  t.is(one.state().exit?.exitCode, 3);

  const two = drive();
  two.send({ type: 'connection.lost', reason: 'gone', atMs: startMs, retrying: false });
  t.is(two.state().exit?.exitCode, 3);
});

test('ctrl-c while no daemon is there stops the stack by the next one; a second one leaves, and so does the first of a guest', (t) => {
  const lost = { type: 'connection.lost', reason: 'gone', atMs: startMs, retrying: true } as const;
  const one = drive();
  one.frame(makeFrame(shop, { owner: true }));
  one.send(lost);
  one.keys('ctrl+c');
  t.true(one.lines().some((line) => line.includes('ctrl-c again leaves')));
  t.deepEqual([one.intents, one.state().exit], [[], null]);
  one.frame(makeFrame(shop, { owner: true }));
  t.deepEqual(one.intents, [{ type: 'down', force: 0 }]);

  const two = drive();
  two.frame(makeFrame(shop, { owner: true }));
  two.send(lost);
  two.keys('ctrl+c', 'ctrl+c');
  t.is(two.state().exit?.exitCode, 3);

  const guest = drive();
  guest.frame(makeFrame(shop, { owner: false }));
  guest.send(lost);
  guest.keys('ctrl+c');
  t.is(guest.state().exit?.exitCode, 3);
});

test('the successor of a daemon that was killed right after ctrl-c is asked to stop the stack, too, unless it knows', (t) => {
  const lost = { type: 'connection.lost', reason: 'gone', atMs: startMs, retrying: true } as const;
  const one = drive();
  one.frame(makeFrame(shop, { owner: true }));
  one.keys('ctrl+c');
  one.send(lost);
  one.frame(makeFrame(shop, { owner: true }));
  one.frame(makeFrame(shop, { owner: true }));
  t.deepEqual(one.intents, [
    { type: 'down', force: 0 },
    { type: 'down', force: 0 },
  ]);
  one.frame(stopFrame(0));
  one.send(lost);
  one.frame(stopFrame(0));
  t.is(one.intents.length, 2);
});

test('SIGHUP says so and leaves; SIGTERM stops what the screen owns and leaves at the second', (t) => {
  const one = drive();
  one.frame(makeFrame(shop));
  one.send({ type: 'signal', signal: 'SIGHUP', atMs: startMs });
  t.like(one.intents[0], { type: 'leave', word: { type: 'hangup' }, exit: { exitCode: 129 } });

  const two = drive();
  two.frame(makeFrame(shop));
  two.send({ type: 'signal', signal: 'SIGTERM', atMs: startMs });
  t.deepEqual(two.intents, [{ type: 'down', force: 0 }]);
  two.send({ type: 'signal', signal: 'SIGTERM', atMs: startMs });
  t.is(two.state().exit?.exitCode, 143);

  const three = drive();
  three.frame(makeFrame(shop, { owner: false }));
  three.send({ type: 'signal', signal: 'SIGTERM', atMs: startMs });
  t.is(three.state().exit?.exitCode, 143);
});

test('small moves of CPU and memory are not shown', (t) => {
  const one = drive();
  one.frame(makeFrame(makeStack([makeRow('nats', { cpuPercent: 1, rssBytes: 100e6 })])));
  const before = one.lines();
  one.frame(makeFrame(makeStack([makeRow('nats', { cpuPercent: 1.2, rssBytes: 101e6 })])));
  t.deepEqual(one.lines(), before);
  one.frame(makeFrame(makeStack([makeRow('nats', { cpuPercent: 9, rssBytes: 200e6 })])));
  t.notDeepEqual(one.lines(), before);
});

test('the log of the selected service is asked for in the size of its pane, never twice at a time', (t) => {
  const one = drive({ columns: 80, rows: 24 }, null);
  one.frame(makeFrame(shop));
  t.is(one.logs.length, 1);
  const request = one.logs[0];
  t.is(request?.service, 'nats');
  const lines = request?.request.lines ?? 0;
  t.true(lines > 5);
  one.frame({ type: 'logs', ends: { nats: 5010 } });
  one.frame({ type: 'logs', ends: { nats: 5020, caddy: 9 } });
  t.is(one.logs.length, 1);
  one.send({ type: 'log.answered', ticket: request?.ticket ?? 0, window: makeWindow(480, 500, 500) });
  // It grew meanwhile, so the end is asked for again.
  t.is(one.logs.length, 2);
  one.keys('j');
  t.is(one.logs[2]?.service, 'victoria-metrics');
  one.send({ type: 'log.answered', ticket: one.logs[1]?.ticket ?? 0, window: makeWindow(480, 500, 500) });
  t.is(one.state().log.window, null);
});
