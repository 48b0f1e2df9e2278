import { join } from 'node:path';
import { BootyError } from '../core/error.ts';
import type { Files } from '../ports.ts';
import { newestFirst } from '../registry/range.ts';
import { packageFolder, receiptFile, storeFolder, versionFolder } from './layout.ts';
import { isChangedReceipt, parseReceipt, type Receipt } from './receipt.ts';
import type { Installed } from './store.ts';

/** `archive: cannot reach github.com: …`; null when nothing was skipped. */
const reasonFor = ({ skipped = [], source: own, note }: Receipt): string | null =>
  [
    ...skipped.map(({ source, reason }) => `${source}: ${reason}`),
    ...(typeof note === 'string' ? [`${own}: ${note}`] : []),
  ].join('; ') || null;

type Reader = Pick<Files, 'list' | 'readText' | 'stat'>;

/**
Newest usable version of the package within the range; null when there is none. Throws STORE_TAMPERED when a receipt that
could be it was changed: nobody knows what lies there, and to take another version instead would hide it.
*/
export const newestInstalled = async (
  files: Reader,
  home: string,
  packageName: string,
  range: string | null,
): Promise<Installed | null> => {
  const versions = await files.list(packageFolder(home, packageName));
  for (const { version } of newestFirst(
    versions.map((name) => ({ version: name })),
    range,
  )) {
    const installed = await readInstalled(files, home, packageName, version);
    if (installed) return installed;
    const path = receiptFile(versionFolder(home, packageName, version));
    const text = await files.readText(path);
    if (text === null || !isChangedReceipt(text)) continue;
    throw new BootyError('STORE_TAMPERED', { component: packageName, version, path, source: null });
  }
  return null;
};

/** All that is installed, by package and version. */
export const allInstalled = async (files: Reader, home: string): Promise<readonly Installed[]> => {
  const found: Installed[] = [];
  for (const packageName of await files.list(storeFolder(home))) {
    if (packageName.startsWith('.')) continue;
    for (const version of await files.list(packageFolder(home, packageName))) {
      const installed = await readInstalled(files, home, packageName, version);
      if (installed) found.push(installed);
    }
  }
  return found;
};

/** Null when the folder has no readable receipt or lacks one of its executables: it counts as not installed. */
export const readInstalled = async (
  files: Reader,
  home: string,
  packageName: string,
  version: string,
): Promise<Installed | null> => {
  const folder = versionFolder(home, packageName, version);
  const receipt = parseReceipt((await files.readText(receiptFile(folder))) ?? '');
  if (receipt === null || receipt.component !== packageName || receipt.version !== version) return null;
  const executables: Record<string, string> = {};
  for (const [name, { path, sizeBytes, modifiedAtMs }] of Object.entries(receipt.executables)) {
    const file = receipt.source === 'path' ? path : join(folder, path);
    const found = await files.stat(file);
    if (found?.kind !== 'file' || found.sizeBytes === 0) return null;
    // The machine's own packages change below us; then it may be another version.
    if (sizeBytes !== undefined && found.sizeBytes !== sizeBytes) return null;
    if (modifiedAtMs !== undefined && found.modifiedAtMs !== modifiedAtMs) return null;
    executables[name] = file;
  }
  const { component, sourceVersion, source, suite, url, sha256, sizeBytes, others = [] } = receipt;
  const downloads = [{ url, sha256, sizeBytes }, ...others];
  return {
    component,
    version,
    sourceVersion,
    source,
    suite,
    reason: reasonFor(receipt),
    downloads,
    folder,
    executables,
  };
};
