/** The loop and the clock on the wall: a stop takes as long as it may, whatever somebody does to the clock. */
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import type { Effect } from '../../source/core/effect.ts';
import type { ProbePolicy, ServiceSpec } from '../../source/core/model.ts';
import { emptyWorld, type StackWorld } from '../../source/core/world.ts';
import { createLoop, type Loop } from '../../source/daemon/loop.ts';
import type { Clock } from '../../source/ports.ts';
import { createHandClock } from './hand-clock.ts';

const spec: ServiceSpec = {
  name: 'web',
  component: null,
  needsBinary: false,
  dependencies: [],
  readiness: null,
  restart: { when: 'no', retriesMax: null },
  stop: { signal: 'SIGTERM', graceMs: 3_000, scope: 'group' },
  ports: {},
};
const readiness: ProbePolicy = {
  probe: { kind: 'http', url: 'http://127.0.0.1:1/' },
  intervalMs: 1_000,
  startIntervalMs: 1_000,
  timeoutMs: 1_000,
  retries: 1,
  startPeriodMs: 0,
  onUnhealthy: 'report',
};
const identity = { pid: 7, startTicks: '1', bootId: 'a' };

const createWall = () => {
  const clock = createHandClock();
  let setBackMs = 0;
  const wall: Clock = { ...clock, nowMs: () => clock.nowMs() - setBackMs };
  return { clock, wall, setBack: (byMs: number) => void (setBackMs += byMs) };
};

const begin = (wall: Clock, world: StackWorld): { readonly loop: Loop; readonly effects: Effect[] } => {
  const effects: Effect[] = [];
  const fail = (error: unknown): never => {
    throw error;
  };
  return { loop: createLoop(wall, world, (effect) => effects.push(effect), fail), effects };
};

const startAndStop = async (loop: Loop): Promise<void> => {
  loop.post({ type: 'up.requested', orders: [{ spec, fingerprint: 'a' }], start: ['web'] });
  await turn();
  loop.post({ type: 'process.started', service: 'web', generation: 1, identity });
  loop.post({ type: 'stop.requested', service: 'web' });
  loop.post({ type: 'signal.sent', service: 'web', generation: 1 });
  await turn();
};

test('grace ends in its time after the clock was set back', async (t) => {
  const { clock, wall, setBack } = createWall();
  const { loop, effects } = begin(wall, emptyWorld);
  await startAndStop(loop);
  setBack(3_600_000);
  clock.pass(2_999);
  await turn();
  t.false(effects.some((effect) => effect.type === 'process.kill'));
  clock.pass(1);
  await turn();
  t.true(effects.some((effect) => effect.type === 'process.kill'));
});

test('so it does for a successor that begins with the clock set back', async (t) => {
  const { clock, wall, setBack } = createWall();
  const first = begin(wall, emptyWorld);
  await startAndStop(first.loop);
  first.loop.leave();
  setBack(3_600_000);
  const second = begin(wall, first.loop.world());
  second.loop.post({ type: 'clock.ticked' });
  await turn();
  clock.pass(3_000);
  await turn();
  t.true(second.effects.some((effect) => effect.type === 'process.kill'));
});

const isKilled = (effects: readonly Effect[]): boolean => effects.some((effect) => effect.type === 'process.kill');

for (const byMs of [2_500, 3_600_000]) {
  test(`grace ends in its time, and not before, after the clock was set forward by ${byMs} ms`, async (t) => {
    const { clock, wall, setBack } = createWall();
    const { loop, effects } = begin(wall, emptyWorld);
    await startAndStop(loop);
    setBack(-byMs);
    clock.pass(1_000);
    // Whatever comes is looked at by a clock that says that the grace is over, a wish for more haste too.
    loop.post({ type: 'clock.ticked' });
    loop.post({ type: 'down.requested', force: 0, graceMsMax: null });
    await turn();
    clock.pass(1_999);
    await turn();
    t.false(isKilled(effects));
    clock.pass(1);
    await turn();
    t.true(isKilled(effects));
  });
}

test('a clock that is set back and then right again takes nothing from a grace, and the core is with it again', async (t) => {
  const { clock, wall, setBack } = createWall();
  const { loop, effects } = begin(wall, emptyWorld);
  await startAndStop(loop);
  setBack(3_600_000);
  clock.pass(1_000);
  loop.post({ type: 'clock.ticked' });
  await turn();
  setBack(-3_600_000);
  clock.pass(1_999);
  loop.post({ type: 'clock.ticked' });
  await turn();
  t.false(isKilled(effects));
  clock.pass(1);
  await turn();
  t.true(isKilled(effects));
  t.is(loop.world().services['web']?.stop?.killedAtMs, wall.nowMs());
});

test('it says what a clock that was set back is behind, until that has caught up', async (t) => {
  const { clock, wall, setBack } = createWall();
  const { loop } = begin(wall, emptyWorld);
  t.is(loop.behindMs(), 0);
  setBack(3_600_000);
  clock.pass(1_000);
  t.is(loop.behindMs(), 3_600_000);
  setBack(-3_600_000);
  t.is(loop.behindMs(), 0);
  setBack(-3_600_000);
  t.is(loop.behindMs(), 0, 'one that was set forward is ahead of nobody');
});

test('a successor whose clock was set back goes on no earlier than the youngest start it knows of', async (t) => {
  const { clock, wall, setBack } = createWall();
  const checked = { ...spec, readiness };
  const { loop } = begin(wall, emptyWorld);
  loop.post({ type: 'up.requested', orders: [{ spec: checked, fingerprint: 'a' }], start: ['web'] });
  await turn();
  clock.pass(1_000);
  loop.post({ type: 'process.started', service: 'web', generation: 1, identity });
  await turn();
  setBack(3_600_000);
  const { loop: next } = begin(wall, loop.world());
  const { startedAtMs } = next.world().services['web'] ?? {};
  t.is((startedAtMs ?? 0) - next.behindMs(), wall.nowMs());
});
