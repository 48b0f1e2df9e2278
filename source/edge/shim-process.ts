import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Interface } from 'node:readline';
import { createInterface } from './node-readline.ts';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { formatMarkStart } from '../core/log-mark.ts';
import type { Launch, Started } from '../ports.ts';
import { isAlive } from './identity.ts';
import { readStat } from './proc/stat.ts';
import type { Leaf } from './leaf.ts';
import { recordLaunch } from './launch-record.ts';
import {
  launchFile,
  parseReport,
  pidFile,
  type Report,
  type ShimCall,
  shimCommand,
  shimEnvironment,
  shimText,
  unstartedFile,
} from './shim.ts';
import { placeScript } from './shim-file.ts';

/** A running shim as booty sees it, spawned or adopted. None of the promises rejects. */
export type Shim = {
  readonly pid: number;
  readonly startTicks: string;
  readonly logStartByte: number;
  /** The service's own pid; null when the shim ended before it knew. */
  readonly serviceKnown: Promise<Extract<Report, { type: 'pid' }> | null>;
  /** The service's exit code as sh has it; null when the shim ended without a word. */
  readonly serviceEnded: Promise<number | null>;
  /** The shim itself has ended; in the pipe mode that means the log is drained. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Stops listening; what the shim kept up for that goes. */
  letGo(): void;
};

/** How often an end is looked for that nobody will report. */
export const endPollMs = 50;

export type ShimTools = {
  readonly shell: readonly string[];
  readonly cat: string;
  readonly env: string;
  readonly sleep: string;
};

/**
Spawns the shim of a launch; the service goes into the leaf and, given the words for it, into a pid namespace. Rejects
with the system's error when even that is not possible (EAGAIN, ENOSPC, …).
*/
export const spawnShim = async (
  launch: Launch,
  tools: ShimTools,
  place: Pick<ShimCall, 'namespace' | 'reaper'> & { readonly leaf: Leaf | null },
): Promise<Shim> => {
  const { statusFile } = launch;
  const leftovers = [statusFile, pidFile(statusFile), unstartedFile(statusFile), launchFile(statusFile)];
  await Promise.all(leftovers.map(removeFile));
  const shimFile = await placeScript(dirname(statusFile), { name: 'shim', text: shimText });
  // A pipe would not be open before somebody reads it.
  if ((await stat(launch.logFile).catch(() => null))?.isFIFO())
    throw new Error(`${launch.logFile} is a pipe, not a file`);
  const log = await open(launch.logFile, 'a', 0o600);
  try {
    const { size } = await log.stat();
    // Before there is anything to find again.
    await recordLaunch({ launch, logStartByte: size, leaf: place.leaf?.folder ?? null });
    const { environment, wrapper } = splitEnvironment(launch, tools.env);
    const call: ShimCall = {
      ...tools,
      mode: launch.logMode,
      shimFile,
      title: `${launch.stack}/${launch.service}`,
      statusFile,
      openFilesMax: launch.openFilesMax,
      markStart: formatMarkStart(launch),
      leafFile: place.leaf?.joinFile ?? null,
      namespace: place.namespace,
      reaper: place.reaper,
      command: [...wrapper, ...launch.command],
    };
    return { ...(await spawnInto(log, launch.workingDir, environment, call)), logStartByte: size };
  } finally {
    await log.close();
  }
};

/** As `rm` with force, which would look at it first: at a start these are most of what is asked of the disk. */
const removeFile = async (path: string): Promise<void> => {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

/** The shim of a service that an earlier process started: nobody hears its reports, so its end is looked for. */
export const adoptShim = (started: Started): Shim => ({
  pid: started.group.pid,
  startTicks: started.group.startTicks,
  logStartByte: started.logStartByte,
  serviceKnown: Promise.resolve({ type: 'pid', ...started.identity }),
  serviceEnded: Promise.resolve(null),
  ended: watchAdopted(started),
  letGo: () => {},
});

const watchAdopted = async ({ group }: Started): Promise<{ code: null; signal: null }> => {
  while (await isAlive(group)) await pause(endPollMs);
  return { code: null, signal: null };
};

const spawnInto = async (
  log: FileHandle,
  workingDir: string,
  environment: Readonly<Record<string, string>>,
  call: ShimCall,
): Promise<Omit<Shim, 'logStartByte'>> => {
  const [file, ...args] = shimCommand(call);
  // Not by execa: all that it adds would have to be turned off, and takes as long as the system's own fork.
  const child = spawn(file, args, {
    cwd: workingDir,
    env: { ...environment, ...shimEnvironment(call) },
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) throw ((await once(child, 'error')) as [Error])[0];
  // Its parent, that is this process, has had no turn yet to reap it: the shim is there to be looked at.
  const startTicks = readStat(pid)?.startTicks ?? '';
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const channel = child.stdio[3] as Readable;
  // A broken channel ends like a closed one.
  channel.on('error', () => {});
  return { pid, startTicks, ended, letGo: () => channel.destroy(), ...listen(createInterface({ input: channel })) };
};

/** Turns the shim's lines into promises; the end of the lines settles what is still open with null. */
const listen = (lines: Interface): Pick<Shim, 'serviceKnown' | 'serviceEnded'> => {
  const known = Promise.withResolvers<Extract<Report, { type: 'pid' }> | null>();
  const ended = Promise.withResolvers<number | null>();
  lines.on('line', (line) => {
    const report = parseReport(line);
    if (report?.type === 'pid') known.resolve(report);
    if (report?.type === 'exit') ended.resolve(report.code);
  });
  lines.once('close', () => {
    known.resolve(null);
    ended.resolve(null);
  });
  return { serviceKnown: known.promise, serviceEnded: ended.promise };
};

/**
The shells drop variables whose names are no shell words (`a.b`), as POSIX lets them; those are handed to env(1), which
becomes the service. For that moment they show in the list of processes, so a secret should have a plain name.
*/
const splitEnvironment = (launch: Launch, env: string): { environment: Record<string, string>; wrapper: string[] } => {
  const environment: Record<string, string> = {};
  const odd: string[] = [];
  for (const [name, value] of Object.entries(launch.environment)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) environment[name] = value;
    else odd.push(`${name}=${value}`);
  }
  environment['BOOTY_RUN_ID'] = launch.runId;
  environment['BOOTY_STACK'] = launch.stack;
  environment['BOOTY_SERVICE'] = launch.service;
  environment['BOOTY_GENERATION'] = String(launch.generation);
  return { environment, wrapper: odd.length === 0 ? [] : [env, ...odd] };
};
