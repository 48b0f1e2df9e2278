import type { LogStorage } from '../ports.ts';

export type PartCache = {
  /** Rejects when the part holds more bytes than that. */
  readonly bytesOf: (path: string, lengthBytes: number) => Promise<Uint8Array>;
};

/** Parts kept unpacked, over all logs: enough for one reader of each direction beside a search. */
const partsKeptMax = 2;

/** Unpacked parts, the last few used. Rejects when a part is gone or damaged. */
export const createPartCache = (storage: LogStorage | undefined): PartCache => {
  const unpack = async (path: string, lengthBytes: number): Promise<Uint8Array> => {
    if (storage === undefined) throw new Error(`there is nothing to unpack ${path} with`);
    return storage.unpack(path, lengthBytes);
  };
  const kept = new Map<string, Promise<Uint8Array>>();
  return {
    bytesOf: (path, lengthBytes) => {
      const bytes = kept.get(path) ?? unpack(path, lengthBytes);
      kept.delete(path);
      kept.set(path, bytes);
      bytes.catch(() => kept.delete(path));
      for (const oldest of kept.keys()) {
        if (kept.size <= partsKeptMax) break;
        kept.delete(oldest);
      }
      return bytes;
    },
  };
};
