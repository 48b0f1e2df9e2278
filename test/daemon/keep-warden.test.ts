/** Who keeps a warden: a word to leave is enough for a sound one, and one that was stopped is ended. */
import test from 'ava';
import { keepWarden } from '../../source/daemon/warden.ts';
import type { Warden } from '../../source/ports.ts';
import { until } from '../until.ts';
import { createHandClock } from './hand-clock.ts';

const keeping = async (hears: boolean) => {
  const clock = createHandClock();
  const gone = Promise.withResolvers<void>();
  const told: string[] = [];
  const warden: Warden = {
    pid: 7,
    say: (word) => {
      told.push(word);
      if (hears && word === 'end') gone.resolve();
    },
    kill: () => {
      told.push('killed');
      gone.resolve();
    },
    ended: gone.promise,
    gone: gone.promise,
  };
  const keeper = await keepWarden({ clock }, { start: async () => warden, count: 0, note: () => {} });
  return { keeper, told, pass: clock.pass };
};

test('a warden that hears leaves by itself', async (t) => {
  const { keeper, told, pass } = await keeping(true);
  await keeper.end('end');
  pass(60_000);
  t.deepEqual(told, ['end']);
});

test('a warden that was stopped is ended after a while, and keeps its daemon no longer', async (t) => {
  const { keeper, told, pass } = await keeping(false);
  const ended = keeper.end('end');
  pass(1_999);
  t.deepEqual(told, ['end']);
  pass(1);
  await ended;
  t.deepEqual(told, ['end', 'killed']);
});

/** Pairs whose end the test decides, and what each was told. */
const pairs = () => {
  const made: { readonly told: string[]; readonly break: () => void; readonly leave: () => void }[] = [];
  const start = async (): Promise<Warden> => {
    const [ended, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const told: string[] = [];
    made.push({ told, break: ended.resolve, leave: gone.resolve });
    return {
      pid: made.length,
      say: (word) => told.push(word),
      kill: () => {},
      ended: ended.promise,
      gone: gone.promise,
    };
  };
  return { made, start };
};

test('what is left of a pair watches until another is there', async (t) => {
  const clock = createHandClock();
  const { made, start } = pairs();
  const keeper = await keepWarden({ clock }, { start, count: 0, note: () => {} });
  made[0]?.break();
  await Promise.resolve();
  t.deepEqual([keeper.pid(), made[0]?.told], [null, []]);
  clock.pass(100);
  await until('another pair is there', () => keeper.pid() === 2);
  t.deepEqual([made[0]?.told, made[1]?.told], [['end'], []]);
});

test('a daemon that leaves tells a pair that is only on its way, too', async (t) => {
  const clock = createHandClock();
  const { made, start } = pairs();
  const isStarted = Promise.withResolvers<void>();
  const late = async (): Promise<Warden> => {
    if (made.length > 0) await isStarted.promise;
    return start();
  };
  const keeper = await keepWarden({ clock }, { start: late, count: 0, note: () => {} });
  made[0]?.break();
  await Promise.resolve();
  clock.pass(100);
  const ended = keeper.end('end');
  made[0]?.leave();
  isStarted.resolve();
  await until('the other pair is told', () => made[1]?.told.includes('end') === true);
  made[1]?.leave();
  await t.notThrowsAsync(ended);
});
