import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { readUnits } from '../../source/edge/proc/units.ts';
import { cpuTicks, memoryBytes } from '../field/processes.ts';
import type { Peer } from '../peers/peer.ts';
import { type Bench, withRun } from './run.ts';
import { twelve } from './stop.ts';

export type Rest = {
  /** Of one core, by everything but the services. */
  readonly cpuPercent: number;
  /** Resident, summed over the same processes; pages they share count more than once. */
  readonly rssBytes: number;
  /** What the command that lists the services takes; null where there is none. */
  readonly listMs: number | null;
  /** The same two of the supervising process alone, where the command is another. */
  readonly daemon: { readonly cpuPercent: number; readonly rssBytes: number } | null;
};

/** Twelve services that do nothing, watched for a while: what does supervising them cost? */
export const measureRest = (bench: Bench, peer: Peer): Promise<Rest> =>
  withRun(
    bench,
    peer,
    (marks) => twelve(bench, marks, 1),
    'terminal',
    async (run) => {
      await run.started();
      await pause(bench.isQuick ? 1_000 : 15_000);
      const supervisor = run.plan.supervisor?.() ?? null;
      const own = run.ownPids();
      const cost = await watch([own, supervisor === null ? [] : [supervisor]], bench.isQuick ? 3_000 : 30_000);
      const [all, daemon] = cost;
      if (!all) throw new Error('nothing was watched');
      const listMs = run.plan.list ? list(run.plan.list, run.room.folder, run.environment) : null;
      return { ...all, listMs, daemon: supervisor === null ? null : (daemon ?? null) };
    },
  );

const watch = async (
  groups: readonly (readonly number[])[],
  forMs: number,
): Promise<readonly { readonly cpuPercent: number; readonly rssBytes: number }[]> => {
  const { ticksPerSecond } = readUnits();
  const before = groups.map(cpuTicks);
  const begunMs = performance.now();
  await pause(forMs);
  const seconds = (performance.now() - begunMs) / 1_000;
  return groups.map((pids, index) => ({
    cpuPercent: ((cpuTicks(pids) - (before[index] ?? 0)) / ticksPerSecond / seconds) * 100,
    rssBytes: pids.reduce((sum, pid) => sum + memoryBytes(pid, 'VmRSS'), 0),
  }));
};

const list = ([file = '', ...args]: readonly string[], cwd: string, env: Readonly<Record<string, string>>): number => {
  const begunMs = performance.now();
  const { status, stderr } = spawnSync(file, args, { cwd, env: { ...env }, encoding: 'utf8', timeout: 20_000 });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr.trim().split('\n').at(-1)}`);
  return performance.now() - begunMs;
};
