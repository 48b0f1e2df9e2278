import { createHash, randomBytes } from './node-crypto.ts';
import { createReadStream, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileKind, Files } from '../ports.ts';
import { lock } from './lock.ts';
import { logStorage } from './log-storage.ts';

/**
The machine's files. Paths are absolute. What cannot be done rejects with Node's own error (`code`: EACCES, ENOSPC, …):
only the caller knows what was meant, and wraps it.
*/
export const createFiles = (): Files => ({
  readText: (path) => orWhenAbsent(fs.readFile(path, 'utf8'), null),
  readRange,
  writeAtomic,
  append: async (path, text, mode) => fs.appendFile(path, text, { mode }),
  makeFolder: async (path, mode) => {
    // Node answers with the first folder it made, or with nothing when all were there: those keep their modes.
    if ((await fs.mkdir(path, { recursive: true, mode })) !== undefined) await fs.chmod(path, mode);
  },
  makeTemporary: (parent, prefix) => fs.mkdtemp(join(parent, prefix)),
  remove,
  rename: (from, to) => fs.rename(from, to),
  list: async (path) => {
    const names: string[] = await orWhenAbsent(fs.readdir(path), []);
    return names.sort((one, other) => (one < other ? -1 : 1));
  },
  stat: async (path) => {
    const stats = await orWhenAbsent(fs.lstat(path), null);
    if (stats === null) return null;
    return {
      sizeBytes: stats.size,
      modifiedAtMs: stats.mtimeMs,
      kind: kindOf(stats),
      mode: stats.mode & 0o7777,
      userId: stats.uid,
      // The time of the inode's last change cannot be set by anybody but the clock.
      mark: [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' '),
    };
  },
  realPath: (path) => fs.realpath(path),
  chmod: (path, mode) => fs.chmod(path, mode),
  sha256: async (path) => {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: 1_048_576 }), hash);
    return hash.digest('hex');
  },
  freeBytes,
  logStorage,
  lock,
});

/** Settles with `instead` when nothing is there; any other failure stays one. */
const orWhenAbsent = async <Value, Instead>(wanted: Promise<Value>, instead: Instead): Promise<Value | Instead> => {
  try {
    return await wanted;
  } catch (error) {
    if (isAbsence(error)) return instead;
    throw error;
  }
};

const isAbsence = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

const readRange: Files['readRange'] = async (path, fromByte, lengthBytes, into) => {
  const handle = await orWhenAbsent(fs.open(path, 'r'), null);
  if (handle === null) return new Uint8Array();
  try {
    const bytes = into ?? new Uint8Array(lengthBytes);
    const wantedBytes = Math.min(lengthBytes, bytes.length);
    let done = 0;
    while (done < wantedBytes) {
      const { bytesRead } = await handle.read(bytes, done, wantedBytes - done, fromByte + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await handle.close();
  }
};

/** Not synced to the disk: a power cut may cost the newest write, as it ends every process the files speak of. */
const writeAtomic: Files['writeAtomic'] = async (path, text, mode) => {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await fs.open(temporary, 'wx', mode);
    try {
      await handle.chmod(mode);
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
};

const remove: Files['remove'] = async (path) => {
  try {
    await fs.rm(path, { recursive: true, force: true });
  } catch (error) {
    if (isAbsence(error)) return;
    if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    // What lies in the store is read-only, folders too, and from such a folder nobody but root may delete.
    await openUp(path);
    await fs.rm(path, { recursive: true, force: true });
  }
};

/** What failed may still be deleting elsewhere in the tree: what is gone by then needs no opening. */
const openUp = async (path: string): Promise<void> => {
  if ((await orWhenAbsent(fs.lstat(path), null))?.isDirectory() !== true) return;
  await orWhenAbsent(fs.chmod(path, 0o700), undefined);
  for (const name of await orWhenAbsent(fs.readdir(path), [])) await openUp(join(path, name));
};

const kindOf = (stats: Stats): FileKind => {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'link';
  return stats.isSocket() ? 'socket' : 'other';
};

/** A path that does not exist yet is answered for the nearest folder above it. */
const freeBytes: Files['freeBytes'] = async (path) => {
  const found = await orWhenAbsent(fs.statfs(path), null);
  if (found !== null) return found.bavail * found.bsize;
  return freeBytes(dirname(path));
};
