/** The chooser as data: what can be attached to or started, and where the pointer stands. Nothing starts by itself. */
import type { Command } from './command.ts';
import { commandFor } from './keymap.ts';
import type { ChooserState, Choice } from './choice.ts';
import { fitLine, retone, span, type Line } from './line.ts';
import { pad, cut, widthOf } from './text.ts';
import type { Look } from './theme.ts';
import type { Size } from './ui-state.ts';
import { hintLine } from './view/hint-line.ts';
import { ruleLine } from './view/rule.ts';

/** One key; a choice is final. `mode` says whether there is a stack to go back to. */
export const chooserKey = (state: ChooserState, key: string, mode: ChooserMode = 'chooser'): ChooserState => {
  const command = commandFor(mode, key);
  return command === null || state.chosen !== undefined ? state : moveChooser(state, command);
};

/** The rows of the chooser: exactly as many and as wide as the terminal. */
export const chooserLines = (
  state: ChooserState,
  { columns, rows }: Size,
  look: Look,
  mode: ChooserMode = 'chooser',
): readonly Line[] => {
  if (columns < 1 || rows < 1) return [];
  const nameWidth = Math.min(30, Math.max(8, ...state.choices.map((choice) => widthOf(choice.name))));
  const list = state.choices.flatMap((choice, index): readonly Entry[] => {
    const isFirst = state.choices[index - 1]?.kind !== choice.kind;
    const heading = ruleLine([span(headings[choice.kind], 'strong')], [], columns, look);
    const entry = { line: choiceLine(choice, index === state.index, nameWidth, columns, look), index };
    return isFirst ? [{ line: heading, index: null }, entry] : [entry];
  });
  const head: readonly Line[] = [[span(' booty', 'accent'), span(`  ${state.title}`)], []];
  const foot = hintLine(mode, columns, (binding) =>
    binding.command === 'leave' ? 'leave, nothing starts' : binding.hint,
  );
  const room = Math.max(0, rows - head.length - 1);
  const pointer = list.findIndex((entry) => entry.index === state.index);
  const top = Math.max(0, Math.min(pointer - Math.floor(room / 2), list.length - room));
  const shown = list.slice(top, top + room).map((entry) => entry.line);
  const empty: readonly Line[] =
    list.length === 0 && room > 0 ? [[span(' nothing runs and nothing is built in', 'dim')]] : [];
  const filled = [...head, ...shown, ...empty];
  const blank = Array.from({ length: Math.max(0, rows - 1 - filled.length) }, (): Line => []);
  return [...filled, ...blank, foot].slice(-rows).map((line) => fitLine(line, columns, look.symbols.more));
};

type ChooserMode = 'chooser' | 'stacks';
type Entry = { readonly line: Line; readonly index: number | null };
const headings = {
  running: 'RUNNING: attach',
  down: 'DOWN: start again',
  'built-in': 'BUILT IN: fetch and start',
} as const;

/** The chooser after a command of its own. */
export const moveChooser = (state: ChooserState, command: Command): ChooserState => {
  const target = { previous: state.index - 1, next: state.index + 1, first: 0, last: Infinity }[command as string];
  if (target !== undefined) {
    return { ...state, index: Math.max(0, Math.min(state.choices.length - 1, target)) };
  }
  if (command === 'leave' || command === 'stacks.close') return { ...state, chosen: null };
  const chosen = command === 'choose' ? state.choices[state.index] : undefined;
  return chosen ? { ...state, chosen } : state;
};

const choiceLine = (choice: Choice, isChosen: boolean, nameWidth: number, columns: number, look: Look): Line => {
  const name = pad(cut(choice.name, nameWidth, look.symbols.more), nameWidth);
  const line = [
    span(isChosen ? ` ${look.symbols.pointer} ` : '   ', 'accent'),
    span(name, 'strong'),
    span(`  ${choice.detail}`, 'dim'),
  ];
  return isChosen ? retone(fitLine(line, columns, look.symbols.more), 'chosen') : line;
};
