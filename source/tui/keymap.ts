/** The keys as data: the handler, the hint line, the help and the tests all read this one table. */
import type { Command } from './command.ts';

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

const services: readonly Mode[] = ['table', 'log'];
const others: readonly Mode[] = ['events', 'logs', 'fetch', 'doctor'];
const panes: readonly Mode[] = [...services, ...others];

export const keymap: readonly Binding[] = [
  { command: 'choose', keys: ['enter'], modes: ['chooser', 'stacks'], help: 'choose', hint: 'choose' },
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
  { command: 'previous', keys: ['k', 'up'], modes: ['table', 'chooser', 'stacks'], help: 'one up', hint: null },
  { command: 'next', keys: ['j', 'down'], modes: ['table', 'chooser', 'stacks'], help: 'one down', hint: null },
  { command: 'first', keys: ['g', 'home'], modes: ['table', 'chooser', 'stacks'], help: 'to the start', hint: null },
  {
    command: 'last',
    keys: ['G', 'end'],
    modes: ['table', 'chooser', 'stacks'],
    help: 'to the end; logs and events follow it',
    hint: null,
  },
  { command: 'log.up', keys: ['k', 'up'], modes: ['log'], help: 'one up', hint: null },
  { command: 'log.down', keys: ['j', 'down'], modes: ['log'], help: 'one down', hint: null },
  {
    command: 'log.pageUp',
    keys: ['pageUp'],
    modes: services,
    help: 'one page up; beside the services: of the log',
    hint: null,
  },
  { command: 'log.pageDown', keys: ['pageDown'], modes: ['table'], help: 'the log one page down', hint: null },
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
  { command: 'log.filter', keys: ['f'], modes: services, help: 'only lines that match, or all again', hint: null },
  { command: 'log.clear', keys: ['escape'], modes: ['table'], help: 'end the search in the log', hint: null },
  {
    command: 'log.raw',
    keys: ['v'],
    modes: [...services, 'logs'],
    help: 'lines as written, or as time, level, message',
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
  { command: 'log.start', keys: ['g', 'home'], modes: ['log'], help: 'to the start', hint: 'start' },
  {
    command: 'log.end',
    keys: ['G', 'end'],
    modes: ['log'],
    help: 'to the end; logs and events follow it',
    hint: 'follow',
  },
  { command: 'log.left', keys: ['left'], modes: [...services, 'logs'], help: 'left in long lines', hint: null },
  {
    command: 'log.right',
    keys: ['right'],
    modes: [...services, 'logs'],
    help: 'right in long lines',
    hint: null,
  },
  { command: 'log.wrap', keys: ['w'], modes: ['table', 'log'], help: 'wrap or cut long lines', hint: null },
  { command: 'service.restart', keys: ['r'], modes: ['table', 'log'], help: 'restart the service', hint: 'restart' },
  {
    command: 'service.toggle',
    keys: ['s'],
    modes: ['table', 'log'],
    help: 'stop the service, or start it',
    hint: 'stop',
  },
  { command: 'pane.up', keys: ['k', 'up'], modes: others, help: 'one up', hint: null },
  { command: 'pane.down', keys: ['j', 'down'], modes: others, help: 'one down', hint: null },
  {
    command: 'pane.pageUp',
    keys: ['pageUp'],
    modes: others,
    help: 'one page up; beside the services: of the log',
    hint: null,
  },
  { command: 'pane.pageDown', keys: ['pageDown', ' '], modes: others, help: 'one page down', hint: null },
  {
    command: 'pane.start',
    keys: ['g', 'home'],
    modes: ['events', 'fetch', 'doctor'],
    help: 'to the start',
    hint: null,
  },
  { command: 'pane.end', keys: ['G', 'end'], modes: others, help: 'to the end; logs and events follow it', hint: null },
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
  { command: 'stacks', keys: ['S'], modes: panes, help: 'look at another stack', hint: 'stacks' },
  { command: 'stack.stop', keys: ['X'], modes: panes, help: 'stop the stack (asks)', hint: 'stop all' },
  {
    command: 'stack.stop',
    keys: ['X'],
    modes: ['stopping'],
    help: 'give each less time (asks)',
    hint: 'give each less time',
  },
  { command: 'help.open', keys: ['?'], modes: [...panes, 'stopping'], help: 'all keys', hint: 'keys' },
  { command: 'help.up', keys: ['k', 'up'], modes: ['help'], help: 'one up', hint: null },
  { command: 'help.down', keys: ['j', 'down'], modes: ['help'], help: 'one down', hint: null },
  {
    command: 'help.pageUp',
    keys: ['pageUp'],
    modes: ['help'],
    help: 'one page up; beside the services: of the log',
    hint: null,
  },
  { command: 'help.pageDown', keys: ['pageDown', ' '], modes: ['help'], help: 'one page down', hint: null },
  { command: 'help.start', keys: ['g', 'home'], modes: ['help'], help: 'to the start', hint: null },
  {
    command: 'help.end',
    keys: ['G', 'end'],
    modes: ['help'],
    help: 'to the end; logs and events follow it',
    hint: null,
  },
  {
    command: 'help.close',
    keys: ['escape', '?', 'q', 'enter'],
    modes: ['help'],
    help: 'close the help',
    hint: 'close',
  },
  {
    command: 'leave',
    keys: ['q'],
    modes: [...panes, 'stopping', 'waiting', 'lost'],
    help: 'leave (asks when the stack is tied to this screen)',
    hint: 'leave',
  },
  {
    command: 'stacks.close',
    keys: ['escape', 'q'],
    modes: ['stacks'],
    help: 'back to the stack looked at',
    hint: 'back',
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
    modes: [...panes, 'stacks', 'search', 'help', 'leave', 'confirm', 'name', 'waiting', 'lost'],
    help: 'stop all of a stack tied to this screen; else leave',
    hint: null,
  },
  {
    command: 'interrupt',
    keys: ['ctrl+c'],
    modes: ['stopping'],
    help: 'tied: give each less time, again: kill all; else leave',
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
