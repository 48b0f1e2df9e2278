import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { Archives } from '../../ports.ts';

/** PATH_MAX on Linux: what is longer cannot be made, and would only fill the memory. */
const pathCharactersMax = 4_096;

/** What both readers do with what they meet, so that the rules of safety stand in one place. */
export type Extraction = {
  /** Counts an entry of any kind; throws when there are too many. */
  readonly enter: () => void;
  /** Whether the file is asked for; throws for a path that leads out of the tree. */
  readonly wants: (path: string) => boolean;
  readonly file: (path: string, executable: boolean, body: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Kept for the end, so that nothing is ever written through a link of the archive. */
  readonly link: (path: string, target: string) => void;
  /** An entry that is neither file, folder nor symbolic link. */
  readonly special: (path: string, what: string) => void;
  readonly counted: (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  readonly count: (bytes: number) => void;
  /** Makes the links; throws when a member was not met. */
  readonly finish: () => Promise<void>;
};

export const createExtraction = (
  into: Parameters<Archives['unpack']>[1],
  bounds: Parameters<Archives['unpack']>[2],
  signal: AbortSignal,
): Extraction => {
  const links = new Map<string, string>();
  const met = new Set<string>();
  const folders = new Set<string>();
  let entries = 0;
  let bytes = 0;

  /** Absolute path to write to; null when nobody asked for it. */
  const targetOf = (path: string): string | null => {
    const plain = path.replace(/^(\.\/)+/, '');
    if ('members' in into) return into.members.get(plain) ?? null;
    if (plain.length > pathCharactersMax) throw new Error(`${JSON.stringify(path.slice(0, 60))}… is too long a name`);
    if (isOutside(plain)) throw outside(JSON.stringify(path));
    const rest = plain
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .slice(into.stripLevels);
    return rest.length === 0 ? null : join(into.folder, ...rest);
  };
  const meet = (path: string, target: string): void => {
    if (met.has(target)) throw new Error(`it holds ${JSON.stringify(path)} twice`);
    met.add(target);
  };
  const count = (more: number): void => {
    bytes += more;
    if (bytes > bounds.bytesMax) throw new Error(`it holds more than ${bounds.bytesMax} bytes`);
  };

  /** Once each: an archive may hold tens of thousands of files. */
  const makeFolder = async (path: string): Promise<void> => {
    if (folders.has(path)) return;
    await mkdir(path, { recursive: true, mode: 0o755 });
    folders.add(path);
  };

  /** That two entries cannot both be there is the archive's fault, not the disk's. */
  const placing = async (path: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if ('members' in into || !isClash(error)) throw error;
      throw new Error(`${JSON.stringify(path)} cannot lie among what else it holds`, { cause: error });
    }
  };

  return {
    enter: () => {
      signal.throwIfAborted();
      entries += 1;
      if (entries > bounds.entriesMax) throw new Error(`it holds more than ${bounds.entriesMax} entries`);
    },
    wants: (path) => targetOf(path) !== null,
    file: async (path, executable, body) => {
      const target = targetOf(path);
      if (target === null) return;
      meet(path, target);
      await placing(path, async () => {
        await makeFolder(dirname(target));
        // `wx`: neither another entry nor anything that lies there is ever written through.
        await writeFile(target, body, { flag: 'wx', mode: executable ? 0o755 : 0o644, signal });
      });
    },
    link: (path, pointsTo) => {
      const target = targetOf(path);
      if (target === null) return;
      if ('members' in into) throw new Error(`${path} is a link, not a file`);
      if (pointsTo === '') throw new Error(`the link ${JSON.stringify(path)} leads nowhere`);
      if (pointsTo.length > pathCharactersMax) throw new Error(`the link ${JSON.stringify(path)} is too long`);
      const fromRoot = normalize(join(dirname(target.slice(into.folder.length + 1)), pointsTo));
      if (pointsTo.startsWith('/') || isOutside(fromRoot)) {
        throw outside(`the link ${JSON.stringify(path)}`);
      }
      meet(path, target);
      links.set(target, pointsTo);
    },
    special: (path, what) => {
      if (targetOf(path) !== null) throw new Error(`${JSON.stringify(path)} is a ${what}, not a file`);
    },
    counted: async function* (body) {
      for await (const piece of body) {
        count(piece.length);
        yield piece;
      }
    },
    count,
    finish: async () => {
      if ('members' in into) {
        for (const [path, target] of into.members) if (!met.has(target)) throw new Error(`it holds no ${path}`);
        return;
      }
      if (met.size === 0) throw new Error('it holds nothing');
      for (const [target, pointsTo] of links) {
        const path = target.slice(into.folder.length + 1);
        for (let above = dirname(target); above.length > into.folder.length; above = dirname(above)) {
          // The other one may lead out only through a third, which nobody has looked at yet.
          if (links.has(above)) throw new Error(`the link ${JSON.stringify(path)} lies behind another link`);
        }
        await placing(path, async () => {
          await makeFolder(dirname(target));
          await symlink(pointsTo, target);
        });
      }
      // Once more on the real thing: a link that passes another one may end elsewhere than its words say.
      const root = await realpath(into.folder);
      for (const target of links.keys()) {
        const real = await realpath(target).catch(() => null);
        if (real === null || !`${real}/`.startsWith(`${root}/`))
          throw outside(`the link ${target.slice(root.length + 1)}`);
      }
    },
  };
};

const isClash = (error: unknown): boolean =>
  ['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'EINVAL', 'EILSEQ', 'ELOOP'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );

const isOutside = (path: string): boolean =>
  path.startsWith('/') || path.includes('\0') || path.split('/').includes('..');

const outside = (what: string): Error => new Error(`${what} leads out of the archive`);
