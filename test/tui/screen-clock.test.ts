/** A screen goes on, and tells ages as they are, when somebody sets the clock back. */
import test from 'ava';
import { createScreenClock } from '../../source/tui/screen-clock.ts';
import { makeClock, makeFrame, shop } from './fake-stack.ts';

const hourMs = 3_600_000;

const settable = () => {
  const clock = makeClock();
  let setMs = 0;
  const wall = { ...clock, nowMs: () => clock.nowMs() + setMs };
  return { clock, wall, set: (byMs: number) => void (setMs += byMs) };
};

test('it is never set back, goes on meanwhile, and follows the clock forward', (t) => {
  const { clock, wall, set } = settable();
  const screen = createScreenClock(wall);
  const beganAtMs = screen.nowMs();
  clock.advance(1_000);
  set(-hourMs);
  t.is(screen.nowMs(), beganAtMs + 1_000);
  clock.advance(1_000);
  t.is(screen.nowMs(), beganAtMs + 2_000);
  set(2 * hourMs);
  t.is(screen.nowMs(), beganAtMs + hourMs + 2_000);
});

test('what runs is as old as before, whichever clock its start was told by', (t) => {
  const { clock, wall, set } = settable();
  const screen = createScreenClock(wall);
  clock.advance(10_000);
  const ageMs = (): number => {
    const row = shop.services.map((service) => ({ ...service, startedAtMs: wall.nowMs() - 10_000 }));
    const frame = screen.told(makeFrame({ ...shop, services: row }));
    if (frame.type !== 'state') throw new Error('a state stays one');
    return screen.nowMs() - (frame.row.services[0]?.startedAtMs ?? 0);
  };
  t.is(ageMs(), 10_000);
  set(-hourMs);
  t.is(ageMs(), 10_000);
});
