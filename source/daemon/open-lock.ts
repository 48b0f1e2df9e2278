import type { UpRequest } from '../api/protocol.ts';
import { lockPath } from '../lock/lock-file.ts';
import type { Held } from './held.ts';
import type { Supervisor } from './supervisor.ts';

/** Reads the lock of a definition, as `LockBook.open`; `runs` tells which version of a service is to stay. */
export const openLock = (
  { lock, root }: Supervisor,
  { assembled, definition }: Held,
  request: UpRequest,
  runs: (service: string) => string | null = () => null,
): Promise<readonly string[]> => {
  const names = request.definition.services.map(({ name }) => name);
  return lock.open(lockPath(definition.file, root), assembled.binaries, names, request.frozen ?? false, runs);
};
