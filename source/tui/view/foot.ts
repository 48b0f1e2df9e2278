import { canStop } from '../commands.ts';
import { problemOf } from '../find.ts';
import type { Binding, Mode } from '../binding.ts';
import { span, type Line } from '../line.ts';
import { candidates } from '../palette.ts';
import { offeredRows, runningUpgrade, upgradeRowOf } from '../upgrades.ts';
import { isOffered } from './upgrade-words.ts';
import { planSentence } from './upgrade-plan.ts';
import { modeOf } from '../mode.ts';
import type { Look } from '../theme.ts';
import { selectedRow, type Question, type Toast, type UiState } from '../ui-state.ts';
import { hintLine } from './hint-line.ts';
import { ruleLine } from './rule.ts';

/** Last rows: what can be pressed now, or the question and its answers. */
export const footLines = (state: UiState, look: Look): readonly Line[] => {
  const mode = modeOf(state);
  const hint = hintLine(mode, state.size.columns, (binding) => hintOf(binding, mode, state));
  if (state.question && mode !== 'lost') {
    const rule = ruleLine([span('QUESTION', 'strong')], [], state.size.columns, look);
    return [rule, questionLine(state.question, state, look), hint];
  }
  if (state.toast) return [toastLine(state.toast, look)];
  return [hint];
};

const toastLine = ({ kind, text }: Toast, look: Look): Line => {
  if (kind === 'problem') return [span(' ! ', 'bad'), span(text, 'strong')];
  return [kind === 'done' ? span(` ${look.symbols.states.completed} `, 'good') : span('   '), span(text)];
};

const hintOf = (binding: Binding, mode: Mode, state: UiState): string | null => {
  const row = selectedRow(state);
  if (binding.command === 'service.toggle') return row && canStop(row.state) ? 'stop' : 'start';
  if (binding.command === 'service.restart')
    return row?.state === 'failed' || row?.state === 'backoff' ? 'retry' : 'restart';
  if (binding.command === 'events.filter')
    return state.eventPane.isFiltered ? 'all services' : `only ${state.selected ?? 'one'}`;
  if (binding.command === 'log.search' && state.log.pattern !== null) return `search (${state.log.pattern})`;
  if (binding.command === 'question.yes' && state.question?.kind === 'upgrade') {
    return state.question.plan === null ? null : state.question.plan.subjects.length === 0 ? 'close' : 'yes, do it';
  }
  if (binding.command.startsWith('upgrade')) return upgradeHint(binding, mode, state);
  if (binding.command === 'interrupt' && mode === 'stopping') return null;
  if (binding.command === 'leave' && state.seen && (mode === 'stopping' || !state.seen.owner)) {
    return mode === 'stopping' ? 'leave, it goes on' : 'leave, all runs on';
  }
  return binding.hint;
};

/** A key about upgrades is named where it would do something. */
const upgradeHint = (binding: Binding, mode: Mode, state: UiState): string | null => {
  if (mode === 'history') return binding.hint;
  const row = upgradeRowOf(state, state.selected);
  const offered = offeredRows(state);
  const isRunning = runningUpgrade(state) !== null;
  const { command } = binding;
  if (command === 'upgrade.cancel') return isRunning ? 'end it, go back' : null;
  if (isRunning) return null;
  if (command === 'upgrade') return row && row.inRange !== null ? `upgrade to ${row.inRange}` : null;
  if (command === 'upgrade.all') return offered.length > 1 ? `all ${offered.length}` : null;
  if (command === 'upgrade.back')
    return row?.back && row.back.blockedBy === null ? `back to ${row.back.version}` : null;
  if (command === 'upgrade.look') return binding.hint;
  return row && mode === 'upgrades' && isOffered(row, state.nowMs) ? binding.hint : null;
};

const questionLine = (question: Question, state: UiState, look: Look): Line => {
  const name = state.seen?.row.stack ?? '';
  if (question.kind === 'leave') {
    return [span(` ${name} is tied to this screen. `), span('Stop it, or leave it running?', 'strong')];
  }
  if (question.kind === 'stop') {
    return [span(` Stop all of ${name}? `, 'strong'), span('In order, with grace. Data stays.')];
  }
  if (question.kind === 'name') {
    return [
      span(' To stop it type '),
      span(name, 'strong'),
      span(': '),
      span(question.typed, 'strong'),
      span('_', 'accent'),
      span('   It is detached: others may count on it.', 'dim'),
    ];
  }
  if (question.kind === 'search') return searchLine(question, state, look);
  if (question.kind === 'upgrade') return planLine(question);
  if (question.kind === 'cancel') {
    return [
      span(' End the upgrade? ', 'strong'),
      span('The old version runs then.'),
      ...(state.seen?.owner ? [span(' ctrl-c: stop the whole stack.', 'dim')] : []),
    ];
  }
  if (question.kind === 'palette') return paletteLine(question, state);
  return question.force === 2
    ? [span(' Kill all that is left, now?', 'strong'), span(' What was not written is lost.')]
    : [span(' Give each less time?', 'strong'), span(' What does not stop at once is killed.')];
};

const planLine = ({ plan }: Extract<Question, { kind: 'upgrade' }>): Line => {
  if (plan === null) return [span(' The plan is being made; nothing is changed yet.')];
  if (plan.subjects.length === 0) return [span(' There is nothing to do.')];
  return [span(` ${planSentence(plan)}`, 'strong'), span(' Nothing is changed yet.')];
};

const paletteLine = (question: Extract<Question, { kind: 'palette' }>, state: UiState): Line => [
  span(' :', 'accent'),
  span(question.typed, 'strong'),
  span('_', 'accent'),
  span(`   ${candidates(state).join(' ')}`, 'dim'),
];

const searchLine = (question: Extract<Question, { kind: 'search' }>, state: UiState, look: Look): Line => {
  const problem = problemOf(question.typed);
  return [
    span(question.filters ? ' Show only lines with ' : ' Search for ', 'strong'),
    span(question.typed, 'strong'),
    span('_', 'accent'),
    problem === null
      ? span(`   in ${state.log.service ?? 'the log'} ${look.symbols.separator} lower case ignores case`, 'dim')
      : span(`   ${problem}`, 'bad'),
  ];
};
