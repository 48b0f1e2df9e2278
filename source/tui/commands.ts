/** What each command of the keymap does to the state. */
import type { ServiceState } from '../core/model.ts';
import { helpLines } from './view/help.ts';
import type { Command } from './command.ts';
import { anchorLog, pageLines, scrollLog, visibleLines } from './log-pane.ts';
import { copyLines } from './copy.ts';
import { toggleEventFilter, visibleEvents } from './event-pane.ts';
import { askPattern, clearSearch, findLine, goSearch, isSearching, toggleFilter } from './find.ts';
import { toggleMark, visibleMerged } from './merged-pane.ts';
import { askDoctor, openPane, pageRows, scrollPane, turnPane } from './panes.ts';
import { askToLeave, askToStop, confirm, erase, interrupt, leave, stop } from './questions.ts';
import { askStacks, runStacks } from './stacks.ts';
import type { Choice } from './choice.ts';
import { toast } from './toast.ts';
import { paneRows } from './layout.ts';
import { completeWord, openPalette, runPalette } from './palette.ts';
import { askBack, askCancel, askUpgrade, askUpgradeAll, defer, lookAgain, upgradeRows } from './upgrades.ts';
import { planLines } from './view/upgrade-plan.ts';
import { eventText } from './view/events.ts';
import { selectedRow, type ServiceAction, type Step, type UiState } from './ui-state.ts';

export const runCommand = (state: UiState, command: Command): Step =>
  state.chooser && choosing.has(command) ? runStacks(state, command) : effects[command](state);

/** Whether `s` stops a service in this state; it starts one in any other. */
export const canStop = (state: ServiceState): boolean => running.has(state);

/** What moves the pointer of the chooser where that is shown. */
const choosing: ReadonlySet<Command> = new Set(['previous', 'next', 'first', 'last']);

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
  if (state.pane === 'history') return selectEntry(state, by);
  const shown = state.pane === 'upgrades' ? upgradeRows(state).map((row) => row.service) : [];
  const names = shown.length > 0 ? shown : (state.seen?.row.services.map((row) => row.name) ?? []);
  const index = Math.max(0, names.indexOf(state.selected ?? ''));
  const target = names[Math.min(names.length - 1, Math.max(0, index + by))];
  return target === undefined ? state : { ...state, selected: target, selectedByUser: true };
};

const selectEntry = (state: UiState, by: number): UiState => {
  const { historyPane } = state;
  const index = Math.max(0, Math.min(historyPane.entries.length - 1, historyPane.index + by));
  return { ...state, historyPane: { ...historyPane, index } };
};

const scrollPlan = (state: UiState, by: number): UiState => {
  const { question } = state;
  if (question?.kind !== 'upgrade' || question.plan === null) return state;
  const most = Math.max(0, planLines(question.plan, state.size.columns).length - paneRows(state) + 1);
  return { ...state, question: { ...question, top: Math.min(most, Math.max(0, question.top + by)) } };
};

const shift = (state: UiState, by: number): UiState => {
  const columns = Math.min(shiftColumnsMax, Math.max(0, state.log.shift + by));
  return { ...state, log: { ...state.log, shift: columns, wrap: false } };
};

/** The help fills the screen but for its rule and the hint line. */
const helpRows = ({ size }: UiState): number => Math.max(0, size.rows - 2);

const helpPageRows = (state: UiState): number => Math.max(1, helpRows(state) - 1);

