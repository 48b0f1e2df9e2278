import { readFile, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../core/limits.ts';
import type { Identity } from '../core/model.ts';
import type { Launch } from '../ports.ts';
import { isAlive } from './identity.ts';
import type { Hold } from './rung.ts';
import { signalName } from './send.ts';
import { parseStatusFile } from './shim.ts';
import { endPollMs, type Shim } from './shim-process.ts';

/** A service from its start until its end has been announced. */
export type Running = {
  readonly launch: Pick<Launch, 'service' | 'statusFile' | 'stopScope'>;
  readonly shim: Shim;
  readonly hold: Hold;
  /** The service's own; null in the moments before it is known. */
  identity: Identity | null;
  /** Booty has sent SIGKILL. */
  killed: boolean;
};

export type End = { readonly code: number | null; readonly signal: string | null };

/** Service and shim that end this close together were ended together; a busy machine is slow to show it. */
const togetherMs = 500;

/**
Waits until the service itself has ended. The shim's end is not the service's: when the shim was killed and the service
was not, that very process is watched. Its code is what the shim reported or wrote down; where there is nothing, SIGKILL
when booty sent it or when it ended the shim at the same time, and otherwise the end is unknown (both null).
*/
export const serviceEnd = async (running: Running): Promise<End> => {
  const reported = await running.shim.serviceEnded;
  return reported === null ? watchEnd(running) : endOf(reported);
};

const watchEnd = async (running: Running): Promise<End> => {
  const { shim, launch } = running;
  let shimEndedMs: number | null = null;
  void shim.ended.then(() => (shimEndedMs = performance.now()));
  // Not being able to look is no sign of death.
  while (running.identity !== null && (await isAlive(running.identity).catch(() => true))) await pause(endPollMs);
  const endedMs = performance.now();
  // A living shim writes the status at once; one that is dead may have done so before.
  for (;;) {
    const shimIsDead = shimEndedMs !== null;
    const written = await readStatus(launch.statusFile);
    if (written !== null) return endOf(written);
    if (shimIsDead || performance.now() - endedMs > limits.drainTimeoutMs) break;
    await pause(endPollMs);
  }
  const together = shimEndedMs !== null && Math.abs(endedMs - shimEndedMs) < togetherMs;
  return { code: null, signal: running.killed || together ? 'SIGKILL' : null };
};

/**
Clears up after the service: kills what it left behind (not with scope `process`, where that is meant to live on), then
waits for its log to drain, no longer than limits.drainTimeoutMs. A wrapper such as `sh` often ends before the server it
wraps: members that were asked to end along with it and are about to may finish, for limits.stragglerGraceMs or until
`kill`. Resolves with how many were left.
*/
export const clearUp = async (running: Running): Promise<number> => {
  const { hold } = running;
  if (running.launch.stopScope === 'process') {
    running.shim.letGo();
    await drained(running);
    return hold.members().length;
  }
  const endingMs = performance.now();
  while (!running.killed && hold.isEnding() && performance.now() - endingMs < limits.stragglerGraceMs) {
    await pause(endPollMs);
  }
  const { killed, left } = await hold.sweep();
  await drained(running);
  hold.endHelpers();
  return killed.filter((pid) => pid !== running.identity?.pid).length + left;
};

const drained = async ({ hold, shim }: Running): Promise<void> => {
  const deadlineMs = performance.now() + limits.drainTimeoutMs;
  await Promise.race([shim.ended, pause(limits.drainTimeoutMs, null, { ref: false })]);
  // A shim that was killed leaves its cat to finish alone.
  while (hold.hasHelpers() && performance.now() < deadlineMs) await pause(endPollMs);
};

/** sh gives 128 + n for the end by signal n; a service that itself exits with such a code cannot be told apart. */
const endOf = (code: number): End => {
  const signal = code > 128 ? signalName(code - 128) : null;
  return signal === null ? { code, signal: null } : { code: null, signal };
};

/** What the shim wrote down about an end that nobody saw; both null, and no time, when it could not. */
const writtenEnd = async (statusFile: string): Promise<End & { readonly atMs?: number }> => {
  const code = await readStatus(statusFile);
  if (code === null) return { code: null, signal: null };
  return { ...endOf(code), atMs: Math.round((await stat(statusFile)).mtimeMs) };
};

/**
What a shim writes down of an end that nobody saw; one that lives has yet to do so, and is waited for, for at most
limits.drainTimeoutMs.
*/
export const settledEnd = async (statusFile: string, shim: Identity): ReturnType<typeof writtenEnd> => {
  const deadlineMs = performance.now() + limits.drainTimeoutMs;
  for (;;) {
    const isShimAlive = await isAlive(shim);
    const end = await writtenEnd(statusFile);
    const isKnown = end.code !== null || end.signal !== null;
    if (isKnown || !isShimAlive || performance.now() > deadlineMs) return end;
    await pause(endPollMs);
  }
};

const readStatus = async (path: string): Promise<number | null> => {
  try {
    return parseStatusFile(await readFile(path, 'utf8'));
  } catch {
    // Never written: shim and service ended by SIGKILL.
    return null;
  }
};
