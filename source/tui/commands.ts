/** What each command of the keymap does to the state. */
import type { ServiceState } from '../core/model.ts';
import { helpLines } from './view/help.ts';
import type { Command } from './keymap.ts';
import { anchorLog, pageLines, scrollLog } from './log-pane.ts';
import { askToLeave, askToStop, confirm, eraseName, interrupt, leave, stop } from './questions.ts';
import { selectedRow, type ServiceAction, type Step, type UiState } from './ui-state.ts';

export const runCommand = (state: UiState, command: Command): Step => effects[command](state);

/** Whether `s` stops a service in this state; it starts one in any other. */
export const canStop = (state: ServiceState): boolean => running.has(state);

const running: ReadonlySet<ServiceState> = new Set([
  'waiting',
  'fetching',
  'starting',
  'ready',
  'unhealthy',
  'stopping',
  'backoff',
]);
const shiftColumns = 20;
const shiftColumnsMax = 20_000;

const select = (state: UiState, by: number): UiState => {
  const names = state.seen?.row.services.map((row) => row.name) ?? [];
  const index = Math.max(0, names.indexOf(state.selected ?? ''));
  const target = names[Math.min(names.length - 1, Math.max(0, index + by))];
  return target === undefined ? state : { ...state, selected: target, selectedByUser: true };
};

const shift = (state: UiState, by: number): UiState => {
  const columns = Math.min(shiftColumnsMax, Math.max(0, state.log.shift + by));
  return { ...state, log: { ...state.log, shift: columns, wrap: false } };
};

/** The help fills the screen but for its rule and the hint line. */
const helpTopMax = (state: UiState): number => Math.max(0, helpLines().length - (state.size.rows - 2));

const toggle = (state: UiState): Step => {
  const row = selectedRow(state);
  if (!row) return plain(state);
  return act(state, canStop(row.state) ? 'stop' : 'start');
};

const act = (state: UiState, action: ServiceAction): Step => {
  const row = selectedRow(state);
  if (!row) return plain(state);
  const mark = { action, atMs: state.nowMs, changeAtMs: row.lastChange.atMs };
  return {
    state: { ...state, selectedByUser: true, pending: { ...state.pending, [row.name]: mark } },
    intents: [{ type: 'service', service: row.name, action }],
  };
};

const plain = (state: UiState): Step => ({ state, intents: [] });

const effects: Readonly<Record<Command, (state: UiState) => Step>> = {
  previous: (state) => plain(select(state, -1)),
  next: (state) => plain(select(state, 1)),
  first: (state) => plain(select(state, -Infinity)),
  last: (state) => plain(select(state, Infinity)),
  'log.open': (state) => plain({ ...state, focus: 'log' }),
  'log.close': (state) => plain({ ...state, focus: 'table' }),
  'log.up': (state) => scrollLog(state, -1),
  'log.down': (state) => scrollLog(state, 1),
  'log.pageUp': (state) => scrollLog(state, -pageLines(state)),
  'log.pageDown': (state) => scrollLog(state, pageLines(state)),
  'log.start': (state) => anchorLog(state, { kind: 'from', byte: 0 }),
  'log.end': (state) => anchorLog(state, { kind: 'end' }),
  'log.left': (state) => plain(shift(state, -shiftColumns)),
  'log.right': (state) => plain(shift(state, shiftColumns)),
  'log.wrap': (state) => plain({ ...state, log: { ...state.log, wrap: !state.log.wrap, shift: 0 } }),
  'service.restart': (state) => act(state, 'restart'),
  'service.toggle': (state) => toggle(state),
  'stack.stop': (state) => askToStop(state),
  'help.open': (state) => plain({ ...state, helpTop: 0 }),
  'help.close': (state) => plain({ ...state, helpTop: null }),
  'help.up': (state) => plain({ ...state, helpTop: Math.max(0, (state.helpTop ?? 0) - 1) }),
  'help.down': (state) => plain({ ...state, helpTop: Math.min(helpTopMax(state), (state.helpTop ?? 0) + 1) }),
  leave: (state) => askToLeave(state),
  'leave.stop': (state) => stop(state, 0),
  'leave.run': (state) => leave(state),
  'question.yes': (state) => confirm(state),
  'question.no': (state) => plain({ ...state, question: null }),
  'name.erase': (state) => plain(eraseName(state)),
  choose: (state) => plain(state),
  interrupt: (state) => interrupt(state),
  suspend: (state) => ({ state, intents: [{ type: 'suspend' }] }),
  redraw: (state) => ({ state, intents: [{ type: 'redraw' }] }),
};
