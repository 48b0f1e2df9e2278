import { createHash, randomBytes } from './node-crypto.ts';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from '../core/model.ts';
import type { Files } from '../ports.ts';
import { identityOf, isAlive } from './identity.ts';

const pollMs = 20;

/**
A lock between processes: a file that names its holder as {pid, start, boot, nonce}. It appears whole, by link(2), so
nobody reads half of one. A lock whose holder is dead, a zombie, or of an earlier boot is taken over; of many that race
for it one wins. Asked again by the process that holds it, it says so: the lock is not reentrant.
*/
export const lock: Files['lock'] = async (path, waitMs) => {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const answer = await tryLock(path);
    if ('release' in answer) return answer;
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) return answer;
    await sleep(Math.min(pollMs, leftMs));
  }
};

type Answer = Awaited<ReturnType<Files['lock']>>;

const tryLock = async (path: string): Promise<Answer> => {
  const self = await identityOf(process.pid);
  const nonce = randomBytes(8).toString('hex');
  const text = JSON.stringify({ pid: self?.pid, start: self?.startTicks, boot: self?.bootId, nonce }) + '\n';
  const temporary = `${path}.${nonce}`;
  await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  try {
    for (;;) {
      if (await linked(temporary, path)) return { release: () => release(path, text) };
      const found = await readText(path);
      // Released between the two looks: the way is free, try again.
      if (found === null) continue;
      const holder = holderIn(found);
      if (holder !== null && (await isAlive(holder))) return { heldBy: holder };
      const busy = await takeOver(path, found, temporary);
      if (busy === null) return { release: () => release(path, text) };
      if (busy !== 'changed') return { heldBy: busy };
    }
  } finally {
    await rm(temporary, { force: true });
  }
};

/**
Replaces a dead holder's file. Two that both saw it dead must not both replace it, so who does must first hold a lock
named after the very text that was seen; while it is held, nobody else may touch a `path` with that text, and a look at
`path` under it is final. The same routine serves that second lock, should its holder die in turn.
*/
const takeOver = async (path: string, found: string, temporary: string): Promise<Identity | 'changed' | null> => {
  const right = await tryLock(`${path}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`);
  if ('heldBy' in right) return right.heldBy;
  try {
    if ((await readText(path)) !== found) return 'changed';
    await rename(temporary, path);
    return null;
  } finally {
    await right.release();
  }
};

const release = async (path: string, text: string): Promise<void> => {
  // Only a dead holder's lock changes hands, so what is ours stays ours until here; a second call finds it gone.
  if ((await readText(path)) === text) await rm(path, { force: true });
};

const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const readText = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Null for a text that names nobody, as a power cut leaves it: such a lock counts as its dead holder's. */
const holderIn = (text: string): Identity | null => {
  try {
    const value = JSON.parse(text) as { pid?: unknown; start?: unknown; boot?: unknown } | null;
    if (typeof value?.pid !== 'number' || typeof value.start !== 'string' || typeof value.boot !== 'string')
      return null;
    return { pid: value.pid, startTicks: value.start, bootId: value.boot };
  } catch {
    return null;
  }
};
