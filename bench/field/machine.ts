import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** One line on what a measurement is made on, how busy that was before, and of which booty. */
export const machineLine = (root: string, ref: string): string => {
  const commit = execFileSync('git', ['-C', root, 'rev-parse', '--short', ref], { encoding: 'utf8' }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const load = `load ${loadavg()[0]?.toFixed(1)} before it began`;
  return `${date}, booty ${commit}, ${cpus().length} cores, ${memory}, ${process.platform} ${release()}, Node ${process.versions.node}, ${load}`;
};
