import { join } from 'node:path';
import type { World } from '../../ports.ts';
import type { Registry } from '../../registry/schema.ts';
import { filesBelow } from '../files-below.ts';
import { mirroredPath } from '../sources/archive/mirror.ts';
import { type MirrorDocument, mirrorFile } from './document.ts';
import { readMirrorDocument } from './read-document.ts';

/** What was found in the folder of a mirror. */
export type MirrorCheck = {
  readonly document: MirrorDocument;
  /** Sentences; empty: every file is as it was cloned, and as the registry knows it. */
  readonly problems: readonly string[];
  /** Paths that no package of the mirror is made of; harmless. */
  readonly strays: readonly string[];
};

/**
Reads every file of a mirror again and compares it with the mirror's own document, and archives with the registry as well,
which does not depend on what the mirror says of itself. Signatures of Debian's lists and of Go's database are looked at by
whoever installs from it. Null when the folder is no mirror. Throws MIRROR_UNREADABLE, and what the signal aborts with.
*/
export const checkMirror = async (
  { files }: Pick<World, 'files'>,
  registry: Registry,
  folder: string,
  onFile: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<MirrorCheck | null> => {
  const document = await readMirrorDocument(files, folder);
  if (document === null) return null;
  const known = registryHashes(registry);
  const problems: string[] = [];
  const entries = Object.entries(document.files);
  for (const [index, [path, expected]] of entries.entries()) {
    signal.throwIfAborted();
    const file = join(folder, path);
    const found = await files.stat(file);
    if (found?.kind !== 'file') problems.push(`${path}: ${found === null ? 'is missing' : 'is no file'}`);
    else {
      const sha256 = await files.sha256(file);
      const trusted = known.get(path);
      if (trusted !== undefined && sha256 !== trusted) problems.push(`${path}: is not what the registry names`);
      else if (sha256 !== expected.sha256) problems.push(`${path}: has other bytes than were cloned`);
    }
    onFile(index + 1, entries.length);
  }
  for (const one of document.packages) {
    for (const path of one.files) {
      if (document.files[path] === undefined)
        problems.push(`${one.package} ${one.version}: nothing is known of ${path}`);
    }
  }
  const strays = (await filesBelow(files, folder)).filter(
    (path) => document.files[path] === undefined && path !== mirrorFile && !/^\.booty(\/|-lock)/.test(path),
  );
  return { document, problems, strays };
};

/** Path in a mirror → the hash the registry holds it to. */
const registryHashes = ({ packages }: Registry): ReadonlyMap<string, string> =>
  new Map(
    Object.values(packages)
      .flatMap(({ versions }) => Object.values(versions))
      .flatMap(({ archives }) => archives.flatMap(({ platforms }) => Object.values(platforms)))
      .flatMap((download): [string, string][] =>
        download?.sha256 ? [[mirroredPath(download.url), download.sha256]] : [],
      ),
  );
