import type { Interface, ReadLineOptions } from 'node:readline';

/** A reader of lines, with node:readline loaded at the first call: few commands read any. */
export const createInterface = (options: ReadLineOptions): Interface =>
  process.getBuiltinModule('node:readline').createInterface(options);