const scrollHelp = (state: UiState, by: number): UiState => {
  const most = Math.max(0, helpLines(state.seen?.links).length - helpRows(state));
  return { ...state, helpTop: Math.min(most, Math.max(0, Math.min(most, state.helpTop ?? 0) + by)) };
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

/** What is on the screen, to be copied. */
const shownTexts = (state: UiState): readonly string[] => {
  if (state.pane === 'events') return visibleEvents(state).map((event) => eventText(event, state));
  if (state.pane === 'logs') return visibleMerged(state).map((line) => `${line.service} ${line.text}`);
  return visibleLines(state).map((line) => line.text);
};

const copyFound = (state: UiState): Step => {
  const line = state.log.window?.lines.find((one) => one.offset === state.log.foundByte);
  return line ? copyLines(state, [line.text]) : plain(toast(state, 'no line was found yet: search with /', 'note'));
};

const page = (state: UiState): Step => {
  const { service, foundByte } = state.log;
  if (service === null) return plain(state);
  const byte = foundByte ?? visibleLines(state)[0]?.offset ?? 0;
  return { state, intents: [{ type: 'page', service, byte }] };
};

const closeLog = (state: UiState): Step =>
  isSearching(state.log) ? clearSearch(state) : plain({ ...state, focus: 'table' });

/** Another way to read lines changes how many of them fit. */
const toggleRaw = (state: UiState): UiState => ({ ...state, isRaw: !state.isRaw });

const nextOf = ({ question }: UiState): Choice | null => (question?.kind === 'leave' ? question.next : null);

const plain = (state: UiState): Step => ({ state, intents: [] });

const effects: Readonly<Record<Command, (state: UiState) => Step>> = {
  previous: (state) => plain(select(state, -1)),
  next: (state) => plain(select(state, 1)),
  first: (state) => plain(select(state, -Infinity)),
  last: (state) => plain(select(state, Infinity)),
  'log.open': (state) => plain({ ...state, focus: 'log' }),
  'log.close': closeLog,
  'pane.services': (state) => openPane(state, 'services'),
  'pane.events': (state) => openPane(state, 'events'),
  'pane.logs': (state) => openPane(state, 'logs'),
  'pane.fetch': (state) => openPane(state, 'fetch'),
  'pane.doctor': (state) => openPane(state, 'doctor'),
  'pane.upgrades': (state) => openPane(state, 'upgrades'),
  'pane.history': (state) => openPane(state, 'history'),
  'pane.next': (state) => turnPane(state, 1),
  'pane.previous': (state) => turnPane(state, -1),
  'pane.up': (state) => scrollPane(state, -1),
  'pane.down': (state) => scrollPane(state, 1),
  'pane.pageUp': (state) => scrollPane(state, -pageRows(state)),
  'pane.pageDown': (state) => scrollPane(state, pageRows(state)),
  'pane.start': (state) => scrollPane(state, -Infinity),
  'pane.end': (state) => scrollPane(state, Infinity),
  'events.filter': (state) => plain(toggleEventFilter(state)),
  'doctor.ask': askDoctor,
  mark: (state) => plain(toggleMark(state)),
  'log.search': (state) => askPattern(state, false),
  'log.older': (state) => findLine(state, 'backward'),
  'log.newer': (state) => findLine(state, 'forward'),
  'log.filter': toggleFilter,
  'log.clear': clearSearch,
  'log.raw': (state) => plain(toggleRaw(state)),
  'log.page': page,
  copy: (state) => copyLines(state, shownTexts(state)),
  'copy.found': copyFound,
  'search.go': goSearch,
  'search.wipe': (state) =>
    plain(state.question?.kind === 'search' ? { ...state, question: { ...state.question, typed: '' } } : state),
  stacks: askStacks,
  'stacks.close': (state) => runStacks(state, 'stacks.close'),
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
  upgrade: askUpgrade,
  'upgrade.all': askUpgradeAll,
  'upgrade.back': askBack,
  'upgrade.later': (state) => defer(state, 'later'),
  'upgrade.skip': (state) => defer(state, 'skip'),
  'upgrade.cancel': askCancel,
  'upgrade.look': lookAgain,
  'plan.up': (state) => plain(scrollPlan(state, -1)),
  'plan.down': (state) => plain(scrollPlan(state, 1)),
  'plan.pageUp': (state) => plain(scrollPlan(state, -paneRows(state))),
  'plan.pageDown': (state) => plain(scrollPlan(state, paneRows(state))),
  palette: (state) => plain(openPalette(state)),
  'palette.go': (state) => runPalette(state, runCommand),
  'palette.complete': (state) => plain(completeWord(state)),
  'stack.stop': (state) => askToStop(state),
  'help.open': (state) => plain({ ...state, helpTop: 0 }),
  'help.close': (state) => plain({ ...state, helpTop: null }),
  'help.up': (state) => plain(scrollHelp(state, -1)),
  'help.down': (state) => plain(scrollHelp(state, 1)),
  'help.pageUp': (state) => plain(scrollHelp(state, -helpPageRows(state))),
  'help.pageDown': (state) => plain(scrollHelp(state, helpPageRows(state))),
  'help.start': (state) => plain(scrollHelp(state, -Infinity)),
  'help.end': (state) => plain(scrollHelp(state, Infinity)),
  leave: (state) => askToLeave(state),
  'leave.stop': (state) => stop({ ...state, next: nextOf(state) }, 0),
  'leave.run': (state) => leave(state, nextOf(state)),
  'question.yes': (state) => confirm(state),
  'question.no': (state) => plain({ ...state, question: null }),
  erase: (state) => plain(erase(state)),
  choose: (state) => runStacks(state, 'choose'),
  interrupt: (state) => interrupt(state),
  suspend: (state) => ({ state, intents: [{ type: 'suspend' }] }),
  redraw: (state) => ({ state, intents: [{ type: 'redraw' }] }),
};
