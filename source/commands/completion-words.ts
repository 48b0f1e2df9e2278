import type { Command, OptionSpec } from './context.ts';
import { helpOption } from './parse-options.ts';

/** A command's options with the one all have. */
export const optionsOf = (command: Command): readonly (readonly [string, OptionSpec])[] =>
  Object.entries({ ...command.options, help: helpOption });

/** What the value of an option is. */
export const valueKind = (name: string, option: OptionSpec): 'none' | 'file' | 'stack' | 'text' => {
  if (option.type === 'boolean') return 'none';
  if (option.value === 'FILE') return 'file';
  return name === 'stack' ? 'stack' : 'text';
};

/** For single quotes, in any shell: `it's` → `it'\''s`. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
