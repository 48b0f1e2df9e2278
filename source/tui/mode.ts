import type { Mode } from './binding.ts';
import type { UiState } from './ui-state.ts';

/** What the keys act on in this state. */
export const modeOf = (state: UiState): Mode => {
  if (state.connection.kind === 'lost') return 'lost';
  if (state.question) return questionModes[state.question.kind];
  if (state.helpTop !== null) return 'help';
  if (state.seen === null) return 'waiting';
  if (state.seen.stop) return 'stopping';
  if (state.chooser) return 'stacks';
  return state.pane === 'services' ? state.focus : state.pane;
};

const questionModes = {
  leave: 'leave',
  stop: 'confirm',
  name: 'name',
  shorten: 'confirm',
  search: 'search',
  upgrade: 'plan',
  cancel: 'confirm',
  palette: 'palette',
} as const;
