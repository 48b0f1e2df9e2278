/** Leaving and stopping: what is asked first, and what each answer does. */
import { typePattern } from './find.ts';
import { typeWord } from './palette.ts';
import { confirmUpgrade, runningUpgrade } from './upgrades.ts';
import type { Choice } from './choice.ts';
import { killedMessage, leftMessage } from './summary.ts';
import { toast } from './toast.ts';
import type { Force, Intent, Step, UiState } from './ui-state.ts';

/** `q`, or another stack was chosen: asks when leaving would decide about a stack tied to this screen, else leaves at once. */
export const askToLeave = (state: UiState, next: Choice | null = null): Step => {
  const isOurs = state.seen?.owner && state.seen.row.daemon?.tied !== false && !state.seen.stop;
  if (isOurs && state.connection.kind === 'live') {
    return { state: { ...state, helpTop: null, question: { kind: 'leave', next } }, intents: [] };
  }
  return leave(state, next);
};

/** `X`: asks for `y`, and for the name of a stack that others may count on. */
export const askToStop = (state: UiState): Step => {
  const { seen } = state;
  if (!seen) return { state, intents: [] };
  if (seen.stop) {
    const force = nextForce(state);
    return { state: force === 0 ? state : { ...state, question: { kind: 'shorten', force } }, intents: [] };
  }
  const question =
    seen.row.daemon?.tied === false ? ({ kind: 'name', typed: '' } as const) : ({ kind: 'stop' } as const);
  return { state: { ...state, question }, intents: [] };
};

/** What answers a question by letters. */
export const typeAnswer = (state: UiState, key: string): UiState => {
  if (state.question?.kind === 'palette') return typeWord(state, key);
  return state.question?.kind === 'search' ? typePattern(state, key) : typeName(state, key);
};

export const erase = (state: UiState): UiState => {
  const { question } = state;
  if (question?.kind !== 'name' && question?.kind !== 'search' && question?.kind !== 'palette') return state;
  const typed = Array.from(question.typed).slice(0, -1).join('');
  return { ...state, question: { ...question, typed } };
};

/** Letters of the name typed; once it is whole, `y` is what remains to be pressed. */
const typeName = (state: UiState, key: string): UiState => {
  const { question, seen } = state;
  if (question?.kind !== 'name' || !seen || Array.from(key).length !== 1) return state;
  const typed = question.typed + key;
  if (typed === seen.row.stack) return { ...state, question: { kind: 'stop' } };
  return typed.length > nameLengthMax ? state : { ...state, question: { kind: 'name', typed } };
};

/** `y`. */
export const confirm = (state: UiState): Step => {
  const { question } = state;
  const closed = { ...state, question: null };
  if (question?.kind === 'upgrade') return confirmUpgrade(state);
  if (question?.kind === 'cancel') return { state: closed, intents: [{ type: 'upgrades', what: { call: 'cancel' } }] };
  if (question?.kind === 'stop') return stop(closed, 0);
  return question?.kind === 'shorten' ? stop(closed, question.force) : { state: closed, intents: [] };
};

/** Stops the stack; the screen then shows the cascade until the daemon says that it ended. */
export const stop = (state: UiState, force: Force): Step => ({
  state: { ...state, question: null, helpTop: null, askedForce: force },
  intents: [{ type: 'down', force }],
});

/** Leaves and lets everything run on. */
export const leave = (state: UiState, next: Choice | null = null): Step => {
  const isLost = state.connection.kind === 'lost';
  const left = { exitCode: isLost ? 3 : 0, message: leftMessage(state) };
  const exit = next === null ? left : { ...left, next };
  // Only the owner has something to let go of; anyone else just hangs up.
  const isStopping = state.askedForce !== null || Boolean(state.seen?.stop);
  const word = state.seen?.owner && !isLost && !isStopping ? ({ type: 'leave' } as const) : null;
  return { state, intents: [{ type: 'leave', exit, word, force: null }] };
};

/**
ctrl-c: the owner's first stops in order, the second shortens, the third kills and leaves; others only leave. While no daemon
is there the owner's first waits for the next one, which is asked then, and the second leaves.
*/
export const interrupt = (state: UiState): Step => {
  const isLost = state.connection.kind === 'lost';
  if (isLost && state.seen?.owner && !state.seen.stop && state.askedForce === null) {
    const words = 'all is stopped as soon as the next daemon is there; ctrl-c again leaves';
    return { state: toast({ ...state, askedForce: 0 }, words, 'done'), intents: [] };
  }
  if (!state.seen?.owner || state.connection.kind !== 'live') return leave(state);
  // In the midst of an upgrade the stack is not taken down by one key: what is under way may be what is meant.
  if (runningUpgrade(state) && state.question?.kind !== 'cancel' && nextForce(state) === 0) {
    return { state: { ...state, helpTop: null, question: { kind: 'cancel' } }, intents: [] };
  }
  const force = nextForce(state);
  // Whoever presses it wants the shell, whatever was to come after the stop.
  if (force < 2) return stop({ ...state, chooser: null, next: null }, force);
  const exit = { exitCode: 130, message: killedMessage(state) };
  const intent: Intent = { type: 'leave', exit, word: null, force: 2 };
  return { state: { ...state, askedForce: 2 }, intents: [intent] };
};

const nameLengthMax = 200;

const nextForce = (state: UiState): Force => {
  const running = Math.max(state.askedForce ?? -1, state.seen?.stop?.force ?? -1);
  if (running < 0) return 0;
  return running === 0 ? 1 : 2;
};
