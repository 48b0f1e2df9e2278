import type { StackEvent } from '../../api/protocol.ts';
import { eventsOf, visibleEvents } from '../event-pane.ts';
import { formatClock } from '../format.ts';
import { span, type Line, type Tone } from '../line.ts';
import { cut, pad, widthOf } from '../text.ts';
import { toneOfState, type Look } from '../theme.ts';
import type { UiState } from '../ui-state.ts';
import { paneRule } from './pane-rule.ts';

/** What happened to the stack, newest last: when, to whom, and what it came to. */
export const eventsPane = (state: UiState, look: Look): readonly Line[] => {
  const events = visibleEvents(state);
  const nameWidth = Math.min(20, Math.max(5, ...events.map((event) => widthOf(nameOf(event, state)))));
  const empty = state.eventPane.isFiltered ? ` nothing happened to ${state.selected ?? 'it'}` : ' nothing happened yet';
  const lines = events.map((event) => eventLine(event, nameWidth, state, look));
  return [paneRule(state, title(state, look), look), ...(lines.length === 0 ? [[span(empty, 'dim')]] : lines)];
};

/** An event as one line of plain text. */
export const eventText = (event: StackEvent, state: UiState): string =>
  `${formatClock(event.atMs)} ${nameOf(event, state)}: ${whatOf(event)}`;

const title = (state: UiState, look: Look): Line => {
  const { isFiltered, below } = state.eventPane;
  return [
    span('EVENTS', 'strong'),
    ...(isFiltered ? [span(' of '), span(state.selected ?? '-', 'accent')] : []),
    span(` ${eventsOf(state).length}`, 'dim'),
    ...(below > 0 ? [span(` ${look.symbols.down}${below}`, 'warn')] : []),
  ];
};

const nameOf = (event: StackEvent, state: UiState): string => event.service ?? state.seen?.row.stack ?? '';

const eventLine = (event: StackEvent, nameWidth: number, state: UiState, look: Look): Line => {
  const name = pad(cut(nameOf(event, state), nameWidth, look.symbols.more), nameWidth);
  const symbol = event.to === null ? ' ' : look.symbols.states[event.to];
  return [
    span(` ${formatClock(event.atMs)}  `, 'dim'),
    span(name, event.service === null ? 'accent' : event.service === state.selected ? 'strong' : 'plain'),
    span(`  ${symbol} `, toneOf(event)),
    span(whatOf(event), event.to === 'failed' ? 'bad' : 'plain'),
  ];
};

/** The message without the name of the service, which stands before it. */
const whatOf = (event: StackEvent): string => {
  const prefix = event.service === null ? '' : `${event.service} `;
  const said = event.message.startsWith(prefix)
    ? event.message.slice(prefix.length).replace(/^is /, '')
    : event.message;
  const change = event.to === null || said.includes(event.to) ? '' : event.to;
  return [change, said].filter((part) => part !== '').join(': ') || event.type;
};

const toneOf = (event: StackEvent): Tone => (event.to === null ? 'plain' : toneOfState[event.to]);
