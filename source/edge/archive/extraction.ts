import { createWriteStream } from 'node:fs';
import { mkdir, realpath, symlink } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Archives } from '../../ports.ts';

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
  let entries = 0;
  let bytes = 0;

  /** Absolute path to write to; null when nobody asked for it. */
  const targetOf = (path: string): string | null => {
    const plain = path.replace(/^(\.\/)+/, '');
    if ('members' in into) return into.members.get(plain) ?? null;
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
      await mkdir(dirname(target), { recursive: true, mode: 0o755 });
      // `wx`: neither another entry nor anything that lies there is ever written through.
      await pipeline(body, createWriteStream(target, { flags: 'wx', mode: executable ? 0o755 : 0o644 }), { signal });
    },
    link: (path, pointsTo) => {
      const target = targetOf(path);
      if (target === null) return;
      if ('members' in into) throw new Error(`${path} is a link, not a file`);
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
      for (const [target, pointsTo] of links) {
        await mkdir(dirname(target), { recursive: true, mode: 0o755 });
        await symlink(pointsTo, target);
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

const isOutside = (path: string): boolean =>
  path.startsWith('/') || path.includes('\0') || path.split('/').includes('..');

const outside = (what: string): Error => new Error(`${what} leads out of the archive`);
