import type { Usage } from '../ports.ts';
import type { KernelUnits } from './proc/units.ts';
import type { ProcessStat } from './proc/stat.ts';

/** Turns looks at one family into its usage: each call measures CPU since the one before, the first since `fromMs`. */
export const createUsageMeter = (
  units: KernelUnits,
  fromMs: number,
): ((members: readonly ProcessStat[], nowMs: number) => Usage) => {
  let beforeMs = fromMs;
  let ticksBefore: ReadonlyMap<string, number> = new Map();
  return (members, nowMs) => {
    const ticks = new Map(members.map((member) => [`${member.pid} ${member.startTicks}`, member.cpuTicks]));
    let spent = 0;
    for (const [key, count] of ticks) spent += count - (ticksBefore.get(key) ?? 0);
    const seconds = Math.max(nowMs - beforeMs, 1) / 1000;
    ticksBefore = ticks;
    beforeMs = nowMs;
    return {
      cpuPercent: (spent / units.ticksPerSecond / seconds) * 100,
      rssBytes: members.reduce((sum, member) => sum + member.residentPages, 0) * units.pageBytes,
      processes: members.length,
    };
  };
};
