import { commands } from './commands.ts';
import type { Command, OptionSpec } from './context.ts';
import { columnsText } from './text.ts';

/** The page of `booty --help`. */
export const overview = (): readonly string[] => [
  'booty: fetch, run, wire and watch a stack of real servers',
  '',
  'usage: booty COMMAND [OPTION…]',
  '',
  ...indent(
    columnsText(
      commands.filter((each) => !each.hidden).map((each) => ({ c: each.name, s: each.summary })),
      ['c', 's'],
    ).slice(1),
  ),
  '',
  'Start with `booty tui` in a folder with a booty.yaml, or `booty tui --stack observe`.',
  'More about one: booty COMMAND --help',
];

/** The page of `booty COMMAND --help`. */
export const commandHelp = (command: Command): readonly string[] => [
  `usage: booty ${command.usage}`,
  '',
  `${command.summary[0]?.toUpperCase() ?? ''}${command.summary.slice(1)}.`,
  ...(command.details.length > 0 ? ['', ...command.details] : []),
  '',
  'options:',
  ...indent(columnsText([...Object.entries(command.options), help].map(optionRow), ['o', 's']).slice(1)),
];

const help: [string, OptionSpec] = ['help', { type: 'boolean', short: 'h', help: 'this page' }];

const optionRow = ([name, option]: readonly [string, OptionSpec]): Readonly<Record<string, string>> => ({
  o: `${option.short ? `-${option.short}, ` : '    '}--${name}${option.value ? ` ${option.value}` : ''}`,
  s: option.help,
});

const indent = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);
