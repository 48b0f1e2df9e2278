import type { Identity } from '../../../source/core/model.ts';

/** What a machine's disk holds; outlives every daemon. Paths are absolute and normal. */
export type DiskNode = {
  readonly kind: 'file' | 'folder';
  bytes: Uint8Array;
  mode: number;
  modifiedAtMs: number;
};

export type Disk = {
  readonly nodes: Map<string, DiskNode>;
  /** Holder of each lock file, by its path. */
  readonly locks: Map<string, { readonly isAlive: () => boolean; readonly identity: Identity }>;
  /** No byte more fits. */
  isFull: boolean;
  /** What an operation takes, drawn anew for each. */
  delayMs: (path: string) => number;
  /** Throws when this operation is to fail; `path` tells which file it is about. */
  trouble: (operation: 'read' | 'write', path: string) => void;
};

export const createDisk = (): Disk => ({
  nodes: new Map([['/', { kind: 'folder', bytes: new Uint8Array(), mode: 0o755, modifiedAtMs: 0 }]]),
  locks: new Map(),
  isFull: false,
  delayMs: () => 0,
  trouble: () => {},
});

/** A service writes into its log, whether or not a daemon lives. */
export const appendTo = (disk: Disk, path: string, text: string, atMs: number): void => {
  const before = disk.nodes.get(path)?.bytes ?? new Uint8Array();
  const bytes = new Uint8Array([...before, ...new TextEncoder().encode(text)]);
  disk.nodes.set(path, { kind: 'file', bytes, mode: 0o600, modifiedAtMs: atMs });
};
