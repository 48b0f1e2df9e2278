/** Who keeps a warden: a word to leave is enough for a sound one, and one that was stopped is ended. */
import test from 'ava';
import { keepWarden } from '../../source/daemon/warden.ts';
import type { Warden } from '../../source/ports.ts';
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
