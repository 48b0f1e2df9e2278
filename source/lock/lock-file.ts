import type { Files } from '../ports.ts';
import { emptyLock, type LockDocument, lockText, parseLock } from './document.ts';

/** Where the lock of a stack lies: beside its file (`booty.yaml` → `booty.lock.json`), else in the stack's own folder. */
export const lockPath = (file: string | null, stackRoot: string): string =>
  file === null ? `${stackRoot}/booty.lock.json` : `${file.replace(/\.ya?ml$/, '')}.lock.json`;

/** Reads a lock; an empty one where there is none. Throws LOCK_UNREADABLE. */
export const readLock = async (files: Pick<Files, 'readText'>, path: string): Promise<LockDocument> => {
  const text = await files.readText(path);
  return text === null ? emptyLock : parseLock(text, path);
};

/** Replaces the lock whole, with a project file's mode; nothing is written when nothing changed. */
export const writeLock = async (
  files: Pick<Files, 'readText' | 'writeAtomic'>,
  path: string,
  document: LockDocument,
): Promise<void> => {
  const text = lockText(document);
  if ((await files.readText(path)) !== text) await files.writeAtomic(path, text, 0o644);
};
