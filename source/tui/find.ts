/** Searching in the log of the selected service: the prompt, the way from match to match, and the filter. */
import { readLogPattern } from '../core/log-pattern.ts';
import { anchorLog, askLog, scrollLog, visibleLines } from './log-pane.ts';
import { toast } from './toast.ts';
import type { LogLine, LogSearch } from '../api/protocol.ts';
import type { LogPane, Progress } from './pane-state.ts';
import type { Intent, Step, UiState } from './ui-state.ts';

/** `/`, or `f` without anything to filter by. */
export const askPattern = (state: UiState, filters: boolean): Step =>
  plain(state.log.service === null ? state : { ...state, question: { kind: 'search', typed: '', filters } });

export const typePattern = (state: UiState, key: string): UiState => {
  const { question } = state;
  if (question?.kind !== 'search' || Array.from(key).length !== 1) return state;
  return question.typed.length >= patternLengthMax
    ? state
    : { ...state, question: { ...question, typed: question.typed + key } };
};

/** What is wrong with a pattern as typed so far, in a sentence; null when nothing is. */
export const problemOf = (typed: string): string | null => {
  const read = readLogPattern(typed);
  return 'problem' in read ? read.problem : null;
};

/** Enter in the prompt: nothing typed ends the search, a pattern that does not compile stays to be mended. */
export const goSearch = (state: UiState): Step => {
  const { question } = state;
  if (question?.kind !== 'search' || problemOf(question.typed) !== null) return plain(state);
  if (question.typed === '') return clearSearch({ ...state, question: null });
  // From here on the keys that move are about the log.
  const closed = { ...state, question: null, focus: 'log' as const };
  const log = { ...closed.log, pattern: question.typed, isFiltered: closed.log.isFiltered || question.filters };
  if (log.isFiltered) return refill({ ...closed, log });
  return findLine({ ...closed, log: { ...log, foundByte: null } }, 'backward');
};

/** Ends the search and the filter; what is shown stays in place. */
export const clearSearch = (state: UiState): Step => {
  const { log } = state;
  if (log.pattern === null) return plain(state);
  const cleared = { ...state, log: { ...log, pattern: null, find: null, foundByte: null } };
  return log.isFiltered ? unfilter(cleared) : askLog({ ...cleared, log: { ...cleared.log, busy: false } });
};

/** `f`: shows only what matches, or everything again around the first line shown. */
export const toggleFilter = (state: UiState): Step => {
  if (state.log.isFiltered) return unfilter(state);
  if (state.log.pattern === null) return askPattern(state, true);
  return refill({ ...state, log: { ...state.log, isFiltered: true } });
};

/** `n` goes to the next older line that matches, `N` to the next newer one. */
export const findLine = (state: UiState, direction: LogSearch['direction']): Step => {
  const { log } = state;
  if (log.pattern === null || log.service === null) return askPattern(state, false);
  if (log.isFiltered) return scrollLog(state, direction === 'backward' ? -1 : 1);
  const shown = visibleLines(state);
  const ticket = log.finds + 1;
  const from = direction === 'forward' ? (log.foundByte ?? shown[0]?.offset) : (log.foundByte ?? belowShown(state));
  // The line found last is looked at again when going forward: its end is not known here.
  const search = { pattern: log.pattern, direction, lines: direction === 'forward' && log.foundByte !== null ? 2 : 1 };
  const intent: Intent = {
    type: 'find',
    ticket,
    service: log.service,
    search: from === undefined ? search : { ...search, from },
  };
  const found = { ...state, log: { ...log, finds: ticket, find: { ticket, direction, progress: null } } };
  return { state: found, intents: [intent] };
};

export const takeFound = (state: UiState, ticket: number, line: LogLine | null): Step => {
  const { log } = state;
  if (log.find?.ticket !== ticket) return plain(state);
  const ended = { ...state, log: { ...log, find: null } };
  if (line === null) {
    const where = log.find.direction === 'backward' ? 'older' : 'newer';
    const told = toast(ended, `no ${where} match of ${log.pattern ?? ''} in ${log.service ?? ''}`, 'note');
    // Matches that are in sight are marked all the same.
    return log.foundByte === null ? askLog({ ...told, log: { ...told.log, busy: false } }) : plain(told);
  }
  const jumped = anchorLog(ended, { kind: 'around', byte: line.offset });
  return { ...jumped, state: { ...jumped.state, log: { ...jumped.state.log, foundByte: line.offset } } };
};

export const failFind = (state: UiState, ticket: number, reason: string): Step => {
  if (state.log.find?.ticket !== ticket) return plain(state);
  return plain(toast({ ...state, log: { ...state.log, find: null } }, reason));
};

export const progressFind = (state: UiState, ticket: number, progress: Progress): UiState => {
  const { find } = state.log;
  return find?.ticket === ticket ? { ...state, log: { ...state.log, find: { ...find, progress } } } : state;
};

/** True while something there is for escape to end. */
export const isSearching = (log: LogPane): boolean => log.pattern !== null || log.find !== null;

const patternLengthMax = 200;

const refill = (state: UiState): Step =>
  anchorLog({ ...state, log: { ...state.log, window: null, find: null } }, { kind: 'end' });

const unfilter = (state: UiState): Step => {
  const { log } = state;
  const first = visibleLines(state)[0];
  const all = { ...state, log: { ...log, isFiltered: false, window: null } };
  const follows = log.anchor.kind === 'end' || !first;
  return anchorLog(all, follows ? { kind: 'end' } : { kind: 'around', byte: first.offset });
};

/** Where what is below the pane begins; undefined at the end of the log. */
const belowShown = (state: UiState): number | undefined => {
  const { window, anchor } = state.log;
  if (!window || anchor.kind === 'end') return undefined;
  const shown = visibleLines(state).length;
  return anchor.kind === 'before' ? window.endByte : (window.lines[shown]?.offset ?? window.endByte);
};

const plain = (state: UiState): Step => ({ state, intents: [] });
