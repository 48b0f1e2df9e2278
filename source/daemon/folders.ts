import { BootyError, reasonOf } from '../core/error.ts';
import type { StackPaths } from '../core/paths.ts';
import type { Files } from '../ports.ts';

/**
Makes the folders of a stack, all of them this user's alone (0700). Throws FOLDER_UNUSABLE when one cannot be made or
written, or when the socket's folder in a shared place belongs to somebody else. Idempotent.
*/
export const prepareFolders = async (files: Files, paths: StackPaths, userId: number): Promise<void> => {
  for (const path of [paths.home, paths.root, paths.run, paths.data, paths.config, paths.logs, paths.socketFolder]) {
    try {
      await files.makeFolder(path, 0o700);
    } catch (error) {
      throw new BootyError('FOLDER_UNUSABLE', { path, why: reasonOf(error) }, { cause: error });
    }
  }
  const found = await files.stat(paths.socketFolder);
  const shared = found !== null && ((found.mode & 0o077) !== 0 || found.userId !== userId);
  if (!shared) return;
  throw new BootyError('FOLDER_UNUSABLE', { path: paths.socketFolder, why: 'other users may write there' });
};
