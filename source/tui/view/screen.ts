import { chooserLines } from '../chooser.ts';
import { modeOf } from '../mode.ts';
import { span, fitLine, type Line } from '../line.ts';
import { isTiny, layoutOf } from '../layout.ts';
import type { Look } from '../theme.ts';
import { cut } from '../text.ts';
import { formatWait } from '../format.ts';
import type { Question, UiState } from '../ui-state.ts';
import { historyPane } from './history.ts';
import { planLines } from './upgrade-plan.ts';
import { upgradesPane } from './upgrades.ts';
import { doctorPane } from './doctor.ts';
import { eventsPane } from './events.ts';
import { fetchListPane } from './fetch-list.ts';
import { fetchPane } from './fetches.ts';
import { footLines } from './foot.ts';
import { headerLine } from './header.ts';
import { helpLines } from './help.ts';
import { logPane } from './log.ts';
import { mergedPane } from './merged.ts';
import { linkRows, noteLines } from './notes.ts';
import { ruleLine } from './rule.ts';
import { tableLines } from './service-table.ts';
import { stoppingLines } from './stopping.ts';
import { whyPane } from './why.ts';

/** One part of the screen: its rows are drawn together. */
export type Pane = { readonly name: string; readonly lines: readonly Line[] };

/**
The whole screen: panes whose lines are together exactly as many as the terminal has rows, each exactly as wide.
*/
export const screenOf = (state: UiState, look: Look): readonly Pane[] => {
  const { columns, rows } = state.size;
  if (columns < 1 || rows < 1) return [];
  if (modeOf(state) === 'stacks' && state.chooser && !isTiny(state)) {
    return [{ name: 'stacks', lines: chooserLines(state.chooser, state.size, look, 'stacks') }];
  }
  const foot = footLines(state, look);
  const panes = isTiny(state) ? tiny(state) : [...body(state, look, rows - foot.length), { name: 'foot', lines: foot }];
  return panes.map((pane) => ({ ...pane, lines: pane.lines.map((line) => fitLine(line, columns, look.symbols.more)) }));
};

const tiny = (state: UiState): readonly Pane[] => {
  const text = `too small${state.seen ? `; ${state.seen.row.stack} ${state.seen.row.state}` : ''}`;
  const line = [span(cut(text, state.size.columns))];
  return [filled({ name: 'tiny', lines: [line] }, state.size.rows)];
};

const body = (state: UiState, look: Look, height: number): readonly Pane[] => {
  const { seen } = state;
  if (state.helpTop !== null && state.connection.kind !== 'lost') return [filled(help(state, look, height), height)];
  if (!seen) return [filled(waiting(state, look), height)];
  if (seen.stop && state.connection.kind !== 'lost') {
    return [filled({ name: 'stopping', lines: stoppingLines(state, seen.stop, height, look) }, height)];
  }
  if (state.question?.kind === 'upgrade') {
    const pane = filled({ name: 'plan', lines: planPane(state.question, state, height - 1, look) }, height - 1);
    return [{ name: 'header', lines: [headerLine(state, look)] }, pane];
  }
  if (state.pane !== 'services') {
    const pane = filled({ name: state.pane, lines: otherPane(state, height - 1, look) }, height - 1);
    return [{ name: 'header', lines: [headerLine(state, look)] }, pane];
  }
  return main(state, look, height);
};

const otherPane = (state: UiState, height: number, look: Look): readonly Line[] => {
  if (state.pane === 'events') return eventsPane(state, look);
  if (state.pane === 'logs') return mergedPane(state, look);
  if (state.pane === 'upgrades') return upgradesPane(state, height, look);
  if (state.pane === 'history') return historyPane(state, height, look);
  return state.pane === 'fetch' ? fetchListPane(state, height, look) : doctorPane(state, height, look);
};

const planPane = (
  { plan, ask, top }: Extract<Question, { kind: 'upgrade' }>,
  state: UiState,
  height: number,
  look: Look,
): readonly Line[] => {
  const { columns } = state.size;
  const lines = plan === null ? [[span(' making the plan', 'dim')]] : planLines(plan, columns);
  const below = lines.length - top - (height - 1);
  const right = below > 0 ? [span(`${look.symbols.down} ${below} more`, 'accent')] : [];
  const title = ask.kind === 'upgrade' ? 'PLAN OF THE UPGRADE' : 'PLAN OF THE WAY BACK';
  return [ruleLine([span(title, 'strong')], right, columns, look), ...lines.slice(top)];
};

const main = (state: UiState, look: Look, height: number): readonly Pane[] => {
  const { seen } = state;
  if (!seen) return [];
  const layout = layoutOf(state);
  const { columns } = state.size;
  const panes = [
    { name: 'header', lines: [headerLine(state, look)] },
    { name: 'links', lines: linkRows(seen.links, columns, layout.links) },
    { name: 'notes', lines: noteLines(seen).slice(0, layout.notes) },
    filled({ name: 'table', lines: tableLines(state, layout.table, look) }, layout.table),
    filled({ name: 'fetches', lines: fetchPane(state, layout.fetches, look) }, layout.fetches),
    filled({ name: 'why', lines: whyPane(state, layout.why, look) }, layout.why),
    { name: 'log', lines: logPane(state, layout.log, look) },
  ];
  const used = panes.reduce((sum, pane) => sum + pane.lines.length, 0);
  return [...panes, filled({ name: 'blank', lines: [] }, Math.max(0, height - used))];
};

const help = (state: UiState, look: Look, height: number): Pane => {
  const lines = helpLines(state.seen?.links);
  const room = height - 1;
  const top = Math.min(state.helpTop ?? 0, Math.max(0, lines.length - room));
  const below = lines.length - top - room;
  const right = below > 0 ? [span(`${look.symbols.down} ${below} more`, 'accent')] : [];
  const rule = ruleLine([span('KEYS', 'strong')], right, state.size.columns, look);
  return { name: 'help', lines: [rule, ...lines.slice(top, top + room)] };
};

const waiting = (state: UiState, look: Look): Pane => {
  const { connection } = state;
  const lost: readonly Line[] =
    connection.kind === 'lost'
      ? [[span(` no answer for ${formatWait(state.nowMs - connection.sinceMs)}: ${connection.reason}`, 'bad')]]
      : [];
  return { name: 'waiting', lines: [headerLine(state, look), ...lost] };
};

const filled = (pane: Pane, height: number): Pane => {
  const lines = pane.lines.slice(0, height);
  return { ...pane, lines: [...lines, ...Array.from({ length: height - lines.length }, (): Line => [])] };
};
