import { join } from 'node:path';
import type { Files } from '../ports.ts';

/** Paths of all regular files at any depth below a folder, relative to it; links are not followed. */
export const filesBelow = async (
  files: Pick<Files, 'list' | 'stat'>,
  root: string,
  folder = '',
): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await files.list(join(root, folder))) {
    const path = join(folder, name);
    const kind = (await files.stat(join(root, path)))?.kind;
    if (kind === 'file') found.push(path);
    else if (kind === 'folder') found.push(...(await filesBelow(files, root, path)));
  }
  return found;
};
