/** The palette: what the keys do, by name, with the name of a service where that helps. */
import type { Command } from './command.ts';
import { toast } from './toast.ts';
import type { Step, UiState } from './ui-state.ts';

/** The words one can type and what they mean; those about a service take its name after them. */
const paletteWords: readonly {
  readonly word: string;
  readonly command: Command;
  readonly ofService: boolean;
}[] = [
  { word: 'upgrade', command: 'upgrade', ofService: true },
  { word: 'upgrade-all', command: 'upgrade.all', ofService: false },
  { word: 'back', command: 'upgrade.back', ofService: true },
  { word: 'later', command: 'upgrade.later', ofService: true },
  { word: 'skip', command: 'upgrade.skip', ofService: true },
  { word: 'cancel', command: 'upgrade.cancel', ofService: false },
  { word: 'look', command: 'upgrade.look', ofService: false },
  { word: 'upgrades', command: 'pane.upgrades', ofService: false },
  { word: 'history', command: 'pane.history', ofService: false },
  { word: 'restart', command: 'service.restart', ofService: true },
  { word: 'toggle', command: 'service.toggle', ofService: true },
  { word: 'log', command: 'log.open', ofService: true },
  { word: 'services', command: 'pane.services', ofService: false },
  { word: 'events', command: 'pane.events', ofService: false },
  { word: 'logs', command: 'pane.logs', ofService: false },
  { word: 'fetch', command: 'pane.fetch', ofService: false },
  { word: 'doctor', command: 'pane.doctor', ofService: false },
  { word: 'stacks', command: 'stacks', ofService: false },
  { word: 'stop-all', command: 'stack.stop', ofService: false },
  { word: 'keys', command: 'help.open', ofService: false },
  { word: 'leave', command: 'leave', ofService: false },
];

const typedMax = 200;

export const openPalette = (state: UiState): UiState => ({ ...state, question: { kind: 'palette', typed: '' } });

export const typeWord = (state: UiState, key: string): UiState => {
  const { question } = state;
  if (question?.kind !== 'palette' || Array.from(key).length !== 1 || question.typed.length >= typedMax) return state;
  return { ...state, question: { ...question, typed: question.typed + key } };
};

/** What the last word typed can become. */
export const candidates = (state: UiState): readonly string[] => {
  if (state.question?.kind !== 'palette') return [];
  const [word = '', ...rest] = state.question.typed.trimStart().split(/ +/);
  if (rest.length === 0) return paletteWords.flatMap((each) => (each.word.startsWith(word) ? [each.word] : []));
  const takesName = paletteWords.some((each) => each.word === word && each.ofService);
  const names = state.seen?.row.services.map((row) => row.name) ?? [];
  return takesName ? names.filter((name) => name.startsWith(rest.at(-1) ?? '')) : [];
};

/** tab: as much as all candidates share, and a space once only one is left. */
export const completeWord = (state: UiState): UiState => {
  if (state.question?.kind !== 'palette') return state;
  const found = candidates(state);
  const [first = '', ...others] = found;
  if (first === '') return state;
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length -= 1;
  const before = state.question.typed.replace(/\S*$/, '');
  const typed = before + first.slice(0, length) + (others.length === 0 ? ' ' : '');
  return typed.length < state.question.typed.length ? state : { ...state, question: { kind: 'palette', typed } };
};

/** Enter: does what the words say, through `run`; words that mean nothing stay to be mended. */
export const runPalette = (state: UiState, run: (state: UiState, command: Command) => Step): Step => {
  if (state.question?.kind !== 'palette') return { state, intents: [] };
  const [word = '', name] = state.question.typed.trim().split(/ +/);
  const closed: UiState = { ...state, question: null };
  if (word === '') return { state: closed, intents: [] };
  // The whole word, or the only one that begins so.
  const begun = paletteWords.filter((each) => each.word.startsWith(word));
  const meant = paletteWords.find((each) => each.word === word) ?? (begun.length === 1 ? begun[0] : undefined);
  if (!meant) return { state: toast(closed, `no command ${word}; : and tab list them`, 'note'), intents: [] };
  if (name === undefined) return run(closed, meant.command);
  const isThere = state.seen?.row.services.some((row) => row.name === name) ?? false;
  if (!isThere) return { state: toast(closed, `no service ${name} in this stack`, 'note'), intents: [] };
  // What is meant for a service is not meant for a row of the history.
  const pane = closed.pane === 'upgrades' ? closed.pane : 'services';
  return run({ ...closed, pane, selected: name, selectedByUser: true }, meant.command);
};
