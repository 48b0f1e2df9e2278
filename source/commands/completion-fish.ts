import { optionsOf, valueKind } from './completion-words.ts';
import type { Command, OptionSpec } from './context.ts';

/** The script for fish 3 and newer. */
export const fishCompletion = (commands: readonly Command[]): string =>
  [
    '# Completion of booty for fish. Save it as ~/.config/fish/completions/booty.fish',
    'complete -c booty -f',
    `complete -c booty -n '__fish_is_nth_token 1' -a help -d ${quotedForFish('help about a command')}`,
    ...commands.map(
      ({ name, summary }) => `complete -c booty -n '__fish_is_nth_token 1' -a ${name} -d ${quotedForFish(summary)}`,
    ),
    `complete -c booty -n '__fish_seen_subcommand_from help' -a ${quotedForFish(commands.map(({ name }) => name).join(' '))}`,
    ...commands.flatMap(linesOf),
  ].join('\n');

const linesOf = (command: Command): readonly string[] => {
  const start = `complete -c booty -n '__fish_seen_subcommand_from ${command.name}'`;
  return [
    ...optionsOf(command).map(([name, option]) => `${start} ${optionWords(name, option)}`),
    ...wordLines(command).map((words) => `${start} ${words}`),
  ];
};

const optionWords = (name: string, option: OptionSpec): string => {
  const value = {
    none: '',
    file: ' -r -F',
    stack: " -x -a '(booty __complete stack 2>/dev/null)'",
    text: ' -x',
  }[valueKind(name, option)];
  return `-l ${name}${option.short ? ` -s ${option.short}` : ''}${value} -d ${quotedForFish(option.help)}`;
};

const wordLines = ({ words, wordsBeforeCommand }: Command): readonly string[] => {
  const names = words === 'shell' ? 'bash zsh fish' : `(booty __complete ${words} (commandline -opc)[2..] 2>/dev/null)`;
  return [...(words === undefined ? [] : [`-a '${names}'`]), ...(wordsBeforeCommand === undefined ? [] : ['-F'])];
};

/** Single quotes of fish know two escapes. */
const quotedForFish = (text: string): string => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
