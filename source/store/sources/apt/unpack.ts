import { join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import type { Pick as Picked } from '../source.ts';
import type { Tree } from './tree.ts';

/**
Unpacks verified .debs into one folder and finds the package's executables in it. Throws STORE_PACKAGE_BROKEN when dpkg-deb fails (a full
disk, say), one is missing, or one turns out to be a link that leads out of the package.
*/
export const unpack = async (
  files: World['files'],
  tree: Tree,
  pick: Picked,
  debs: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> => {
  const broken = (found: string): BootyError =>
    new BootyError('STORE_PACKAGE_BROKEN', {
      component: pick.package,
      sourceVersion: pick.candidate.sourceVersion,
      found,
    });
  for (const deb of debs) {
    const result = await tree.runPlain(['dpkg-deb', '-x', deb, folder], signal);
    if (result.code !== 0) throw broken(result.stderr.trim().split('\n')[0] || `dpkg-deb ended with ${result.code}`);
  }

  const root = await files.realPath(folder);
  const found: Record<string, string> = {};
  for (const [name, path] of Object.entries(pick.entry.apt?.executables ?? {})) {
    const at = join(folder, path);
    if (!(await files.stat(at))) throw broken(`it holds no ${path}`);
    const real = await files.realPath(at).catch(() => null);
    if (real === null || !real.startsWith(`${root}/`)) throw broken(`${path} leads out of the package`);
    if ((await files.stat(real))?.kind !== 'file') throw broken(`${path} is no file`);
    found[name] = real;
  }
  return found;
};
