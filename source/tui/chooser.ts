/** The chooser as data: what can be attached to or started, and where the pointer stands. Nothing starts by itself. */
import { commandFor, type Command } from './keymap.ts';
import { fitLine, retone, span, type Line } from './line.ts';
import { pad, cut, widthOf } from './text.ts';
import type { Look } from './theme.ts';
import type { Size } from './ui-state.ts';
import { hintLine } from './view/foot.ts';
import { ruleLine } from './view/rule.ts';

export type Choice = {
  readonly kind: 'running' | 'down' | 'built-in';
  readonly name: string;
  /** A few words: `5/6 ready, up 41d` or what the stack is made of. */
  readonly detail: string;
};

export type ChooserState = {
  readonly size: Size;
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly index: number;
  /** Undefined until chosen; null = left without a choice. */
  readonly chosen: Choice | null | undefined;
};

/** One key; a choice is final. */
export const chooserKey = (state: ChooserState, key: string): ChooserState => {
  const command = commandFor('chooser', key);
  return command === null || state.chosen !== undefined ? state : moved(state, command);
};

/** The rows of the chooser: exactly as many and as wide as the terminal. */
export const chooserLines = (state: ChooserState, look: Look): readonly Line[] => {
  const { columns, rows } = state.size;
  if (columns < 1 || rows < 1) return [];
  const nameWidth = Math.min(30, Math.max(8, ...state.choices.map((choice) => widthOf(choice.name))));
  const list = state.choices.flatMap((choice, index): readonly Entry[] => {
    const isFirst = state.choices[index - 1]?.kind !== choice.kind;
    const heading = ruleLine([span(headings[choice.kind], 'strong')], [], columns, look);
    const entry = { line: choiceLine(choice, index === state.index, nameWidth, columns, look), index };
    return isFirst ? [{ line: heading, index: null }, entry] : [entry];
  });
  const head: readonly Line[] = [[span(' booty', 'accent'), span(`  ${state.title}`)], []];
  const foot = hintLine('chooser', columns, (binding) =>
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

type Entry = { readonly line: Line; readonly index: number | null };
const headings = {
  running: 'RUNNING: attach',
  down: 'DOWN: start again',
  'built-in': 'BUILT IN: fetch and start',
} as const;

const moved = (state: ChooserState, command: Command): ChooserState => {
  const target = { previous: state.index - 1, next: state.index + 1, first: 0, last: Infinity }[command as string];
  if (target !== undefined) {
    return { ...state, index: Math.max(0, Math.min(state.choices.length - 1, target)) };
  }
  if (command === 'leave') return { ...state, chosen: null };
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
