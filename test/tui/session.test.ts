import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import type { ClientWord } from '../../source/api/protocol.ts';
import { BootyError } from '../../source/core/error.ts';
import { openScreen, type Screen } from '../../source/tui/session.ts';
import {
  failing,
  makeClient,
  makeClock,
  makeFrame,
  makeStream,
  shop,
  type FakeClient,
  type FakeClock,
} from './fake-stack.ts';

type Bench = {
  readonly client: FakeClient;
  readonly clock: FakeClock;
  readonly screen: Screen;
  readonly draws: () => number;
};

const open = (changes: Partial<Parameters<typeof openScreen>[0]> = {}): Bench => {
  const client = makeClient();
  const clock = makeClock();
  let draws = 0;
  const screen = openScreen({
    client,
    session: client.stream,
    clock,
    size: { columns: 80, rows: 24 },
    reconnect: null,
    suspend: () => Promise.resolve(),
    redraw: () => {},
    copy: () => {},
    page: null,
    doctor: null,
    who: 'ana',
    choices: () => Promise.resolve([]),
    ...changes,
  });
  screen.subscribe(() => {
    draws += 1;
  });
  return { client, clock, screen, draws: () => draws };
};

/** Lets everything that waits on a resolved promise go on, until the condition holds. */
const until = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 1000; turn += 1) {
    if (condition()) return;
    await setImmediate();
  }
  throw new Error('the condition never held');
};

test('a key is drawn at once, frames wait for their turn', async (t) => {
  const { client, clock, screen, draws } = open();
  client.stream.push(makeFrame(shop));
  await until(() => screen.state().log.window !== null);
  clock.advance(1000);
  const before = draws();
  for (let index = 0; index < 50; index += 1) client.stream.push({ type: 'logs', ends: { nats: 5000 + index } });
  client.stream.push(makeFrame(shop, { notes: ['the last one'] }));
  await until(() => screen.state().seen?.notes.length === 1);
  clock.advance(79);
  t.true(draws() - before <= 2, String(draws() - before));
  screen.key('j');
  t.is(screen.state().selected, 'victoria-metrics');
  const after = draws();
  clock.advance(80);
  t.true(draws() >= after);
  screen.key('q');
  screen.key('l');
  t.is((await screen.done).exitCode, 0);
});

test('drawings that cost much come seldom: the line stays below its budget', async (t) => {
  const { client, clock, screen, draws } = open();
  screen.subscribe(() => screen.drew(6000));
  client.stream.push(makeFrame(shop));
  await until(() => screen.state().log.window !== null);
  const before = draws();
  for (let tenth = 0; tenth < 100; tenth += 1) {
    client.logLines += 1000;
    client.stream.push({ type: 'logs', ends: { nats: client.logLines * 10 } });
    await until(() => screen.state().log.window?.endByte === client.logLines * 10);
    clock.advance(100);
  }
  const bytesPerSecond = ((draws() - before) * 6000) / 10;
  t.true(bytesPerSecond > 20_000 && bytesPerSecond <= 40_000, String(bytesPerSecond));
  screen.end({ exitCode: 0, message: null });
});

test('an idle screen is not drawn at all', async (t) => {
  const { client, clock, screen, draws } = open();
  const old = shop.services.filter((row) => row.name !== 'vmagent');
  client.stream.push(makeFrame({ ...shop, services: old }));
  await until(() => screen.state().log.window !== null);
  clock.advance(1000);
  const before = draws();
  // The next frame comes within a second.
  clock.advance(3_900);
  t.true(draws() - before <= 1);
  screen.end({ exitCode: 0, message: null });
});

test('requests reach the client and a refusal reaches the screen', async (t) => {
  const { client, screen } = open();
  client.stream.push(makeFrame(failing));
  await until(() => screen.state().selected === 'vmagent');
  screen.key('r');
  t.deepEqual(client.actions, ['restart vmagent']);
  client.fail = new Error('port 8429 held by 812 nginx');
  screen.key('r');
  await until(() => screen.state().toast !== null);
  t.is(screen.state().toast?.text, 'port 8429 held by 812 nginx');
  screen.key('ctrl+c');
  t.deepEqual(client.downs, [{ force: 0, graceMsMax: null }]);
  client.stream.push({ type: 'ended', exitCode: 4, message: 'web failed' });
  t.deepEqual(await screen.done, { exitCode: 4, message: 'shop: web failed' });
  t.true(client.stream.isClosed());
});

test('the last word is said before the screen goes', async (t) => {
  const { client, screen } = open();
  client.stream.push(makeFrame(shop));
  await until(() => screen.state().seen !== null);
  screen.signal('SIGHUP');
  t.is((await screen.done).exitCode, 129);
  t.deepEqual(client.words, [{ type: 'hangup' }]);
});

