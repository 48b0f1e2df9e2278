import { bad, type Finding, ok, warn } from './finding.ts';

/** How all processes of a service are held together, so that none is left behind; `why` says how it was chosen. */
export const judgeRung = (rung: { readonly name: string; readonly why: string }): Finding => {
  const found = `${rung.name}: ${rung.why}`;
  if (rung.name !== 'tree-kill') return ok('processes.kill', 'Kill mechanism', found);
  const fix = 'nothing to do on macOS: what leaves its process group and its parent may be missed there';
  return warn('processes.kill', 'Kill mechanism', found, fix);
};

/** Whether `pid: private` can be had; `why` is null when it can. */
export const judgeNamespace = (why: string | null): Finding =>
  why === null
    ? ok('processes.namespace', 'Private pid namespace', 'allowed: `pid: private` works')
    : warn(
        'processes.namespace',
        'Private pid namespace',
        `not allowed: ${why}`,
        'only needed for `pid: private`; allow it with: sudo sysctl kernel.unprivileged_userns_clone=1',
      );

/** Limits of proc_pid_limits(5); null is unlimited, undefined unknown. */
export type LimitsReading = {
  readonly openFiles: { readonly soft: number | null; readonly hard: number | null } | undefined;
  readonly processes: number | null | undefined;
  readonly pidMax: number | undefined;
};

/** What this user may have open and running at once. */
export const judgeLimits = ({ openFiles, processes, pidMax }: LimitsReading): readonly Finding[] => {
  if (openFiles === undefined) return [ok('limits', 'Limits', 'not told on this platform (see: ulimit -a)')];
  const { soft, hard } = openFiles;
  const files = `${text(soft)} open files (up to ${text(hard)})`;
  const filesOf = (): Finding => {
    const isHard = hard !== null && soft !== null && hard <= soft;
    const fix = isHard ? 'sudo prlimit --pid $$ --nofile=65536:65536' : `ulimit -n ${hard ?? 65_536}`;
    if (soft !== null && soft < 256) return bad('limits.openFiles', 'Open files', `${files}; servers will fail`, fix);
    if (soft !== null && soft < 4_096) {
      const found = `${files}; databases want more`;
      return warn('limits.openFiles', 'Open files', found, `${fix}, or for one service: ulimits: {nofile: 65536}`);
    }
    return ok('limits.openFiles', 'Open files', files);
  };
  const count = `${text(processes)} processes${pidMax === undefined ? '' : `, pids up to ${pidMax}`}`;
  const isFew = typeof processes === 'number' && processes < 512;
  return [
    filesOf(),
    isFew
      ? warn('limits.processes', 'Processes', `${count}; servers count every thread`, 'ulimit -u 4096')
      : ok('limits.processes', 'Processes', count),
  ];
};

const text = (limit: number | null | undefined): string =>
  limit === undefined ? 'unknown' : limit === null ? 'unlimited' : String(limit);

/** Reads a text of the form of proc_pid_limits(5). */
export const parseLimits = (limits: string): Pick<LimitsReading, 'openFiles' | 'processes'> => {
  const row = (name: string) => new RegExp(`^${name}\\s+(\\S+)\\s+(\\S+)`, 'm').exec(limits);
  const value = (word: string | undefined): number | null =>
    word === undefined || word === 'unlimited' ? null : Number(word);
  const files = row('Max open files');
  const processes = row('Max processes');
  return {
    openFiles: files ? { soft: value(files[1]), hard: value(files[2]) } : undefined,
    processes: processes ? value(processes[1]) : undefined,
  };
};
