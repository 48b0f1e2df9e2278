/** The keys as data: the handler, the hint line, the help and the tests all read this one table. */

export const modes = [
  'table',
  'log',
  'help',
  'leave',
  'confirm',
  'name',
  'stopping',
  'waiting',
  'lost',
  'chooser',
] as const;
/** What the keys act on just now; exactly one at a time. */
export type Mode = (typeof modes)[number];

export type Command =
  | 'previous'
  | 'next'
  | 'first'
  | 'last'
  | 'log.open'
  | 'log.close'
  | 'log.up'
  | 'log.down'
  | 'log.pageUp'
  | 'log.pageDown'
  | 'log.start'
  | 'log.end'
  | 'log.left'
  | 'log.right'
  | 'log.wrap'
  | 'service.restart'
  | 'service.toggle'
  | 'stack.stop'
  | 'help.open'
  | 'help.close'
  | 'help.up'
  | 'help.down'
  | 'leave'
  | 'leave.stop'
  | 'leave.run'
  | 'question.yes'
  | 'question.no'
  | 'name.erase'
  | 'choose'
  | 'interrupt'
  | 'suspend'
  | 'redraw';

export type Binding = {
  readonly command: Command;
  readonly keys: readonly string[];
  readonly modes: readonly Mode[];
  /** For the help. */
  readonly help: string;
  /** For the hint line, in its order; null keeps it out of there. The view may say more fitting words. */
  readonly hint: string | null;
};

export const keymap: readonly Binding[] = [
  { command: 'choose', keys: ['enter'], modes: ['chooser'], help: 'choose', hint: 'choose' },
  { command: 'leave.stop', keys: ['s'], modes: ['leave'], help: 'stop the stack and leave', hint: 'stop it' },
  { command: 'leave.run', keys: ['l'], modes: ['leave'], help: 'leave, all runs on', hint: 'leave it running' },
  { command: 'question.yes', keys: ['y'], modes: ['confirm'], help: 'yes', hint: 'yes' },
  {
    command: 'question.no',
    keys: ['escape', 'n', 'q'],
    modes: ['leave', 'confirm'],
    help: 'no, go back',
    hint: 'go back',
  },
  { command: 'question.no', keys: ['escape'], modes: ['name'], help: 'go back', hint: 'go back' },
  { command: 'name.erase', keys: ['backspace'], modes: ['name'], help: 'erase a letter', hint: null },
  { command: 'log.open', keys: ['l', 'enter', 'tab'], modes: ['table'], help: 'go to the log', hint: 'log' },
  {
    command: 'log.close',
    keys: ['l', 'enter', 'tab', 'escape'],
    modes: ['log'],
    help: 'back to the services',
    hint: 'services',
  },
  { command: 'previous', keys: ['k', 'up'], modes: ['table', 'chooser'], help: 'the one above', hint: null },
  { command: 'next', keys: ['j', 'down'], modes: ['table', 'chooser'], help: 'the one below', hint: null },
  { command: 'first', keys: ['g', 'home'], modes: ['table', 'chooser'], help: 'the first one', hint: null },
  { command: 'last', keys: ['G', 'end'], modes: ['table', 'chooser'], help: 'the last one', hint: null },
  { command: 'log.up', keys: ['k', 'up'], modes: ['log'], help: 'one line up', hint: null },
  { command: 'log.down', keys: ['j', 'down'], modes: ['log'], help: 'one line down', hint: null },
  { command: 'log.pageUp', keys: ['pageUp'], modes: ['table', 'log'], help: 'log: one page up', hint: null },
  { command: 'log.pageDown', keys: ['pageDown', ' '], modes: ['table', 'log'], help: 'log: one page down', hint: null },
  { command: 'log.start', keys: ['g', 'home'], modes: ['log'], help: 'to the start of the log', hint: 'start' },
  { command: 'log.end', keys: ['G', 'end'], modes: ['log'], help: 'to the end, follow it', hint: 'follow' },
  { command: 'log.left', keys: ['left'], modes: ['table', 'log'], help: 'log: move left', hint: null },
  { command: 'log.right', keys: ['right'], modes: ['table', 'log'], help: 'log: move right in long lines', hint: null },
  { command: 'log.wrap', keys: ['w'], modes: ['table', 'log'], help: 'log: wrap or cut long lines', hint: null },
  { command: 'service.restart', keys: ['r'], modes: ['table', 'log'], help: 'restart the service', hint: 'restart' },
  {
    command: 'service.toggle',
    keys: ['s'],
    modes: ['table', 'log'],
    help: 'stop the service, or start it',
    hint: 'stop',
  },
  { command: 'stack.stop', keys: ['X'], modes: ['table', 'log'], help: 'stop the stack (asks)', hint: 'stop all' },
  { command: 'stack.stop', keys: ['X'], modes: ['stopping'], help: 'shorten the stop (asks)', hint: 'shorten' },
  { command: 'help.open', keys: ['?'], modes: ['table', 'log', 'stopping'], help: 'all keys', hint: 'keys' },
  { command: 'help.up', keys: ['k', 'up', 'pageUp'], modes: ['help'], help: 'up', hint: null },
  { command: 'help.down', keys: ['j', 'down', 'pageDown', ' '], modes: ['help'], help: 'down', hint: 'more' },
  { command: 'help.close', keys: ['escape', '?', 'q', 'enter'], modes: ['help'], help: 'close', hint: 'close' },
  {
    command: 'leave',
    keys: ['q'],
    modes: ['table', 'log', 'stopping', 'waiting', 'lost'],
    help: 'leave (asks when the stack is tied to this screen)',
    hint: 'leave',
  },
  {
    command: 'leave',
    keys: ['q', 'escape', 'ctrl+c'],
    modes: ['chooser'],
    help: 'leave, nothing starts',
    hint: 'leave',
  },
  {
    command: 'interrupt',
    keys: ['ctrl+c'],
    modes: ['table', 'log', 'help', 'leave', 'confirm', 'name', 'stopping', 'waiting', 'lost'],
    help: 'owner: stop all, again: shorten, third: kill; else leave',
    hint: null,
  },
  { command: 'suspend', keys: ['ctrl+z'], modes, help: 'to the shell; `fg` comes back', hint: null },
  { command: 'redraw', keys: ['ctrl+l'], modes, help: 'draw the screen anew', hint: null },
];

/** The command a key means in a mode; null when it means nothing there. */
export const commandFor = (mode: Mode, key: string): Command | null => commands.get(mode)?.get(key) ?? null;

/** A key as a person reads it. */
export const keyLabel = (key: string): string => labels[key] ?? key.replace('ctrl+', 'ctrl-');

const labels: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageUp: 'PgUp',
  pageDown: 'PgDn',
  home: 'Home',
  end: 'End',
  escape: 'esc',
  ' ': 'space',
};

const commands: ReadonlyMap<Mode, ReadonlyMap<string, Command>> = new Map(
  modes.map((mode) => [
    mode,
    new Map(
      keymap
        .filter((binding) => binding.modes.includes(mode))
        .flatMap((binding) => binding.keys.map((key) => [key, binding.command] as const)),
    ),
  ]),
);
