// The rung for systems without /proc. It is made for macOS; here at least its use of tree-kill and of groups is run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { readStat } from '../../source/edge/proc/stat.ts';
import { readTable } from '../../source/edge/proc/table.ts';
import { createTreeKillRung } from '../../source/edge/tree-kill-rung.ts';
import { until } from '../until.ts';

const sweepTree = async (): Promise<{ killed: readonly number[]; left: number; alive: number }> => {
  const leader = spawn('/bin/sh', ['-c', '/bin/sleep 1000 & /bin/sleep 1000 & wait'], {
    detached: true,
    stdio: 'ignore',
  });
  const exit = once(leader, 'exit');
  const shim = { pid: leader.pid ?? 0, startTicks: readStat(leader.pid ?? 0)?.startTicks ?? '' };
  const members = (): number => [...readTable().values()].filter(({ group }) => group === shim.pid).length;
  await until('all three run', () => members() === 3);
  const marker = { runId: 'r', service: 's' };
  const hold = createTreeKillRung().follow({
    marker,
    shim,
    mode: 'file',
    logFile: '/nowhere',
    leaf: null,
    isPrivate: false,
    atMs: 0,
  });
  const swept = await hold.sweep();
  await exit;
  await until('none runs', () => members() === 0);
  return { ...swept, alive: members() };
};

test.serial('a tree is killed', async (t) => {
  const { left, alive } = await sweepTree();
  t.deepEqual({ left, alive }, { left: 0, alive: 0 });
});

test.serial('without ps tree-kill would end this process; the group is killed all the same', async (t) => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/none';
  t.teardown(() => {
    process.env['PATH'] = path;
  });
  const { left, alive } = await sweepTree();
  t.deepEqual({ left, alive }, { left: 0, alive: 0 });
});
