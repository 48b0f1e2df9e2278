import { commands } from '../../source/commands/commands.ts';
import { commandHelp } from '../../source/commands/help.ts';

export const commandsPage = (): readonly string[] => {
  const shown = commands.filter((command) => !command.hidden);
  return [
    '# Commands',
    '',
    'What `booty COMMAND --help` prints.',
    '',
    '| command | |',
    '|---|---|',
    ...shown.map((command) => `| [${command.name}](#${command.name}) | ${command.summary} |`),
    ...shown.flatMap((command) => ['', `## ${command.name}`, '', '```', ...commandHelp(command), '```']),
  ];
};
