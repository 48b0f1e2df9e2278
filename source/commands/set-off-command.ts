import { parseArgs } from 'node:util';
import type { Command } from './context.ts';
import { parseOptions } from './parse-options.ts';

/**
Puts `--` in front of another command among the words, for those commands that take one and people who left it out:
`exec web ls -l` → `exec web -- ls -l`, `x vmctl --version` → `x vmctl -- --version`. Own options thus come first. The
words stay as they are when `--` stands there already or nothing follows.
*/
export const setOffCommand = (command: Command, words: readonly string[]): readonly string[] => {
  const { wordsBeforeCommand: before } = command;
  if (before === undefined) return words;
  const { tokens } = parseArgs({
    args: [...words],
    options: parseOptions(command),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const places = tokens.filter((token) => token.kind === 'positional').map((token) => token.index);
  const terminator = tokens.find((token) => token.kind === 'option-terminator')?.index;
  if (terminator !== undefined && terminator < (places[before] ?? Number.POSITIVE_INFINITY)) return words;
  const place = before === 0 ? places[0] : (places[before - 1] ?? Number.NaN) + 1;
  if (place === undefined || Number.isNaN(place) || place >= words.length) return words;
  return [...words.slice(0, place), '--', ...words.slice(place)];
};
