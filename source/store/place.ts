import { join } from 'node:path';
import { BootyError } from '../core/error.ts';
import type { World } from '../ports.ts';
import { readInstalled } from './installed.ts';
import { packageFolder, receiptFile, versionFolder } from './layout.ts';
import type { Receipt } from './receipt.ts';
import type { Fetched, Pick as Picked } from './sources/source.ts';
import type { Installed } from './store.ts';

/**
Makes a folder of the fetched files, read-only and with its receipt, and moves it into the store with one rename: at any
moment there is the old state or the new one. The package's lock must be held. Permissions are set anew, so a setuid
bit does not survive; folders stay writable for their owner, so that he can delete them.
*/
export const place = async (
  { files, clock }: Pick<World, 'files' | 'clock'>,
  { home, temporary, source }: { readonly home: string; readonly temporary: string; readonly source: string },
  pick: Picked,
  fetched: Fetched,
): Promise<Installed> => {
  const { version, sourceVersion, suite } = pick.candidate;
  const tree = await files.makeTemporary(temporary, 'tree-');
  const executables: Record<string, { path: string; sha256: string }> = {};
  await files.makeFolder(join(tree, 'bin'), 0o755);
  for (const name of pick.entry.executables) {
    const from = fetched.files[name];
    if (from === undefined) throw broken(pick, `it holds no ${name}`);
    const path = join('bin', name);
    await files.rename(from, join(tree, path));
    await files.chmod(join(tree, path), 0o555);
    executables[name] = { path, sha256: await files.sha256(join(tree, path)) };
  }
  const receipt: Receipt = {
    schemaVersion: 1,
    component: pick.package,
    version,
    sourceVersion,
    source,
    suite,
    url: fetched.url,
    sha256: fetched.sha256,
    sizeBytes: fetched.sizeBytes,
    executables,
    licence: pick.entry.licence,
    installedAt: new Date(clock.nowMs()).toISOString(),
  };
  await files.writeAtomic(receiptFile(tree), `${JSON.stringify(receipt, null, 2)}\n`, 0o444);
  await files.chmod(tree, 0o755);

  const target = versionFolder(home, pick.package, version);
  await files.makeFolder(packageFolder(home, pick.package), 0o755);
  // What lies there is no usable installation, or nobody would install: somebody deleted parts of it by hand.
  if (await files.stat(target)) await files.rename(target, join(await files.makeTemporary(temporary, 'old-'), 'old'));
  await files.rename(tree, target);

  const installed = await readInstalled(files, home, pick.package, version);
  if (installed === null) throw broken(pick, `it is not to be found at ${target} after it was put there`);
  return installed;
};

const broken = (pick: Picked, found: string): BootyError =>
  new BootyError('STORE_PACKAGE_BROKEN', {
    component: pick.package,
    sourceVersion: pick.candidate.sourceVersion,
    found,
  });
