import type { UiLink } from '../../api/protocol.ts';
import type { Command } from '../command.ts';
import type { Binding, Mode } from '../binding.ts';
import { keyLabel } from '../key-label.ts';
import { keymap } from '../keymap.ts';
import { span, type Line } from '../line.ts';
import { pad } from '../text.ts';

/**
All keys by what they are for, each once; then the links, and the words one may not know. Made from the keymap, so that
it cannot say less or more than is true.
*/
export const helpLines = (links: readonly UiLink[] = []): readonly Line[] => [
  ...keyLines,
  ...(links.length === 0
    ? []
    : section(
        'LINKS',
        links.map((link) => [link.title, link.url] as const),
      )),
  ...section('WORDS', words),
];

const keysWidth = 18;

type Entry = readonly [left: string, right: string];

/** Above all but the first an empty row. */
const section = (title: string, entries: readonly Entry[]): readonly Line[] => [
  ...(title === 'MOVING' ? [] : [[]]),
  [span(` ${title}`, 'accent')],
  ...entries.map(([left, right]): Line => [span(`   ${pad(left, keysWidth)} `, 'strong'), span(right)]),
];

type Group = { readonly title: string; readonly holds: (binding: Binding) => boolean };

const acts = (mode: Mode) => (binding: Binding) => binding.modes.includes(mode);

const starts =
  (...beginnings: readonly string[]) =>
  (command: Command) =>
    beginnings.some((beginning) => command === beginning || command.startsWith(`${beginning}.`));

const moves: ReadonlySet<string> = new Set(
  ['log', 'pane', 'help']
    .flatMap((where) => ['up', 'down', 'pageUp', 'pageDown', 'start', 'end'].map((by) => `${where}.${by}`))
    .concat('previous', 'next', 'first', 'last', 'plan.up', 'plan.down', 'plan.pageUp', 'plan.pageDown'),
);
const isOfPanes = starts('palette', 'pane', 'stacks', 'help', 'suspend', 'redraw', 'interrupt', 'leave', 'stack');
const isOfUpgrades = starts('upgrade');
const isOfLog = starts('log', 'copy');

/** A binding is told in the first group that holds it. */
const groups: readonly Group[] = [
  {
    title: 'MOVING',
    holds: ({ command, keys }) => moves.has(command) && !(keys.length === 1 && keys[0] === 'pageDown'),
  },
  {
    title: 'WHILE STOPPING',
    holds: ({ command, modes }) => modes.length === 1 && modes[0] === 'stopping' && command !== 'leave',
  },
  { title: 'CHOOSING A STACK', holds: ({ modes }) => modes.every((mode) => mode === 'chooser' || mode === 'stacks') },
  {
    title: 'ANSWERING',
    holds: ({ modes }) => modes.every((mode) => mode === 'leave' || mode === 'confirm' || mode === 'plan'),
  },
  {
    title: 'TYPING',
    holds: ({ modes }) => modes.every((mode) => mode === 'search' || mode === 'name' || mode === 'palette'),
  },
  { title: 'UPGRADES', holds: ({ command }) => isOfUpgrades(command) },
  { title: 'EVENTS', holds: ({ modes }) => modes.length === 1 && modes[0] === 'events' },
  { title: 'DOCTOR', holds: ({ modes }) => modes.length === 1 && modes[0] === 'doctor' },
  { title: 'LOG', holds: ({ command }) => isOfLog(command) && command !== 'log.open' && command !== 'log.pageDown' },
  { title: 'PANES AND THE STACK', holds: ({ command }) => isOfPanes(command) },
  { title: 'SERVICES', holds: acts('table') },
];

const shownOrder = [
  'MOVING',
  'SERVICES',
  'LOG',
  'PANES AND THE STACK',
  'UPGRADES',
  'EVENTS',
  'DOCTOR',
  'WHILE STOPPING',
  'ANSWERING',
  'TYPING',
  'CHOOSING A STACK',
] as const;

const entriesOf = (title: string): readonly Entry[] => {
  const held = keymap.filter((binding) => groups.find((group) => group.holds(binding))?.title === title);
  return [...new Map(held.map((binding) => [`${labelsOf(binding)} ${binding.help}`, entryOf(binding)])).values()];
};

const labelsOf = (binding: Binding): string => binding.keys.map(keyLabel).join(' ');

const entryOf = (binding: Binding): Entry => [labelsOf(binding), binding.help];

const keyLines = shownOrder.flatMap((title) => section(title, entriesOf(title)));

const words: readonly Entry[] = [
  ['tied', 'the stack stops when this screen ends'],
  ['detached', 'the stack runs on without a screen; `booty down` stops it'],
  ['backoff', 'it ended by itself and waits before the next try'],
  ['RST', 'how often a service was started again by itself'],
  ['generation', 'which start of a service it is, counted from 1'],
  ['step', 'services of one step stop together; those they need: later'],
];
