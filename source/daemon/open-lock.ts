import type { UpRequest } from '../api/protocol.ts';
import { lockPath } from '../lock/lock-file.ts';
import type { Held } from './held.ts';
import type { Supervisor } from './supervisor.ts';

/** Reads the lock of a definition, as `LockBook.open`. */
export const openLock = (
  { lock, root }: Supervisor,
  { assembled, definition }: Held,
  request: UpRequest,
): Promise<readonly string[]> => {
  const names = request.definition.services.map(({ name }) => name);
  return lock.open(lockPath(definition.file, root), assembled.binaries, names, request.frozen ?? false);
};
