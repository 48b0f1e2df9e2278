import { dirname, join } from 'node:path';
import { BootyError } from '../../../core/error.ts';
import type { World } from '../../../ports.ts';
import type { MirroredFile, MirroredSuite } from '../../mirror/document.ts';
import type { MirrorFolder } from '../source.ts';
import { parseTargets, targetFormat, type Target } from './parse.ts';
import type { Tree } from './tree.ts';

/** Where apt itself keeps its helper: it is no command for people, and not on PATH. */
const aptHelper = '/usr/lib/apt/apt-helper';

/** A list of packages that a tree has read. */
export type List = Target & {
  /** Name of the folder of its archive in a mirror: `debian-security`. */
  readonly archive: string;
  /** Where apt keeps its signed Release file. */
  readonly releaseFile: string;
  /** URL of the list, without the ending of how it is packed. */
  readonly url: string;
};

/** The lists a tree has read. The tree's lock must be held. */
export const readLists = async (tree: Tree, signal: AbortSignal): Promise<readonly List[]> => {
  const format = `${targetFormat}\t$(FILENAME)\t$(URI)`;
  const { stdout } = await tree.run(['apt-get', 'indextargets', '--format', format], { signal });
  return stdout.split('\n').flatMap((line) => {
    const [target] = parseTargets(line);
    const [file = '', url = ''] = line.split('\t').slice(-2);
    if (target === undefined || file === '') return [];
    const archive =
      target.uri
        .replace(/\/$/, '')
        .split('/')
        .at(-1)
        ?.replaceAll(/[^\w.+-]/g, '-') || 'archive';
    const tail = `_${target.component}_binary-${target.architecture}_Packages`;
    const releaseFile = `${file.slice(0, file.lastIndexOf(tail))}_InRelease`;
    return [{ ...target, archive, releaseFile, url }];
  });
};

/**
Puts a suite's signed Release file and its list of packages into a mirror: the very bytes, by the hash the Release file
names. Throws STORE_SOURCE_FAILED.
*/
export const copySuite = async (
  { files }: Pick<World, 'files'>,
  tree: Tree,
  list: List,
  into: MirrorFolder,
  signal: AbortSignal,
): Promise<{ readonly suite: MirroredSuite; readonly files: Readonly<Record<string, MirroredFile>> }> => {
  const failed = (found: string): BootyError =>
    new BootyError('STORE_SOURCE_FAILED', { source: 'apt', doing: `copying the lists of ${list.release}`, found });
  const release = await files.readText(list.releaseFile);
  if (release === null) throw failed('apt keeps no InRelease file of it');
  const inner = `${list.component}/binary-${list.architecture}/Packages`;
  const packed = ['.xz', '.gz', ''].flatMap((ending) => {
    const found = hashIn(release, `${inner}${ending}`);
    return found === null ? [] : [{ ...found, ending }];
  })[0];
  if (packed === undefined) throw failed(`its Release file names no ${inner}`);

  const folder = join('apt', list.archive, 'dists', list.release);
  const listPath = join(folder, `${inner}${packed.ending}`);
  const target = join(into.folder, listPath);
  if ((await files.stat(target))?.kind !== 'file' || (await files.sha256(target)) !== packed.sha256) {
    const byHash = `${list.url.slice(0, -'Packages'.length)}by-hash/SHA256/${packed.sha256}`;
    const url = /^Acquire-By-Hash: yes$/m.test(release) ? byHash : `${list.url}${packed.ending}`;
    const file = join(await files.makeTemporary(into.work, 'list-'), 'Packages');
    const result = await tree.run([aptHelper, 'download-file', url, file, `SHA256:${packed.sha256}`], { signal });
    if (result.code !== 0) throw failed(result.stderr.trim().split('\n').at(-1) || 'apt-helper failed');
    await files.makeFolder(dirname(target), 0o755);
    await files.chmod(file, 0o644);
    await files.rename(file, target);
  }
  const releasePath = join(folder, 'InRelease');
  await files.writeAtomic(join(into.folder, releasePath), release, 0o644);
  const sizeBytes = Buffer.byteLength(release);
  const { component, architecture, origin, codename } = list;
  return {
    suite: { path: join('apt', list.archive), release: list.release, component, architecture, origin, codename },
    files: {
      [listPath]: { sha256: packed.sha256, sizeBytes: packed.sizeBytes },
      [releasePath]: { sha256: await files.sha256(join(into.folder, releasePath)), sizeBytes },
    },
  };
};

/** What the SHA256 part of a Release file says of one of its files (deb-src(5) calls it an index). */
const hashIn = (release: string, name: string): MirroredFile | null => {
  const part = /^SHA256:\n((?: .*\n?)+)/m.exec(release)?.[1] ?? '';
  for (const line of part.split('\n')) {
    const [sha256 = '', size = '', path] = line.trim().split(/\s+/);
    if (path === name) return { sha256, sizeBytes: Number(size) };
  }
  return null;
};
