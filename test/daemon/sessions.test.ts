/** Whose stack it is: who owns it, what a hangup, a leave and a lost connection do, who inherits. */
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import type { ClientWord, Frame, OnHangup } from '../../source/api/protocol.ts';
import { createSessions } from '../../source/daemon/sessions.ts';
import { until } from '../until.ts';
import { createHandClock } from './hand-clock.ts';

const frame = (owner: boolean): Frame => ({
  type: 'state',
  atMs: 0,
  row: { stack: 'shop', state: 'ready', daemon: null, services: [] },
  fetches: [],
  stop: null,
  links: [],
  notes: [],
  owner,
  orphanedAtMs: null,
});

const setUp = (remembered = async (): Promise<void> => {}) => {
  const clock = createHandClock();
  let stops = 0;
  const sessions = createSessions(clock, {
    stateFrame: frame,
    stop: () => {
      stops += 1;
      return remembered();
    },
    onChange: () => {},
  });
  const join = (own: boolean, who: { onHangup?: OnHangup; client?: string; keepsUp?: () => boolean } = {}) => {
    const { onHangup = 'stop', client = 'tui', keepsUp = () => true } = who;
    const heard: Frame[] = [];
    const words: ClientWord[] = [];
    const gone = Promise.withResolvers<void>();
    let wake: () => void = () => {};
    async function* said(): AsyncGenerator<ClientWord> {
      for (;;) {
        const word = words.shift();
        if (word) yield word;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    }
    let isOver = false;
    const tell = (each: Frame): boolean => {
      heard.push(each);
      return keepsUp();
    };
    void sessions
      .join({ type: 'hello', client, own, onHangup }, said(), tell, gone.promise)
      .then(() => (isOver = true));
    return {
      heard,
      isOwner: () => heard.findLast((each) => each.type === 'state')?.owner ?? false,
      isOver: () => isOver,
      say: async (word: ClientWord) => {
        words.push(word);
        wake();
        await turn();
        clock.pass(1_000);
      },
      vanish: async () => {
        gone.resolve();
        await turn();
        clock.pass(1_000);
      },
    };
  };
  return { clock, sessions, join, stops: () => stops };
};

test('the first who wants the stack owns it, a second does not', (t) => {
  const { sessions, join } = setUp();
  t.false(sessions.ownership().tied);
  const [first, second] = [join(true), join(true)];
  t.true(sessions.ownership().tied);
  t.true(first.isOwner());
  t.false(second.isOwner());
});

test('hangup stops a stack whose owner wanted that, and lets the other go on detached', async (t) => {
  const stopping = setUp();
  await stopping.join(true, { onHangup: 'stop' }).say({ type: 'hangup' });
  t.is(stopping.stops(), 1);
  const keeping = setUp();
  await keeping.join(true, { onHangup: 'keep' }).say({ type: 'hangup' });
  t.is(keeping.stops(), 0);
  t.deepEqual(keeping.sessions.ownership(), { tied: false, onHangup: 'keep', orphanedAtMs: null });
});

test('the connection of an owner that hung up ends once a successor would know, not before', async (t) => {
  const remembered = Promise.withResolvers<void>();
  const { join, stops } = setUp(() => remembered.promise);
  const owner = join(true, { onHangup: 'stop' });
  await owner.say({ type: 'hangup' });
  t.deepEqual([stops(), owner.isOver()], [1, false]);
  remembered.resolve();
  await until('it has ended', owner.isOver);
});

test('a connection that ends without a word stops nothing; the next client is told, once', async (t) => {
  const { clock, sessions, join, stops } = setUp();
  const owner = join(true);
  const atMs = clock.nowMs();
  await owner.vanish();
  t.is(stops(), 0);
  t.true(owner.isOver());
  t.deepEqual(sessions.ownership(), { tied: false, onHangup: 'stop', orphanedAtMs: atMs });
  join(false);
  t.is(sessions.ownership().orphanedAtMs, null);
});

test('the owner of a predecessor that did not come back is told of, once, and only where nobody owned it since', async (t) => {
  const { clock, sessions, join } = setUp();
  const atMs = clock.nowMs();
  sessions.ownerIsGone(atMs);
  t.is(sessions.ownership().orphanedAtMs, atMs);
  join(false);
  t.is(sessions.ownership().orphanedAtMs, null);
  const back = setUp();
  await back.join(true).say({ type: 'leave' });
  back.sessions.ownerIsGone(atMs);
  t.is(back.sessions.ownership().orphanedAtMs, null);
});

test('leave lets the stack run on, whoever else is there', async (t) => {
  const { sessions, join, stops } = setUp();
  const [owner, other] = [join(true), join(false)];
  await owner.say({ type: 'leave' });
  t.is(stops(), 0);
  t.false(sessions.ownership().tied);
  t.false(other.isOwner());
});

test('another screen inherits, with its own word on hangups', async (t) => {
  const { sessions, join, stops } = setUp();
  const [owner, heir] = [join(true, { onHangup: 'stop' }), join(false, { onHangup: 'keep' })];
  await owner.say({ type: 'hangup' });
  t.is(stops(), 0);
  t.true(heir.isOwner());
  t.deepEqual(sessions.ownership(), { tied: true, onHangup: 'keep', orphanedAtMs: null });
  await heir.say({ type: 'hangup' });
  t.is(stops(), 0);
  t.false(sessions.ownership().tied);
});

test('a command that only waits for something inherits nothing', async (t) => {
  const { sessions, join, stops } = setUp();
  const owner = join(true, { onHangup: 'stop' });
  for (const client of ['wait', 'down', 'up -d']) join(false, { client, onHangup: 'keep' });
  await owner.say({ type: 'hangup' });
  t.is(stops(), 1);
  t.false(sessions.ownership().tied);
});

test('a guest who goes changes nothing', async (t) => {
  const { sessions, join, stops } = setUp();
  const [owner, guest] = [join(true), join(false)];
  await guest.say({ type: 'hangup' });
  t.is(stops(), 0);
  t.true(owner.isOwner());
  t.is(sessions.count(), 1);
});

test('states are told at most ten times a second', (t) => {
  const { clock, sessions, join } = setUp();
  const { heard } = join(false);
  clock.pass(1_000);
  const before = heard.length;
  for (let tick = 0; tick < 1_000; tick += 1) {
    sessions.stateChanged();
    clock.pass(1);
  }
  t.true(heard.length - before <= 11, String(heard.length - before));
  t.true(heard.length - before >= 9);
});

test('who does not keep up is spared growth of logs, never a state or an event', (t) => {
  const { sessions, join } = setUp();
  const { heard } = join(false, { keepsUp: () => false });
  heard.splice(0);
  const event = { sequence: 1, atMs: 0, service: null, type: 'x', from: null, to: null, message: '' };
  for (let n = 0; n < 4; n += 1) sessions.tellAll({ type: 'logs', ends: { a: n } });
  sessions.tellAll({ type: 'event', event });
  t.is(heard.filter((each) => each.type === 'event').length, 1);
  t.is(heard.filter((each) => each.type === 'logs').length, 2);
});

test('the end is told to all, and their connections end', async (t) => {
  const { sessions, join } = setUp();
  const all = [join(true), join(false)];
  sessions.end({ type: 'ended', exitCode: 0, message: 'down' });
  await turn();
  for (const { heard, isOver } of all) {
    t.is(heard.at(-1)?.type, 'ended');
    t.true(isOver());
  }
  t.is(sessions.count(), 0);
});

test('clients go on being told after the clock was set back', async (t) => {
  const clock = createHandClock();
  let setBackMs = 0;
  const wall = { ...clock, nowMs: () => clock.nowMs() - setBackMs };
  const sessions = createSessions(wall, { stateFrame: frame, stop: () => t.fail(), onChange: () => {} });
  const heard: Frame[] = [];
  const hello = { type: 'hello', client: 'tui', own: false, onHangup: 'keep' } as const;
  const gone = Promise.withResolvers<void>();
  async function* silence(): AsyncGenerator<ClientWord> {
    await gone.promise;
  }
  const joined = sessions.join(hello, silence(), (each) => heard.push(each) > 0, gone.promise);
  sessions.stateChanged();
  clock.pass(1_000);
  const before = heard.length;
  setBackMs = 3_600_000;
  sessions.stateChanged();
  clock.pass(1_000);
  t.is(heard.length, before + 1);
  gone.resolve();
  await joined;
});
