import { modes, type Mode } from '../../source/tui/binding.ts';
import { keymap } from '../../source/tui/keymap.ts';

const titles: Readonly<Partial<Record<Mode, string>>> = {
  table: 'Services',
  log: 'Log',
  events: 'Events',
  logs: 'Merged logs',
  fetch: 'Fetch',
  doctor: 'Doctor',
  upgrades: 'Upgrades',
  history: 'History',
  search: 'Typing a search',
  help: 'Help',
  leave: 'Question: stop or leave running',
  confirm: 'Question: yes or no',
  name: 'Question: the name of the stack',
  plan: 'Question: a plan of an upgrade',
  palette: 'Palette',
  stopping: 'While the stack stops',
  waiting: 'Before the first word of the daemon',
  lost: 'When the daemon is gone',
  chooser: 'Chooser',
};

export const keysPage = (): readonly string[] => [
  '# Keys of `booty tui`',
  '',
  'The help overlay (`?`) and this page are made from one table, `source/tui/keymap.ts`.',
  ...modes.flatMap((mode) => {
    const bindings = keymap.filter((binding) => binding.modes.includes(mode));
    if (bindings.length === 0) return [];
    const rows = bindings.map(
      (binding) => `| ${binding.keys.map((key) => `\`${key === ' ' ? 'space' : key}\``).join(' ')} | ${binding.help} |`,
    );
    return ['', `## ${titles[mode] ?? mode}`, '', '| keys | |', '|---|---|', ...rows];
  }),
];
