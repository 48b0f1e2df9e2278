/** What a daemon makes of what those before it have left. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

/** What a daemon finds whose predecessor wrote down that world, in the boot `before`, and left those records of starts. */
const found = async (t: ExecutionContext, records: readonly string[]) => {
  const run = mkdtempSync(join(tmpdir(), 'booty-inherit-'));
  t.teardown(() => rmSync(run, { recursive: true, force: true }));
  const runFile = join(run, 'run.json');
  mkdirSync(run, { recursive: true });
  writeFileSync(runFile, JSON.stringify({ format: 1, bootId: 'before', running: {}, world: done() }));
  for (const record of records) writeFileSync(join(run, record), '{}');
  const world = createWorld();
  const processes = { ...world.processes, survivors: async () => [] };
  const ports = { ...world, processes, host: { ...world.host, bootId: async () => 'after' } };
  return { ports, run, inherited: await inherit(ports, 'shop', { runFile, run }) };
};

test('a task stays done when the machine is restarted', async (t) => {
  const { inherited } = await found(t, ['task.1.launch']);
  t.is(inherited.world.services['task']?.state, 'completed');
});

test('a task that had begun anew when the machine was restarted is not done, though no run file knew of it', async (t) => {
  const { inherited } = await found(t, ['task.2.launch', 'other.3.launch']);
  const { state, reason, generation } = inherited.world.services['task'] ?? {};
  t.deepEqual([state, reason], ['stopped', 'the machine was restarted']);
  t.is(generation, 2, 'the next start does not take its name for its own');
});

test('the record of a start that the restart cut off goes once the run file knows of it, and no earlier', async (t) => {
  const { ports, run, inherited } = await found(t, ['task.2.launch', 'other.3.launch']);
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
