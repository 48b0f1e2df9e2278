/** The panes the screen can show, one at a time, and moving about in them. */
import { openEvents, scrollEvents, eventRows } from './event-pane.ts';
import { followMerged, mergedRows, openMerged, scrollMerged } from './merged-pane.ts';
import { paneRows } from './layout.ts';
import { toast } from './toast.ts';
import { doctorLines } from './view/doctor.ts';
import { fetchListLines } from './view/fetch-list.ts';
import { shownPanes } from './pane-names.ts';
import { openHistory } from './upgrades.ts';
import type { PaneName } from './pane-state.ts';
import type { Step, UiState } from './ui-state.ts';

export const openPane = (state: UiState, pane: PaneName): Step => {
  const opened: UiState = { ...state, pane, focus: 'table', paneTop: 0 };
  if (pane === 'events') return openEvents(opened);
  if (pane === 'logs') return openMerged(opened);
  if (pane === 'history') return openHistory(opened);
  if (pane !== 'doctor') return { state: opened, intents: [] };
  if (state.doctor === null) {
    return { state: toast(state, 'nobody here can look at the machine; try: booty doctor'), intents: [] };
  }
  return state.doctor.phase === 'unasked' ? askDoctor(opened) : { state: opened, intents: [] };
};

/** The pane beside this one; those that nobody can fill are passed over. */
export const turnPane = (state: UiState, by: 1 | -1): Step => {
  const names = shownPanes(state);
  const index = names.indexOf(state.pane);
  return openPane(state, names[(index + by + names.length) % names.length] ?? 'services');
};

/** Has the machine looked at, unless that is under way. */
export const askDoctor = (state: UiState): Step => {
  if (state.doctor === null || state.doctor.phase === 'looking') return { state, intents: [] };
  return { state: { ...state, doctor: { ...state.doctor, phase: 'looking' } }, intents: [{ type: 'doctor' }] };
};

/** Scrolls the pane by rows (negative: up); Infinity goes to an end. */
export const scrollPane = (state: UiState, by: number): Step => {
  if (state.pane === 'events') return { state: scrollEvents(state, by), intents: [] };
  if (state.pane === 'logs') return by === Infinity ? followMerged(state) : scrollMerged(state, by);
  const lines = state.pane === 'doctor' ? doctorLines(state) : fetchListLines(state);
  const most = Math.max(0, lines.length - Math.max(0, paneRows(state) - 1));
  const top = Math.min(most, Math.max(0, state.paneTop + by));
  return { state: { ...state, paneTop: top }, intents: [] };
};

/** Rows a page key moves by. */
export const pageRows = (state: UiState): number => {
  const rows = state.pane === 'logs' ? mergedRows(state) : eventRows(state);
  return Math.max(1, rows - 1);
};
