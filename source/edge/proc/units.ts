import { readFileSync } from 'node:fs';

export type KernelUnits = { readonly ticksPerSecond: number; readonly pageBytes: number };

/**
In what /proc/PID/stat counts time and memory. The kernel tells each process in its auxiliary vector, getauxval(3):
AT_PAGESZ (6) and AT_CLKTCK (17), pairs of machine words. Where that cannot be read: 100 and 4096, the usual values.
*/
export const readUnits = (): KernelUnits => {
  const found = new Map<bigint, bigint>();
  try {
    const words = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= words.length; at += 16)
      found.set(words.readBigUInt64LE(at), words.readBigUInt64LE(at + 8));
  } catch {
    // Not Linux, or a hardened /proc.
  }
  return { ticksPerSecond: Number(found.get(17n) ?? 100n), pageBytes: Number(found.get(6n) ?? 4096n) };
};
