import type { LogStorage } from '../ports.ts';
import { freeMemory } from './free-memory.ts';

export type PartCache = {
  /**
  Bytes of a part from there on, copied into memory of the caller's or into new memory. `partBytes` is what the part holds;
  rejects when it holds more, is gone or is damaged.
  */
  readonly read: (
    part: { readonly path: string; readonly partBytes: number },
    range: { readonly fromByte: number; readonly lengthBytes: number },
    into?: Uint8Array,
  ) => Promise<Uint8Array>;
};

/** Parts kept unpacked, over all logs: enough for one reader of each direction beside a search. */
const partsKeptMax = 2;

type Kept = { readonly bytes: Promise<Uint8Array>; readers: number; isKept: boolean };

/** Unpacked parts, the last few used; the memory of others is given back as soon as nobody copies from it. */
export const createPartCache = (storage: LogStorage | undefined): PartCache => {
  const unpack = async (path: string, lengthBytes: number): Promise<Uint8Array> => {
    if (storage === undefined) throw new Error(`there is nothing to unpack ${path} with`);
    return storage.unpack(path, lengthBytes);
  };
  const parts = new Map<string, Kept>();

  const drop = (path: string, part: Kept): void => {
    if (parts.get(path) === part) parts.delete(path);
    part.isKept = false;
    freeWhenUnused(part);
  };
  const freeWhenUnused = (part: Kept): void => {
    if (!part.isKept && part.readers === 0) void part.bytes.then(freeMemory, () => {});
  };

  return {
    read: async ({ path, partBytes }, { fromByte, lengthBytes }, into) => {
      const part = parts.get(path) ?? { bytes: unpack(path, partBytes), readers: 0, isKept: true };
      parts.delete(path);
      parts.set(path, part);
      part.readers += 1;
      for (const [oldest, other] of parts) {
        if (parts.size <= partsKeptMax) break;
        drop(oldest, other);
      }
      try {
        const bytes = await part.bytes;
        const wanted = bytes.subarray(fromByte, Math.min(bytes.length, fromByte + lengthBytes));
        if (into === undefined || into.length < wanted.length) return new Uint8Array(wanted);
        into.set(wanted);
        return into.subarray(0, wanted.length);
      } catch (error) {
        drop(path, part);
        throw error;
      } finally {
        part.readers -= 1;
        freeWhenUnused(part);
      }
    },
  };
};
