import { dirname } from 'node:path';
import { BootyError, reasonOf } from '../core/error.ts';

/** What the file system refused, in words that name BOOTY_HOME; anything else stays what it is. */
export const asStoreError = (thrown: unknown, home: string): Error => {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  if (thrown instanceof BootyError)
    return isFullDisk(thrown) ? noSpace(placeIn(thrown.message) ?? home, thrown) : thrown;
  if (!('syscall' in thrown)) return thrown;
  if ('code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')) return noSpace(home, thrown);
  return new BootyError('STORE_NOT_WRITABLE', { path: home, found: reasonOf(thrown) }, { cause: thrown });
};

const noSpace = (path: string, cause: Error): BootyError =>
  new BootyError('STORE_NO_SPACE', { path, neededBytes: null, freeBytes: null }, { cause });

/** As apt, tar and go say it, whatever they were about: no other source or version would fare better. */
const isFullDisk = ({ code, message }: BootyError): boolean =>
  code !== 'STORE_NO_SPACE' && /no space left on device|wrote only \d+ of \d+ bytes|disk quota exceeded/i.test(message);

/** Go has its own folders, on another disk perhaps, and names the file. */
const placeIn = (message: string): string | null => {
  const [, file] = /\bwrite (\/[^:\s]+): no space/.exec(message) ?? [];
  return file === undefined ? null : dirname(file);
};
