import { commands } from './commands.ts';
import type { Command, OptionSpec } from './context.ts';
import { helpOption } from './parse-options.ts';
import { columnsText } from './text.ts';

/** The page of `booty --help`. */
export const overview = (): readonly string[] => [
  'booty: fetch, run, wire and watch a stack of real servers',
  '',
  'usage: booty COMMAND [OPTION…]',
  '',
  ...table(commands.filter((each) => !each.hidden).map((each) => [each.name, each.summary])),
  '',
  'Start with `booty tui` in a folder with a booty.yaml, or `booty tui --stack observe`.',
  'More about one: booty COMMAND --help',
];

/** The page of `booty COMMAND --help`. */
export const commandHelp = (command: Command): readonly string[] => [
  `usage: booty ${command.usage}`,
  '',
  `${command.summary[0]?.toUpperCase() ?? ''}${command.summary.slice(1)}.`,
  ...section('', command.details),
  ...section('options:', table([...Object.entries(command.options), ['help', helpOption] as const].map(optionRow))),
  ...section('exit codes:', table(exitCodes(command))),
  ...section('examples:', indent(command.examples ?? [])),
];

/** What every command's exit codes mean where it does not say more. */
const commonExitCodes: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'failed',
  2: 'not called as it has to be, or booty.yaml is not right',
  3: 'no daemon could be reached',
};

const exitCodes = (command: Command): readonly (readonly [string, string])[] =>
  Object.entries({ ...commonExitCodes, ...command.exitCodes });

const optionRow = ([name, option]: readonly [string, OptionSpec]): readonly [string, string] => [
  `${option.short ? `-${option.short}, ` : '    '}--${name}${option.value ? ` ${option.value}` : ''}`,
  option.help,
];

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', ...(title === '' ? [] : [title]), ...lines];

const table = (rows: readonly (readonly [string, string])[]): readonly string[] =>
  indent(
    columnsText(
      rows.map(([name, text]) => ({ name, text })),
      ['name', 'text'],
    ).slice(1),
  );

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
