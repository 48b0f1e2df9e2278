/** What happened, oldest first: the newest at the foot, scrolled back by how many are below what is shown. */
import { limits } from '../core/limits.ts';
import type { StackEvent } from '../api/protocol.ts';
import { paneRows } from './layout.ts';
import type { Step, UiState } from './ui-state.ts';

/** Asks once for what happened before this screen came; what comes later is told by frames. */
export const openEvents = (state: UiState): Step => {
  if (state.eventPane.isAsked) return { state, intents: [] };
  return { state: { ...state, eventPane: { ...state.eventPane, isAsked: true } }, intents: [{ type: 'events' }] };
};

/** Takes events in; those that are there already, by their number and time, are not taken twice. */
export const takeEvents = (state: UiState, more: readonly StackEvent[]): UiState => {
  const { eventPane } = state;
  const known = new Set(eventPane.events.map(nameOf));
  const fresh = more.filter((event) => !known.has(nameOf(event)));
  if (fresh.length === 0) return state;
  // By their numbers: the clock may have been set back between two.
  const all = [...eventPane.events, ...fresh].sort(
    (one, other) => one.sequence - other.sequence || one.atMs - other.atMs,
  );
  const events = all.slice(-limits.eventsKeptMax);
  const added = fresh.filter((event) => isShown(event, state)).length;
  // Who reads back in the list does not have it moved under their eyes.
  const below = eventPane.below === 0 ? 0 : eventPane.below + added;
  return scrollEvents({ ...state, eventPane: { ...eventPane, events, below } }, 0);
};

/** Negative: up, to older ones. */
export const scrollEvents = (state: UiState, by: number): UiState => {
  const most = Math.max(0, eventsOf(state).length - eventRows(state));
  const below = Math.min(most, Math.max(0, state.eventPane.below - by));
  return { ...state, eventPane: { ...state.eventPane, below } };
};

export const toggleEventFilter = (state: UiState): UiState => ({
  ...state,
  eventPane: { ...state.eventPane, isFiltered: !state.eventPane.isFiltered, below: 0 },
});

/** All of them, or those of the selected service. */
export const eventsOf = (state: UiState): readonly StackEvent[] =>
  state.eventPane.isFiltered ? state.eventPane.events.filter((event) => isShown(event, state)) : state.eventPane.events;

/** Those on the screen. */
export const visibleEvents = (state: UiState): readonly StackEvent[] => {
  const events = eventsOf(state);
  const end = events.length - Math.min(state.eventPane.below, Math.max(0, events.length - eventRows(state)));
  return events.slice(Math.max(0, end - eventRows(state)), end);
};

export const eventRows = (state: UiState): number => Math.max(0, paneRows(state) - 1);

const nameOf = (event: StackEvent): string => `${event.sequence} ${event.atMs}`;

const isShown = (event: StackEvent, state: UiState): boolean =>
  !state.eventPane.isFiltered || event.service === state.selected;
