import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes a folder and all below it, also what is read-only for its owner, as version folders of a store are. */
export const removeTree = (path: string): void => {
  openUp(path);
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
};

const openUp = (path: string): void => {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  chmodSync(path, 0o700);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) openUp(join(path, entry.name));
};
