import type { ParseArgsOptionsConfig } from 'node:util';
import type { Command, OptionSpec } from './context.ts';

/** Every command has it. */
export const helpOption: OptionSpec = { type: 'boolean', short: 'h', help: 'this page' };

/** A command's options in the form parseArgs takes. */
export const parseOptions = (command: Command): ParseArgsOptionsConfig =>
  Object.fromEntries(
    Object.entries({ ...command.options, help: helpOption }).map(([name, { type, short }]) => [
      name,
      { type, ...(short ? { short } : {}) },
    ]),
  );
