import { paneNames, type PaneName } from './pane-state.ts';
import type { UiState } from './ui-state.ts';

/** The panes there are on this screen, in the order of their keys. */
export const shownPanes = (state: UiState): readonly PaneName[] =>
  paneNames.filter((name) => name !== 'doctor' || state.doctor !== null);
