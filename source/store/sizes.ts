import { join } from 'node:path';
import type { Files } from '../ports.ts';

/** Bytes of all files below a path; 0 when nothing is there. Links count as themselves. */
export const sizeBelow = async (files: Pick<Files, 'list' | 'stat'>, path: string): Promise<number> => {
  const found = await files.stat(path);
  if (found?.kind !== 'folder') return found?.sizeBytes ?? 0;
  let bytes = 0;
  for (const name of await files.list(path)) bytes += await sizeBelow(files, join(path, name));
  return bytes;
};
