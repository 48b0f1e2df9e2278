/** What each command of the keymap does to the state. */
import type { ServiceState } from '../core/model.ts';
import { helpLines } from './view/help.ts';
import type { Command } from './keymap.ts';
import { anchorLog, pageLines, scrollLog } from './log-pane.ts';
import { askToLeave, askToStop, confirm, eraseName, interrupt, leave, stop } from './questions.ts';
import { selectedRow, type ServiceAction, type Step, type UiState } from './ui-state.ts';

export const runCommand = (state: UiState, command: Command): Step => {
  switch (command) {
    case 'previous':
      return plain(select(state, -1));
    case 'next':
      return plain(select(state, 1));
    case 'first':
      return plain(select(state, -Infinity));
    case 'last':
      return plain(select(state, Infinity));
    case 'log.open':
      return plain({ ...state, focus: 'log' });
    case 'log.close':
      return plain({ ...state, focus: 'table' });
    case 'log.up':
      return scrollLog(state, -1);
    case 'log.down':
      return scrollLog(state, 1);
    case 'log.pageUp':
      return scrollLog(state, -pageLines(state));
    case 'log.pageDown':
      return scrollLog(state, pageLines(state));
    case 'log.start':
      return anchorLog(state, { kind: 'from', byte: 0 });
    case 'log.end':
      return anchorLog(state, { kind: 'end' });
    case 'log.left':
      return plain(shift(state, -shiftColumns));
    case 'log.right':
      return plain(shift(state, shiftColumns));
    case 'log.wrap':
      return plain({ ...state, log: { ...state.log, wrap: !state.log.wrap, shift: 0 } });
    case 'service.restart':
      return act(state, 'restart');
    case 'service.toggle':
      return toggle(state);
    case 'stack.stop':
      return askToStop(state);
    case 'help.open':
      return plain({ ...state, helpTop: 0 });
    case 'help.close':
      return plain({ ...state, helpTop: null });
    case 'help.up':
      return plain({ ...state, helpTop: Math.max(0, (state.helpTop ?? 0) - 1) });
    case 'help.down':
      return plain({ ...state, helpTop: Math.min(helpLines().length, (state.helpTop ?? 0) + 1) });
    case 'leave':
      return askToLeave(state);
    case 'leave.stop':
      return stop(state, 0);
    case 'leave.run':
      return leave(state);
    case 'question.yes':
      return confirm(state);
    case 'question.no':
      return plain({ ...state, question: null });
    case 'name.erase':
      return plain(eraseName(state));
    case 'choose':
      return plain(state);
    case 'interrupt':
      return interrupt(state);
    case 'suspend':
      return { state, intents: [{ type: 'suspend' }] };
    case 'redraw':
      return { state, intents: [{ type: 'redraw' }] };
  }
};

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
