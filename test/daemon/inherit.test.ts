/** What a daemon makes of what those before it have left. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { step } from '../../source/core/step.ts';
import { emptyWorld, type StackWorld } from '../../source/core/world.ts';
import { inherit } from '../../source/daemon/inherit.ts';
import { createPerformer } from '../../source/daemon/perform.ts';
import { takeOver } from '../../source/daemon/take-over.ts';
import { createWorld } from '../../source/edge/world.ts';

const spec = {
  name: 'task',
  component: null,
  needsBinary: false,
  dependencies: [],
  readiness: null,
  restart: { when: 'no', retriesMax: null },
  stop: { signal: 'SIGTERM', graceMs: 1_000, scope: 'group' },
  ports: {},
} as const;

/** A stack whose task has done its work once. */
const done = (): StackWorld => {
  const identity = { pid: 7, startTicks: '1', bootId: 'before' };
  const task = { service: 'task', generation: 1 };
  const events = [
    { type: 'up.requested', atMs: 1, orders: [{ spec, fingerprint: '' }], start: ['task'] },
    { type: 'process.started', atMs: 2, ...task, identity },
    { type: 'process.exited', atMs: 3, ...task, exit: { code: 0, signal: null, atMs: 3 }, roll: 0 },
  ] as const;
  return events.reduce((world, event) => step(world, event).world, emptyWorld);
};

/** What a daemon finds whose predecessor wrote down a world, in the boot `before`, and left those records of starts. */
const found = async (
  t: ExecutionContext,
  of: {
    readonly last?: StackWorld;
    readonly records?: readonly string[];
    readonly boot?: 'before' | 'after';
    readonly survivors?: readonly { readonly service: string; readonly generation: number }[];
  },
) => {
  const { last = done(), records = [], boot = 'after', survivors = [] } = of;
  const run = mkdtempSync(join(tmpdir(), 'booty-inherit-'));
  t.teardown(() => rmSync(run, { recursive: true, force: true }));
  const runFile = join(run, 'run.json');
  writeFileSync(runFile, JSON.stringify({ format: 1, bootId: 'before', running: {}, world: last }));
  for (const record of records) writeFileSync(join(run, record), '{}');
  const world = createWorld();
  const left = survivors.map((launch) => ({ launch, started: {} }));
  const processes = { ...world.processes, survivors: async () => left as never };
  const ports = { ...world, processes, host: { ...world.host, bootId: async () => boot } };
  return { ports, run, inherited: await inherit(ports, 'shop', { runFile, run }) };
};

test('a task stays done when the machine is restarted', async (t) => {
  const { inherited } = await found(t, { records: ['task.1.launch'] });
  t.is(inherited.world.services['task']?.state, 'completed');
});

test('a task that had begun anew when the machine was restarted is not done, though no run file knew of it', async (t) => {
  const { inherited } = await found(t, { records: ['task.2.launch', 'other.3.launch'] });
  const { state, reason, generation } = inherited.world.services['task'] ?? {};
  t.deepEqual([state, reason], ['stopped', 'the machine was restarted']);
  t.is(generation, 2, 'the next start does not take its name for its own');
});

const changed = { ...spec, stop: { ...spec.stop, graceMs: 5_000 } };

/**
Its second run is starting when a newer definition comes, and it is to be restarted by that, once whoever uses it, who runs,
is down.
*/
const starting = (): StackWorld => {
  const on = { service: 'task', condition: 'service_started', required: true, restart: true } as const;
  const user = { spec: { ...spec, name: 'user', dependencies: [on] }, fingerprint: '' };
  const up = { type: 'up.requested', start: ['task', 'user'] } as const;
  const identity = { pid: 8, startTicks: '2', bootId: 'before' };
  const events = [
    { ...up, atMs: 4, orders: [{ spec, fingerprint: '' }, user] },
    { type: 'process.started', atMs: 5, service: 'user', generation: 1, identity },
    { type: 'start.requested', atMs: 6, service: 'task' },
    { ...up, atMs: 7, orders: [{ spec: changed, fingerprint: 'new' }, user] },
  ] as const;
  return events.reduce((world, event) => step(world, event).world, done());
};

for (const [when, how] of [
  ['the machine was restarted', { boot: 'after', survivors: [], state: 'stopped' }],
  ['its start was cut off', { boot: 'before', survivors: [], state: 'waiting' }],
  ['it was restarted and nobody wrote that down', { boot: 'before', survivors: [3], state: 'starting' }],
] as const) {
  test(`a service goes by the definition it was to follow from its next start on, when ${when}`, async (t) => {
    const { spec: before, state: was } = starting().services['task'] ?? {};
    t.deepEqual([before, was], [spec, 'starting'], 'it is on its way by the one before');
    const survivors = how.survivors.map((generation) => ({ service: 'task', generation }));
    const { inherited } = await found(t, { last: starting(), boot: how.boot, survivors });
    const { spec: now, fingerprint, next, state } = inherited.world.services['task'] ?? {};
    t.deepEqual([now, fingerprint, next, state], [changed, 'new', null, how.state]);
  });
}

test('after a restart of the machine a service that the definition named no more is forgotten', async (t) => {
  const running = step(done(), { type: 'restart.requested', atMs: 4, service: 'task' }).world;
  const orders = [{ spec: { ...spec, name: 'other' }, fingerprint: '' }];
  const last = step(running, { type: 'up.requested', atMs: 5, orders, start: [] }).world;
  const { inherited } = await found(t, { last });
  const { world } = step(inherited.world, { type: 'clock.ticked', atMs: 6 });
  t.deepEqual(Object.keys(world.services), ['other']);
  t.is(world.generationFloor, 2, 'and its generations are not used again');
});

test('the record of a start that the restart cut off goes once the run file knows of it, and no earlier', async (t) => {
  const { ports, run, inherited } = await found(t, { records: ['task.2.launch', 'other.3.launch'] });
  const performer = createPerformer(ports, { inTurn: <Work>(work: Work): Work => work } as never);
  const supervisor = {
    loop: { post: () => {} },
    performer,
    fetches: { fetch: async () => {} },
    history: { add: () => {} },
    held: () => null,
    remember: () => {},
  };
  await takeOver(ports, supervisor as never, { ...inherited, left: null }, () => {});
  const records = (): readonly string[] => readdirSync(run).filter((name) => name.endsWith('.launch'));
  const written = Promise.withResolvers<void>();
  const forgetting = performer.forgetEnded(inherited.world, written.promise);
  t.deepEqual(records(), ['task.2.launch']);
  written.resolve();
  await forgetting;
  t.deepEqual(records(), []);
});
