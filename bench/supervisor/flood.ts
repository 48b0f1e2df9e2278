import { cpuTicks, memoryBytes } from '../field/processes.ts';
import { readUnits } from '../../source/edge/proc/units.ts';
import type { Peer } from '../peers/peer.ts';
import { type Bench, withRun } from './run.ts';

export type Flood = {
  /** What the program needed to write its lines: longer when somebody did not take them fast enough. */
  readonly seconds: number;
  /** Processor time of everything but the program. */
  readonly cpuSeconds: number;
  /** Highest resident memory of the command itself; of the daemon where the command left one. */
  readonly peakBytes: number;
};

/** One service writes lines of 72 bytes as fast as it can; what the peer shows of them goes nowhere. */
export const measureFlood = (bench: Bench, peer: Peer, lines: number): Promise<Flood> =>
  withRun(
    bench,
    peer,
    (marks) => [{ name: 'flood', command: [bench.programs.flood, marks, 'flood', String(lines)] }],
    'nowhere',
    async (run) => {
      await run.started();
      const flood = Number(run.marker('flood.pid'));
      const own = run.ownPids().filter((pid) => pid !== flood);
      return {
        seconds: Number(run.marker('flood')),
        cpuSeconds: cpuTicks(own) / readUnits().ticksPerSecond,
        peakBytes: memoryBytes((run.plan.isDetached && run.plan.supervisor?.()) || run.pid, 'VmHWM'),
      };
    },
  );
