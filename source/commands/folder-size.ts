import type { Files } from '../ports.ts';

/** Bytes of all files at and below a path, links counted as themselves; 0 when nothing is there or may be seen. */
export const folderSize = async (files: Pick<Files, 'list' | 'stat'>, path: string): Promise<number> => {
  const found = await files.stat(path).catch(() => null);
  if (found === null) return 0;
  if (found.kind !== 'folder') return found.sizeBytes;
  const names = await files.list(path).catch(() => []);
  let bytes = 0;
  // One after the other: a data folder may hold a hundred thousand files.
  for (const name of names) bytes += await folderSize(files, `${path}/${name}`);
  return bytes;
};
