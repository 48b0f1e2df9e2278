/**
The reducer of the screen: (state, message) → (next state, what to do about it). Pure: time comes in the messages, and
everything that touches the world leaves as an intent.
*/
import { bootyItself } from '../api/upgrade-protocol.ts';
import type { StackRow } from '../core/model.ts';
import { runCommand } from './commands.ts';
import { takeEvents } from './event-pane.ts';
import { failFind, progressFind, takeFound } from './find.ts';
import { growMerged, askMerged, mergedRows, takeMerged } from './merged-pane.ts';
import { interrupt, stop, typeAnswer } from './questions.ts';
import { takeChoices } from './stacks.ts';
import { toast } from './toast.ts';
import { noteEnd, takePlan, wantHistory } from './upgrades.ts';
import { commandFor } from './keymap.ts';
import type { Mode } from './binding.ts';
import { layoutOf, logLines } from './layout.ts';
import { askLog, growLog, takeLog, turnLog } from './log-pane.ts';
import { modeOf } from './mode.ts';
import { steadyUsage } from './steady.ts';
import { endedMessage, lostMessage } from './summary.ts';
import type { Frame } from '../api/protocol.ts';
import type { Intent, Message, Pending, Seen, Step, UiState } from './ui-state.ts';

/** One step; after an exit was decided nothing changes any more. */
export const reduce = (state: UiState, message: Message): Step => {
  if (state.exit) return { state, intents: [] };
  const step = settle(react('atMs' in message ? timed(state, message.atMs) : state, message));
  const leave = step.intents.find((intent) => intent.type === 'leave');
  return leave ? { ...step, state: { ...step.state, exit: leave.exit } } : step;
};

/** A request that brought no change for this long is no longer shown as under way. */
const pendingMsMax = 5000;

const react = (state: UiState, message: Message): Step => {
  switch (message.type) {
    case 'frame':
      return takeFrame(state, message.frame, message.atMs);
    case 'key':
      return takeKey(state, message.key);
    case 'resized':
      return plain({ ...state, size: message.size });
    case 'ticked':
      return plain(state);
    case 'log.answered':
      return message.ticket === state.log.ticket ? takeLog(state, message.window) : plain(state);
    case 'log.failed':
      if (message.ticket !== state.log.ticket) return plain(state);
      return plain({ ...state, log: { ...state.log, busy: false, debt: 0, problem: message.reason } });
    case 'log.progressed':
      if (message.ticket !== state.log.ticket) return plain(state);
      return plain({ ...state, log: { ...state.log, progress: message.progress } });
    case 'find.progressed':
      return plain(progressFind(state, message.ticket, message.progress));
    case 'find.answered':
      return takeFound(state, message.ticket, message.line);
    case 'find.failed':
      return failFind(state, message.ticket, message.reason);
    case 'merged.answered':
      return message.ticket === state.merged.ticket ? takeMerged(state, message.windows) : plain(state);
    case 'merged.failed':
      if (message.ticket !== state.merged.ticket) return plain(state);
      return plain({ ...state, merged: { ...state.merged, busy: false, debt: 0, down: 0, problem: message.reason } });
    case 'events.answered':
      return plain(takeEvents(state, message.events));
    case 'doctor.answered':
      return plain({ ...state, doctor: { findings: message.findings, phase: 'told', problem: null } });
    case 'plan.answered':
      return plain(takePlan(state, message.ask, message.plan));
    case 'plan.failed':
      // What was asked in the meantime stays.
      if (state.question?.kind !== 'upgrade' || state.question.ask !== message.ask) return plain(state);
      return plain(toast({ ...state, question: null }, message.reason));
    case 'history.answered':
      return plain({ ...state, historyPane: { ...state.historyPane, entries: message.entries, phase: 'told' } });
    case 'history.failed':
      return plain({ ...state, historyPane: { ...state.historyPane, phase: 'failed', problem: message.reason } });
    case 'choices.answered':
      return plain(takeChoices(state, message.choices));
    case 'doctor.failed':
      return plain({ ...state, doctor: { findings: [], phase: 'failed', problem: message.reason } });
    case 'told':
      return plain(toast(state, message.text));
    case 'down.failed':
      return plain(toast({ ...state, askedForce: state.seen?.stop?.force ?? null }, message.reason));
    case 'service.failed': {
      const { [message.service]: _, ...pending } = state.pending;
      return plain(toast({ ...state, pending }, message.reason));
    }
    case 'connection.lost':
      return loseConnection(state, message);
    case 'signal':
      break;
  }
  return takeSignal(state, message.signal);
};

const takeFrame = (state: UiState, frame: Frame, atMs: number): Step => {
  if (frame.type === 'state') return askAgain(noteEnd(see(state, frame, atMs), state), state, frame);
  if (frame.type === 'logs') return state.seen?.stop ? plain(state) : grow(state, frame.ends);
  if (frame.type === 'event') return plain(takeEvents(state, [frame.event]));
  if (frame.type === 'ended') {
    const ended = { exitCode: frame.exitCode, message: endedMessage(state, frame, atMs) };
    const exit = state.next === null ? ended : { ...ended, next: state.next };
    return { state, intents: [{ type: 'leave', exit, word: null, force: null }] };
  }
  return plain(state);
};

/** A daemon that was killed may not have written down that it was asked to stop the stack: its successor is asked as well. */
const askAgain = (state: UiState, before: UiState, { stop: cascade }: Seen): Step => {
  const force = before.askedForce;
  const isKnown = force === null || (cascade !== null && cascade.force >= force);
  return before.connection.kind === 'lost' && !isKnown ? stop(state, force) : plain(state);
};

