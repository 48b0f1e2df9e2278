import { BootyError } from '../core/error.ts';
import type { Files } from '../ports.ts';
import { receiptFile } from './layout.ts';
import { parseReceipt } from './receipt.ts';
import type { Installed } from './store.ts';

/** Resolves when an installed version still is what was installed. Throws STORE_TAMPERED. */
export type Soundness = (installed: Installed) => Promise<void>;

/**
Looks at executables before they run: by the mark the file system gave each when it was hashed, and only where that is
another one by its hash. So it costs a look, not a reading; what was hashed once is remembered. A version folder that its
owner may write in, as a kill at the last step of its installation leaves it, is closed in passing.
*/
export const createSoundness = (files: Pick<Files, 'readText' | 'stat' | 'sha256' | 'chmod'>): Soundness => {
  const hashed = new Map<string, string>();
  return async ({ component, version, folder, executables, source }) => {
    const tampered = (path: string): BootyError =>
      new BootyError('STORE_TAMPERED', { component, version, path, source });
    const receipt = parseReceipt((await files.readText(receiptFile(folder))) ?? '');
    if (receipt === null) throw tampered(receiptFile(folder));
    for (const [name, path] of Object.entries(executables)) {
      const known = receipt.executables[name];
      const mark = (await files.stat(path))?.mark ?? null;
      if (mark !== null && (mark === known?.mark || mark === hashed.get(path))) continue;
      if ((await files.sha256(path).catch(() => null)) !== known?.sha256) throw tampered(path);
      if (mark !== null) hashed.set(path, mark);
    }
    const mode = (await files.stat(folder))?.mode ?? 0;
    // On a disk that is mounted read-only there is nothing to close.
    if ((mode & 0o222) !== 0) await files.chmod(folder, mode & 0o555).catch(() => undefined);
  };
};
