import { join } from 'node:path';
import type { World } from '../ports.ts';
import { lockFile, storeFolder, versionFolder } from './layout.ts';
import { moveFolder } from './move-folder.ts';
import { sizeBelow } from './sizes.ts';
import { asStoreError } from './store-error.ts';
import { makeTemporary } from './temporary.ts';
import { waitForLock } from './wait-for-lock.ts';

/** `Store.remove`: out of its place with one rename, then deleted, so that it is never half there. Throws STORE_NOT_WRITABLE. */
export const remove = async (...[parts, home, ...what]: Parameters<typeof removeVersion>): Promise<number> => {
  try {
    return await removeVersion(parts, home, ...what);
  } catch (error) {
    throw asStoreError(error, home);
  }
};

const removeVersion = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  home: string,
  component: string,
  version: string,
  signal: AbortSignal,
): Promise<number> => {
  const folder = versionFolder(home, component, version);
  if ((await files.stat(folder)) === null) return 0;
  const release = await waitForLock(files, lockFile(home, component), () => undefined, signal);
  try {
    const freedBytes = await sizeBelow(files, folder);
    const temporary = await makeTemporary({ files, host }, home);
    try {
      if ((await files.stat(folder)) !== null) await moveFolder(files, folder, join(temporary, 'old'));
    } finally {
      await files.remove(temporary);
    }
    const parent = join(storeFolder(home), component);
    if ((await files.list(parent)).length === 0) await files.remove(parent);
    return freedBytes;
  } finally {
    await release();
  }
};