/** Only what is on the screen is asked for. */
const grow = (state: UiState, ends: Readonly<Record<string, number>>): Step => {
  if (state.pane === 'logs') return growMerged(state, ends);
  const bytes = state.log.service === null ? undefined : ends[state.log.service];
  if (bytes === undefined) return plain(state);
  if (state.pane !== 'services') return plain({ ...state, log: { ...state.log, fileBytes: bytes, stale: true } });
  return growLog(state, bytes);
};

const see = (state: UiState, frame: Seen, atMs: number): UiState => {
  const row = steadyUsage(state.seen?.row, frame.row);
  const stopBegins = frame.stop !== null && !state.seen?.stop;
  return {
    ...state,
    seen: { ...frame, row },
    connection: { kind: 'live' },
    heardAtMs: atMs,
    pending: stillPending(state.pending, row, atMs),
    // What was asked before a stop began makes no sense during it.
    chooser: frame.stop === null ? state.chooser : null,
    question: stopBegins && state.question?.kind !== 'shorten' ? null : state.question,
    stoppingSinceMs: state.stoppingSinceMs ?? (frame.stop ? atMs : null),
  };
};

const stillPending = (pending: UiState['pending'], row: StackRow, atMs: number): UiState['pending'] => {
  const entries = Object.entries(pending);
  if (entries.length === 0) return pending;
  const changedAt = new Map(row.services.map((service) => [service.name, service.lastChange.atMs]));
  const isPending = ([name, mark]: readonly [string, Pending]) =>
    changedAt.get(name) === mark.changeAtMs && atMs - mark.atMs < pendingMsMax;
  return Object.fromEntries(entries.filter(isPending));
};

const takeKey = (state: UiState, key: string): Step => {
  const mode = modeOf(state);
  const command = commandFor(mode, key);
  const awake = { ...state, toast: null };
  if (command) return runCommand(awake, command);
  return plain(typed.has(mode) ? typeAnswer(awake, key) : awake);
};

/** Modes in which letters are letters. */
const typed: ReadonlySet<Mode> = new Set(['name', 'search', 'palette']);

const takeSignal = (state: UiState, signal: 'SIGTERM' | 'SIGHUP'): Step => {
  if (signal === 'SIGHUP') {
    // The terminal is gone: the daemon does what was agreed for that, nobody reads a last line.
    const exit = { exitCode: 129, message: null };
    return { state, intents: [{ type: 'leave', exit, word: { type: 'hangup' }, force: null }] };
  }
  const exit = { exitCode: 143, message: null };
  if (state.termed || !state.seen?.owner) {
    return { state, intents: [{ type: 'leave', exit, word: null, force: null }] };
  }
  return interrupt({ ...state, termed: true });
};

const loseConnection = (state: UiState, message: Extract<Message, { type: 'connection.lost' }>): Step => {
  const sinceMs = state.connection.kind === 'lost' ? state.connection.sinceMs : message.atMs;
  const lost: UiState = {
    ...state,
    connection: { kind: 'lost', sinceMs, reason: message.reason },
    question: null,
    chooser: null,
    next: null,
    pending: {},
  };
  if (message.retrying) return plain(lost);
  const exit = { exitCode: 3, message: lostMessage(lost) };
  return { state: lost, intents: [{ type: 'leave', exit, word: null, force: null }] };
};

/** Brings in line what follows from the rest: the selection, and the log of the selected service. */
const settle = (step: Step): Step => {
  if (!step.state.seen || step.state.seen.stop || step.state.connection.kind === 'lost') return step;
  const asked = wantHistory(step.state);
  return settlePanes(asked.state, [...step.intents, ...asked.intents], step.state.seen.row);
};

const settlePanes = (state: UiState, intents: readonly Intent[], row: StackRow): Step => {
  const selected = selection(state, row);
  const chosen = selected === state.selected ? state : { ...state, selected };
  const turned = chosen.log.service === selected ? chosen : turnLog(chosen, selected);
  if (turned.pane === 'logs') return settleMerged(turned, intents);
  if (turned.pane !== 'services') return { state: turned, intents };
  const { log } = turned;
  // It grew while another pane was shown.
  const isBehind = log.stale && log.anchor.kind === 'end';
  const needsMore = isBehind || logLines(layoutOf(turned)) > log.askedLines;
  if (log.busy || !needsMore) return { state: turned, intents };
  const asked = askLog(turned);
  return { state: asked.state, intents: [...intents, ...asked.intents] };
};

const settleMerged = (state: UiState, intents: readonly Intent[]): Step => {
  const { merged } = state;
  if (merged.busy || mergedRows(state) <= merged.askedLines) return { state, intents };
  const asked = askMerged(state);
  return { state: asked.state, intents: [...intents, ...asked.intents] };
};

const selection = (state: UiState, row: StackRow): string | null => {
  const isThere = row.services.some((service) => service.name === state.selected);
  // Booty itself has a row among the versions, and is no service.
  const isOwn = state.pane === 'upgrades' && state.selected === bootyItself;
  if (state.selectedByUser && (isThere || isOwn)) return state.selected;
  const failed = row.services.find((service) => service.state === 'failed');
  return failed?.name ?? (isThere ? state.selected : (row.services[0]?.name ?? null));
};

const timed = (state: UiState, atMs: number): UiState => {
  const nowMs = Math.max(state.nowMs, atMs);
  return { ...state, nowMs, toast: state.toast && state.toast.untilMs <= nowMs ? null : state.toast };
};

const plain = (state: UiState): Step => ({ state, intents: noIntents });
const noIntents: readonly Intent[] = [];
