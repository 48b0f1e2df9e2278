import type { Files } from '../ports.ts';

/**
Renames a folder into another one. Its owner must be able to write in it meanwhile, as its `..` changes (rename(2)); a
version folder is closed afterwards by whoever put it there.
*/
export const moveFolder = async (files: Pick<Files, 'chmod' | 'rename'>, from: string, to: string): Promise<void> => {
  await files.chmod(from, 0o755);
  await files.rename(from, to);
};
