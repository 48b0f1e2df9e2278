import type { Files } from '../ports.ts';

/** A log as one run of bytes, whatever it is made of; what a line's offset counts in. */
export type LogBytes = {
  /** First byte that is still there, and the byte after the last one. */
  readonly span: () => Promise<{ readonly fromByte: number; readonly endByte: number }>;
  /**
  Part of it; shorter at its end, empty where nothing is there any more. Where `into` is given, of that length, the bytes
  may lie in it: whoever reads much in many pieces need not have new memory for each.
  */
  readonly read: (fromByte: number, lengthBytes: number, into?: Uint8Array) => Promise<Uint8Array>;
};

/** A log that is one file. */
export const plainLog = (files: Pick<Files, 'stat' | 'readRange'>, path: string): LogBytes => ({
  span: async () => ({ fromByte: 0, endByte: (await files.stat(path))?.sizeBytes ?? 0 }),
  read: (fromByte, lengthBytes, into) => files.readRange(path, fromByte, lengthBytes, into),
});
