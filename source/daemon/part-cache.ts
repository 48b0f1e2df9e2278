import type { LogStorage } from '../ports.ts';

export type PartCache = { readonly bytesOf: (path: string) => Promise<Uint8Array> };

/** Parts kept unpacked, over all logs: enough for one reader of each direction beside a search. */
const partsKeptMax = 3;
/** No part of ours is larger; a damaged one must not fill the memory. */
const partBytesMax = 67_108_864;

/** Unpacked parts, the last few used. Rejects when a part is gone or damaged. */
export const createPartCache = (storage: LogStorage | undefined): PartCache => {
  const unpack = async (path: string): Promise<Uint8Array> => {
    if (storage === undefined) throw new Error(`there is nothing to unpack ${path} with`);
    return storage.unpack(path, partBytesMax);
  };
  const kept = new Map<string, Promise<Uint8Array>>();
  return {
    bytesOf: (path) => {
      const bytes = kept.get(path) ?? unpack(path);
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
