/**
Starts one of the small programs of children/, each of which has one bad habit, and says afterwards whether anything of
it is left. That is told by the working folder, which every descendant inherits and booty does not look at: a check by
the marks that booty itself goes by could not find what booty misses.
*/
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { ExitStatus, StopScope } from '../../source/core/model.ts';
import { createClock } from '../../source/edge/clock.ts';
import { chooseRung } from '../../source/edge/choose-rung.ts';
import { findNamespace } from '../../source/edge/pid-namespace.ts';
import { createProcesses } from '../../source/edge/processes.ts';
import { readStat } from '../../source/edge/proc/stat.ts';
import type { Rung } from '../../source/edge/rung.ts';
import type { Launch, Processes, Started } from '../../source/ports.ts';
import { until } from '../until.ts';

/** One rung of the ladder, as this machine offers it. */
export type HostileRung = {
  readonly name: string;
  readonly rung: Rung;
  readonly processes: Processes;
  readonly pidNamespace: boolean;
};

const rungOf = (name: string, rung: Rung, pidNamespace: boolean): HostileRung => ({
  name,
  rung,
  processes: processesOn({ rung }),
  pidNamespace,
});

/** Of a booty of its own, which knows of no service yet. */
export function processesOn({ rung }: Pick<HostileRung, 'rung'>): Processes {
  return createProcesses(createClock(), { rung: () => rung });
}

const best = chooseRung();

/** Every rung that can be had here, the best one first. */
export const rungs: readonly HostileRung[] = [
  ...(best.name === 'cgroup' ? [rungOf('cgroup', best, false)] : []),
  ...(findNamespace().words === null ? [] : [rungOf('pid namespace', chooseRung('tracker'), true)]),
  rungOf('tracker', chooseRung('tracker'), false),
];

const namespace = findNamespace();

/** The rungs that cannot be had here, and why. */
export const missingRungs: readonly { readonly name: string; readonly why: string }[] = [
  ...(best.name === 'cgroup' ? [] : [{ name: 'cgroup', why: best.why }]),
  ...(namespace.words === null ? [{ name: 'pid namespace', why: namespace.why }] : []),
];

export type Hostile = {
  readonly processes: Processes;
  readonly launch: Launch;
  readonly folder: string;
  readonly started: Started;
  readonly exit: Promise<ExitStatus & { readonly stragglers: number }>;
  readonly log: () => string;
  /** Commands of the processes that still run in the folder. */
  readonly remains: () => readonly string[];
};

export const modes = ['file', 'pipe'] as const;

let count = 0;

/** Some of the children fork without end: all at once they would leave nobody else a processor. */
const atOnceMax = 3;
let free = atOnceMax;
const queue: (() => void)[] = [];
const admitted = new WeakSet<ExecutionContext>();

/** Waits until fewer than three tests of this file have hostile children; ends with the test. */
export const admit = async (t: ExecutionContext): Promise<void> => {
  if (admitted.has(t)) return;
  admitted.add(t);
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => queue.push(resolve));
  // Torn down last, as it is put up first.
  t.teardown(() => {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  });
};

/** `child` is the name of a program in children/, or a whole command. */
export const startHostile = async (
  t: ExecutionContext,
  child: string | readonly string[],
  options: {
    readonly rung: HostileRung;
    readonly mode: Launch['logMode'];
    readonly scope?: StopScope;
    readonly ready?: string;
  },
): Promise<Hostile> => {
  await admit(t);
  const { processes } = options.rung;
  const launch = launchOf(temporaryFolder(t), child, options);
  const exit = Promise.withResolvers<ExitStatus & { readonly stragglers: number }>();
  const started = await processes.start(launch, exit.resolve);
  t.teardown(async () => {
    await processes.kill(launch.service);
  });
  const log = (): string => readFileSync(launch.logFile, 'utf8');
  await until(`${String(child)} is up`, () => log().includes(options.ready ?? 'up'));
  return {
    processes,
    launch,
    folder: launch.workingDir,
    started,
    exit: exit.promise,
    log,
    remains: () => runningIn(launch.workingDir),
  };
};

export const temporaryFolder = (t: ExecutionContext): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'booty-hostile-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export const launchOf = (
  folder: string,
  child: string | readonly string[],
  options: { readonly rung: HostileRung; readonly mode: Launch['logMode']; readonly scope?: StopScope },
): Launch => ({
  service: `service-${process.pid}-${++count}`,
  stack: 'hostile',
  runId: `run-${process.pid}`,
  generation: 1,
  command: typeof child === 'string' ? [join(import.meta.dirname, 'children', `${child}.sh`)] : child,
  environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
  workingDir: folder,
  logFile: join(folder, 'service.log'),
  logMode: options.mode,
  statusFile: join(folder, 'service.status'),
  version: null,
  stopScope: options.scope ?? 'group',
  openFilesMax: null,
  pidNamespace: options.rung.pidNamespace,
});

export const runningIn = (folder: string): readonly string[] =>
  readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !isIn(pid, folder)) return [];
    const stat = readStat(pid);
    return stat === null || stat.state === 'Z' ? [] : [`${pid} ${stat.name}`];
  });

const isIn = (pid: number, folder: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    // Gone, or another user's.
    return false;
  }
};
