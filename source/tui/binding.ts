import type { Command } from './command.ts';

export const modes = [
  'table',
  'log',
  'events',
  'logs',
  'fetch',
  'doctor',
  'upgrades',
  'history',
  'search',
  'help',
  'leave',
  'confirm',
  'name',
  'plan',
  'palette',
  'stopping',
  'waiting',
  'lost',
  'chooser',
  'stacks',
] as const;
/** What the keys act on just now; exactly one at a time. */
export type Mode = (typeof modes)[number];

export type Binding = {
  readonly command: Command;
  readonly keys: readonly string[];
  readonly modes: readonly Mode[];
  /** For the help. */
  readonly help: string;
  /** For the hint line, in its order; null keeps it out of there. The view may say more fitting words. */
  readonly hint: string | null;
};
