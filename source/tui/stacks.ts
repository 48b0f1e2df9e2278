/** `S`: another stack is chosen while this one is still looked at; only a choice lets go of it. */
import type { Choice } from './choice.ts';
import { moveChooser } from './chooser.ts';
import type { Command } from './command.ts';
import { askToLeave } from './questions.ts';
import type { Step, UiState } from './ui-state.ts';

/** Has the stacks looked for. */
export const askStacks = (state: UiState): Step => ({ state, intents: [{ type: 'choices' }] });

/** Shows what there is, with the pointer at the stack that is looked at. */
export const takeChoices = (state: UiState, choices: readonly Choice[]): UiState => {
  if (!state.seen || state.seen.stop || state.question || state.connection.kind !== 'live') return state;
  const index = Math.max(
    0,
    choices.findIndex((choice) => isShown(state, choice)),
  );
  return { ...state, helpTop: null, chooser: { title: 'which stack?', choices, index, chosen: undefined } };
};

/** A key in the chooser: back or the same stack changes nothing, another one is left for as `q` would. */
export const runStacks = (state: UiState, command: Command): Step => {
  if (!state.chooser) return { state, intents: [] };
  const chooser = moveChooser(state.chooser, command);
  const { chosen } = chooser;
  if (chosen === undefined) return { state: { ...state, chooser }, intents: [] };
  const closed = { ...state, chooser: null };
  return chosen === null || isShown(state, chosen) ? { state: closed, intents: [] } : askToLeave(closed, chosen);
};

const isShown = ({ seen }: UiState, choice: Choice): boolean =>
  choice.kind !== 'built-in' && choice.name === seen?.row.stack;