test('a daemon that does not take the last word does not hold the screen', async (t) => {
  const silent = { ...makeStream([]), say: () => new Promise<void>(() => {}) };
  const { clock, screen } = open({ session: silent });
  silent.push(makeFrame(shop));
  await until(() => screen.state().seen !== null);
  screen.signal('SIGHUP');
  t.is(screen.state().exit?.exitCode, 129);
  clock.advance(1000);
  t.is((await screen.done).exitCode, 129);
});

test('without a way back a lost daemon ends the screen with 3', async (t) => {
  const { client, screen } = open();
  client.stream.push(makeFrame(shop));
  await until(() => screen.state().seen !== null);
  client.stream.break(new Error('socket hang up'));
  const exit = await screen.done;
  t.is(exit.exitCode, 3);
  t.regex(exit.message ?? '', /does not answer \(socket hang up\)/);
});

test('with a way back the screen tries until a successor answers', async (t) => {
  const second = makeStream([]);
  let tries = 0;
  const told: (boolean | null)[] = [];
  const { client, clock, screen } = open({
    reconnect: (owned) => {
      tries += 1;
      told.push(owned);
      return tries < 3 ? Promise.reject(new Error('no socket')) : Promise.resolve(second);
    },
  });
  client.stream.push(makeFrame(shop));
  await until(() => screen.state().seen !== null);
  client.stream.break(null);
  await until(() => screen.state().connection.kind === 'lost');
  for (const wanted of [1, 2, 3]) {
    clock.advance(500);
    await until(() => tries === wanted);
    await setImmediate();
  }
  t.deepEqual(told, [true, true, true], 'what it owned, by inheritance too, it asks for again');
  second.push(makeFrame(shop));
  await until(() => screen.state().connection.kind === 'live');
  screen.key('q');
  screen.key('escape');
  t.is(screen.state().exit, null);
  screen.end({ exitCode: 0, message: null });
  t.true(second.isClosed());
});

test('a screen goes on drawing when the clock is set back', async (t) => {
  const clock = makeClock();
  let setMs = 0;
  const { client, draws } = open({ clock: { ...clock, nowMs: () => clock.nowMs() + setMs } });
  client.stream.push(makeFrame(shop));
  await until(() => draws() > 0);
  clock.advance(1000);
  setMs = -3_600_000;
  const before = draws();
  client.stream.push(makeFrame({ ...shop, state: 'degraded' }));
  await setImmediate();
  clock.advance(100);
  t.true(draws() > before);
});

test('a hangup that its daemon did not live to hear is said to the next one, over the only connection there is', async (t) => {
  const words: ClientWord[] = [];
  const [deaf, second] = [makeStream([]), makeStream(words)];
  let opened = 0;
  const { clock, screen } = open({
    session: { ...deaf, say: async () => {} },
    reconnect: async () => {
      opened += 1;
      return second;
    },
  });
  deaf.push(makeFrame(shop));
  await until(() => screen.state().seen !== null);
  screen.signal('SIGHUP');
  deaf.break(null);
  await setImmediate();
  screen.signal('SIGHUP');
  clock.advance(500);
  t.is((await screen.done).exitCode, 129);
  t.deepEqual([opened, words.map(({ type }) => type)], [1, ['hangup']]);
});

test('a hangup while no daemon is there waits for the next one', async (t) => {
  const words: ClientWord[] = [];
  const second = makeStream(words);
  let tries = 0;
  const { client, clock, screen } = open({
    reconnect: () => ((tries += 1) < 3 ? Promise.reject(new Error('no socket')) : Promise.resolve(second)),
  });
  client.stream.push(makeFrame(shop));
  await until(() => screen.state().seen !== null);
  client.stream.break(null);
  await until(() => screen.state().connection.kind === 'lost');
  screen.signal('SIGHUP');
  for (const wanted of [1, 2, 3]) {
    clock.advance(500);
    await until(() => tries === wanted);
    await setImmediate();
  }
  t.is((await screen.done).exitCode, 129);
  t.deepEqual([tries, words.map(({ type }) => type)], [3, ['hangup']]);
});

test('a stack that went down while no daemon was there ends the screen, and says so', async (t) => {
  const { client, clock, screen } = open({
    reconnect: () => Promise.reject(new BootyError('STACK_DOWN', { stack: 'shop' })),
  });
  client.stream.push(makeFrame(shop));
  await until(() => screen.state().seen !== null);
  client.stream.break(null);
  await until(() => screen.state().connection.kind === 'lost');
  clock.advance(500);
  t.deepEqual(await screen.done, { exitCode: 0, message: 'shop is down' });
});
