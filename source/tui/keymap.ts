/** The keys as data: the handler, the hint line, the help and the tests all read this one table. */

export const modes = [
  'table',
  'log',
  'events',
  'logs',
  'fetch',
  'doctor',
  'search',
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
  | 'pane.services'
  | 'pane.events'
  | 'pane.logs'
  | 'pane.fetch'
  | 'pane.doctor'
  | 'pane.next'
  | 'pane.previous'
  | 'pane.up'
  | 'pane.down'
  | 'pane.pageUp'
  | 'pane.pageDown'
  | 'pane.start'
  | 'pane.end'
  | 'events.filter'
  | 'doctor.ask'
  | 'mark'
  | 'log.search'
  | 'log.older'
  | 'log.newer'
  | 'log.filter'
  | 'log.clear'
  | 'log.raw'
  | 'log.page'
  | 'copy'
  | 'copy.found'
  | 'search.go'
  | 'search.wipe'
  | 'stacks'
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
  | 'erase'
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

const services: readonly Mode[] = ['table', 'log'];
const others: readonly Mode[] = ['events', 'logs', 'fetch', 'doctor'];
const panes: readonly Mode[] = [...services, ...others];

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
  {
    command: 'search.go',
    keys: ['enter'],
    modes: ['search'],
    help: 'search; with nothing typed: end it',
    hint: 'search',
  },
  { command: 'search.wipe', keys: ['ctrl+u'], modes: ['search'], help: 'erase all', hint: null },
  { command: 'question.no', keys: ['escape'], modes: ['name', 'search'], help: 'go back', hint: 'go back' },
  { command: 'erase', keys: ['backspace'], modes: ['name', 'search'], help: 'erase a letter', hint: null },
  { command: 'log.open', keys: ['l', 'enter'], modes: ['table'], help: 'go to the log', hint: 'log' },
  {
    command: 'log.close',
    keys: ['l', 'enter', 'escape'],
    modes: ['log'],
    help: 'back to the services; escape first ends a search',
    hint: 'services',
  },
  { command: 'previous', keys: ['k', 'up'], modes: ['table', 'chooser'], help: 'the one above', hint: null },
  { command: 'next', keys: ['j', 'down'], modes: ['table', 'chooser'], help: 'the one below', hint: null },
  { command: 'first', keys: ['g', 'home'], modes: ['table', 'chooser'], help: 'the first one', hint: null },
  { command: 'last', keys: ['G', 'end'], modes: ['table', 'chooser'], help: 'the last one', hint: null },
  { command: 'log.up', keys: ['k', 'up'], modes: ['log'], help: 'one line up', hint: null },
  { command: 'log.down', keys: ['j', 'down'], modes: ['log'], help: 'one line down', hint: null },
  { command: 'log.pageUp', keys: ['pageUp'], modes: ['table', 'log'], help: 'log: one page up', hint: null },
  { command: 'log.pageDown', keys: ['pageDown'], modes: ['table'], help: 'log: one page down', hint: null },
  { command: 'log.pageDown', keys: ['pageDown', ' '], modes: ['log'], help: 'one page down', hint: null },
  {
    command: 'mark',
    keys: [' ', 'm'],
    modes: ['table'],
    help: 'mark the service: pane 3 merges the logs of all marked',
    hint: null,
  },
  {
    command: 'log.search',
    keys: ['/'],
    modes: services,
    help: 'search the log for a regular expression, newest first',
    hint: 'search',
  },
  { command: 'log.older', keys: ['n'], modes: services, help: 'the next older match', hint: null },
  { command: 'log.newer', keys: ['N'], modes: services, help: 'the next newer match', hint: null },
  { command: 'log.filter', keys: ['f'], modes: services, help: 'log: only lines that match, or all again', hint: null },
  { command: 'log.clear', keys: ['escape'], modes: ['table'], help: 'end the search in the log', hint: null },
  {
    command: 'log.raw',
    keys: ['v'],
    modes: [...services, 'logs'],
    help: 'log: lines as written, or as time, level, message',
    hint: null,
  },
  {
    command: 'copy',
    keys: ['y'],
    modes: [...services, 'events', 'logs'],
    help: 'copy the lines shown, whole, to the clipboard',
    hint: null,
  },
  { command: 'copy.found', keys: ['Y'], modes: services, help: 'copy the line found last', hint: null },
  { command: 'log.page', keys: ['o'], modes: services, help: 'open the log here in $PAGER', hint: null },
  { command: 'log.start', keys: ['g', 'home'], modes: ['log'], help: 'to the start of the log', hint: 'start' },
  { command: 'log.end', keys: ['G', 'end'], modes: ['log'], help: 'to the end, follow it', hint: 'follow' },
  { command: 'log.left', keys: ['left'], modes: [...services, 'logs'], help: 'log: move left', hint: null },
  {
    command: 'log.right',
    keys: ['right'],
    modes: [...services, 'logs'],
    help: 'log: move right in long lines',
    hint: null,
  },
  { command: 'log.wrap', keys: ['w'], modes: ['table', 'log'], help: 'log: wrap or cut long lines', hint: null },
  { command: 'service.restart', keys: ['r'], modes: ['table', 'log'], help: 'restart the service', hint: 'restart' },
  {
    command: 'service.toggle',
    keys: ['s'],
    modes: ['table', 'log'],
    help: 'stop the service, or start it',
    hint: 'stop',
  },
  { command: 'pane.up', keys: ['k', 'up'], modes: others, help: 'one line up', hint: null },
  { command: 'pane.down', keys: ['j', 'down'], modes: others, help: 'one line down', hint: null },
  { command: 'pane.pageUp', keys: ['pageUp'], modes: others, help: 'one page up', hint: null },
  { command: 'pane.pageDown', keys: ['pageDown', ' '], modes: others, help: 'one page down', hint: null },
  {
    command: 'pane.start',
    keys: ['g', 'home'],
    modes: ['events', 'fetch', 'doctor'],
    help: 'to the start',
    hint: null,
  },
  { command: 'pane.end', keys: ['G', 'end'], modes: others, help: 'to the end; events and logs follow it', hint: null },
  {
    command: 'events.filter',
    keys: ['f'],
    modes: ['events'],
    help: 'only those of the selected service, or all',
    hint: 'filter',
  },
  { command: 'doctor.ask', keys: ['r'], modes: ['doctor'], help: 'look at the machine again', hint: 'look again' },
  { command: 'pane.next', keys: ['tab'], modes: panes, help: 'the next pane', hint: 'panes' },
  { command: 'pane.previous', keys: ['shift+tab'], modes: panes, help: 'the pane before', hint: null },
  { command: 'pane.services', keys: ['1'], modes: panes, help: 'services and the log of one', hint: null },
  { command: 'pane.events', keys: ['2'], modes: panes, help: 'what happened', hint: null },
  {
    command: 'pane.logs',
    keys: ['3'],
    modes: panes,
    help: 'logs of the marked services, or of all, as one',
    hint: null,
  },
  { command: 'pane.fetch', keys: ['4'], modes: panes, help: 'what was fetched, from where and why', hint: null },
  { command: 'pane.doctor', keys: ['5'], modes: panes, help: 'what is right and wrong with this machine', hint: null },
  { command: 'pane.services', keys: ['escape'], modes: others, help: 'back to the services', hint: 'services' },
  { command: 'stacks', keys: ['S'], modes: panes, help: 'look at another stack', hint: null },
  { command: 'stack.stop', keys: ['X'], modes: panes, help: 'stop the stack (asks)', hint: 'stop all' },
  { command: 'stack.stop', keys: ['X'], modes: ['stopping'], help: 'shorten the stop (asks)', hint: 'shorten' },
  { command: 'help.open', keys: ['?'], modes: [...panes, 'stopping'], help: 'all keys', hint: 'keys' },
  { command: 'help.up', keys: ['k', 'up', 'pageUp'], modes: ['help'], help: 'up', hint: null },
  { command: 'help.down', keys: ['j', 'down', 'pageDown', ' '], modes: ['help'], help: 'down', hint: 'more' },
  { command: 'help.close', keys: ['escape', '?', 'q', 'enter'], modes: ['help'], help: 'close', hint: 'close' },
  {
    command: 'leave',
    keys: ['q'],
    modes: [...panes, 'stopping', 'waiting', 'lost'],
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
    modes: [...panes, 'search', 'help', 'leave', 'confirm', 'name', 'stopping', 'waiting', 'lost'],
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
  'shift+tab': 'shift-tab',
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
