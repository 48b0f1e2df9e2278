import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../core/limits.ts';
import type { Launch, Started } from '../ports.ts';
import { bootIdOf, isAlive } from './identity.ts';
import { readProc, readStat } from './proc/stat.ts';
import {
  type Birthmark,
  isShimShell,
  launchFile,
  parsePidFile,
  parseStatusFile,
  pidFile,
  unstartedFile,
} from './shim.ts';

export type LaunchRecord = {
  readonly launch: Launch;
  readonly logStartByte: number;
  /** Folder of the cgroup the service is born into; null for none. */
  readonly leaf: string | null;
};

/**
Writes down that a service is about to be started, beside its status file and for this user only (its environment is in
it). Should booty die before it can write down what came of it, `findSurvivors` finds the service all the same.
*/
export const recordLaunch = async (record: LaunchRecord): Promise<void> => {
  const text = JSON.stringify({ format: 1, bootId: await bootIdOf(), ...record });
  await writeFile(launchFile(record.launch.statusFile), text, { mode: 0o600 });
};

/** For when a service has ended, or never came to be. */
export const forgetLaunch = ({ statusFile }: Pick<Launch, 'statusFile'>): Promise<void> =>
  rm(launchFile(statusFile), { force: true });

/**
The recorded services of a run folder that are alive, or that came up and ended, as their shim wrote down. A start that was under way when its daemon died is waited for: its
shell reports to nobody and ends by that, unless the report had just been made.
*/
export const findSurvivors = async (
  runFolder: string,
): Promise<readonly { readonly launch: Launch; readonly started: Started }[]> => {
  const names = (await readdir(runFolder).catch(() => [])).filter((name) => name.endsWith(launchFile('')));
  const found = await Promise.all(names.sort().map((name) => survivorOf(join(runFolder, name))));
  return found.flatMap((each) => each ?? []);
};

/** Pid 1 of the service's own namespace; null without one, or when nothing is written of it. */
export const namespaceOf = async (statusFile: string): Promise<Birthmark | null> =>
  (await readPidFile(statusFile))?.first ?? null;

const readPidFile = async (statusFile: string): Promise<ReturnType<typeof parsePidFile>> =>
  parsePidFile(await readFile(pidFile(statusFile), 'utf8').catch(() => ''));

const survivorOf = async (path: string): Promise<{ launch: Launch; started: Started } | null> => {
  const bootId = await bootIdOf();
  const record = await readRecord(path);
  if (record === null || record.bootId !== bootId) return null;
  const { launch, logStartByte, leaf } = record;
  const known = await readPidFile(launch.statusFile);
  if (known === null) return null;
  const identity = { pid: known.pid, startTicks: known.startTicks ?? '', bootId };
  const deadlineMs = performance.now() + limits.spawnTimeoutMs;
  while (isShimShell(readProc(`/proc/${known.pid}/cmdline`, 'utf8') ?? '') && (await isAlive(identity))) {
    if (performance.now() > deadlineMs) break;
    await pause(1);
  }
  if (!(await isAlive(identity)) && !(await ranToAnEnd(launch))) return null;
  const group = { pid: known.shim, startTicks: readStat(known.shim)?.startTicks ?? '', bootId };
  return { launch, started: { identity, group, logStartByte, ...(leaf !== null && { leaf }) } };
};

/** False for a start that was cut off: its shell ends by SIGPIPE before it becomes the service, or cannot become it. */
const ranToAnEnd = async ({ statusFile }: Launch): Promise<boolean> => {
  const code = parseStatusFile(await readFile(statusFile, 'utf8').catch(() => ''));
  const isCutOff = code === null || code === 128 + constants.signals.SIGPIPE;
  return !isCutOff && !existsSync(unstartedFile(statusFile));
};

/** Null for a text that a crash cut off: its service was never started. */
const readRecord = async (path: string): Promise<(LaunchRecord & { readonly bootId: string }) | null> => {
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as LaunchRecord & { format: number; bootId: string };
    return record.format === 1 ? record : null;
  } catch {
    return null;
  }
};
