import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Files } from '../../../source/ports.ts';
import type { Seeded } from '../seeded.ts';
import type { Disk, DiskNode } from './disk.ts';
import type { Lifeline } from './lifeline.ts';

/** The file system of a simulated machine, as one daemon sees it. */
export const createFakeFiles = (
  disk: Disk,
  seeded: Seeded,
  line: Lifeline,
  of: { readonly nowMs: () => number; readonly bootId: () => string },
): Files => {
  const { nodes } = disk;
  const { nowMs } = of;
  const ask = <Answer>(operation: 'read' | 'write', where: string, act: (at: string) => Answer): Promise<Answer> =>
    line.ask(
      () => {
        disk.trouble(operation, where);
        return act(path.resolve(where));
      },
      disk.delayMs(where) + seeded.pick([0, 0, 1]),
    );

  const fileAt = (at: string): DiskNode | null => {
    const node = nodes.get(at) ?? null;
    if (node?.kind === 'folder') throw failure('EISDIR', at);
    return node;
  };
  /** Something new can only be where there is a folder. */
  const mustHaveFolder = (at: string): void => {
    const above = nodes.get(path.dirname(at));
    if (above?.kind === 'file') throw failure('ENOTDIR', at);
    if (!above) throw failure('ENOENT', at);
  };
  const mustBe = (at: string): DiskNode => {
    const node = nodes.get(at);
    if (!node) throw failure('ENOENT', at);
    return node;
  };
  const put = (at: string, bytes: Uint8Array, mode: number): void => {
    if (nodes.get(at)?.kind === 'folder') throw failure('EISDIR', at);
    mustHaveFolder(at);
    if (disk.isFull && bytes.length > 0) throw failure('ENOSPC', at);
    nodes.set(at, { kind: 'file', bytes, mode, modifiedAtMs: nowMs() });
  };
  const makeFolder = (at: string, mode: number): void => {
    const kind = nodes.get(at)?.kind;
    if (kind === 'folder') return;
    if (kind === 'file') throw failure('EEXIST', at);
    if (disk.isFull) throw failure('ENOSPC', at);
    if (nodes.get(path.dirname(at))?.kind === 'file') throw failure('ENOTDIR', at);
    makeFolder(path.dirname(at), mode);
    nodes.set(at, { kind: 'folder', bytes: new Uint8Array(), mode, modifiedAtMs: nowMs() });
  };
  const below = (at: string): readonly string[] => [...nodes.keys()].filter((each) => each.startsWith(`${at}/`));

  return {
    readText: (where) =>
      ask('read', where, (at) => {
        const node = fileAt(at);
        return node && new TextDecoder().decode(node.bytes);
      }),
    readRange: (where, fromByte, lengthBytes) =>
      ask('read', where, (at) => fileAt(at)?.bytes.slice(fromByte, fromByte + lengthBytes) ?? new Uint8Array()),
    writeAtomic: (where, text, mode) => ask('write', where, (at) => put(at, new TextEncoder().encode(text), mode)),
    append: (where, text, mode) =>
      ask('write', where, (at) => {
        const before = fileAt(at);
        const added = typeof text === 'string' ? new TextEncoder().encode(text) : text;
        put(at, Buffer.concat([before?.bytes ?? new Uint8Array(), added]), before?.mode ?? mode);
      }),
    makeFolder: (where, mode) => ask('write', where, (at) => makeFolder(at, mode)),
    makeTemporary: (parent, prefix) =>
      ask('write', parent, (at) => {
        const made = path.join(at, `${prefix}${seeded.roll().toString(36).slice(2)}`);
        mustHaveFolder(made);
        makeFolder(made, 0o700);
        return made;
      }),
    remove: (where) =>
      ask('write', where, (at) => {
        for (const each of [at, ...below(at)]) nodes.delete(each);
        disk.locks.delete(at);
      }),
    rename: (from, to) =>
      ask('write', from, (at) => {
        const node = mustBe(at);
        const target = path.resolve(to);
        mustHaveFolder(target);
        const there = nodes.get(target);
        if (there && there.kind !== node.kind) throw failure(there.kind === 'folder' ? 'EISDIR' : 'ENOTDIR', target);
        if (there && below(target).length > 0) throw failure('ENOTEMPTY', target);
        for (const each of [at, ...below(at)]) {
          const moved = nodes.get(each);
          nodes.delete(each);
          if (moved) nodes.set(target + each.slice(at.length), moved);
        }
      }),
    list: (where) =>
      ask('read', where, (at) =>
        below(at)
          .filter((each) => path.dirname(each) === at)
          .map((each) => path.basename(each))
          .sort(),
      ),
    // Asked of every log ten times a second: a promise is delay enough.
    stat: async (where) => {
      await Promise.resolve();
      if (!line.isAlive()) return new Promise<never>(() => {});
      const node = nodes.get(path.resolve(where));
      if (!node) return null;
      const { kind, mode, modifiedAtMs } = node;
      return { sizeBytes: node.bytes.length, modifiedAtMs, kind, mode, userId: 1000 };
    },
    realPath: (where) =>
      ask('read', where, (at) => {
        mustBe(at);
        return at;
      }),
    chmod: (where, mode) => ask('write', where, (at) => void (mustBe(at).mode = mode)),
    sha256: (where) =>
      ask('read', where, (at) => {
        fileAt(at);
        return createHash('sha256').update(mustBe(at).bytes).digest('hex');
      }),
    freeBytes: (where) => ask('read', where, () => (disk.isFull ? 0 : 1_000_000_000)),
    lock: async (where, waitMs) => {
      const at = path.resolve(where);
      const identity = { pid: line.pid, startTicks: '1', bootId: of.bootId() };
      for (let leftMs = waitMs; ; leftMs -= 20) {
        const holder = await ask('write', where, () => {
          const found = disk.locks.get(at);
          if (found?.isAlive()) return found.identity;
          put(at, new TextEncoder().encode(JSON.stringify(identity)), 0o600);
          disk.locks.set(at, { isAlive: line.isAlive, identity });
          return null;
        });
        if (holder === null) {
          const release = (): Promise<void> =>
            line.ask(() => {
              if (disk.locks.get(at)?.identity !== identity) return;
              disk.locks.delete(at);
              nodes.delete(at);
            });
          return { release };
        }
        if (leftMs <= 0) return { heldBy: holder };
        await new Promise<void>((resolve) => line.after(20, resolve));
      }
    },
  };
};

/** As Node words it. */
const failure = (code: string, at: string): Error => Object.assign(new Error(`${code}: '${at}'`), { code });
