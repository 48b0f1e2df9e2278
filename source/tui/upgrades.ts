/** Upgrades as the screen handles them: what is offered, the plan that is asked about, putting off, going back. */
import {
  bootyItself,
  type HistoryEntry,
  type UpgradeAsk,
  type UpgradePlan,
  type UpgradeProgress,
  type UpgradeRow,
} from '../api/upgrade-protocol.ts';
import { toast } from './toast.ts';
import type { Intent, Step, UiState } from './ui-state.ts';
import { historyOf } from './ui-state.ts';
import { isOffered } from './view/upgrade-words.ts';

/** What is known of each service's versions, in the order of the stack. */
export const upgradeRows = (state: UiState): readonly UpgradeRow[] => state.seen?.upgrades?.rows ?? [];

export const upgradeRowOf = (state: UiState, service: string | null): UpgradeRow | null =>
  upgradeRows(state).find((row) => row.service === service) ?? null;

/** Those whose prompt is shown. */
export const offeredRows = (state: UiState): readonly UpgradeRow[] =>
  upgradeRows(state).filter((row) => isOffered(row, state.nowMs));

/** The upgrade under way; null when none is. */
export const runningUpgrade = (state: UiState): UpgradeProgress | null => {
  const progress = state.seen?.upgrade ?? null;
  return progress?.result === null ? progress : null;
};

/** `u`: the plan for the selected service, or why there is none to make. */
export const askUpgrade = (state: UiState): Step => {
  const row = upgradeRowOf(state, state.selected);
  if (!row) return say(state, unknown(state));
  if (row.inRange === null) return say(state, newestWords(row));
  if (row.service === bootyItself) return say(state, ownWords);
  return askPlan(state, { kind: 'upgrade', targets: [{ service: row.service, range: null }] });
};

const ownWords = 'booty itself is upgraded in a shell: booty self upgrade (services run on)';

/** `U`: one plan for all that is offered. */
export const askUpgradeAll = (state: UiState): Step => {
  const offered = offeredRows(state);
  const rows = offered.filter(({ service }) => service !== bootyItself);
  if (rows.length === 0 && offered.length > 0) return say(state, ownWords);
  if (rows.length > 0) {
    return askPlan(state, { kind: 'upgrade', targets: rows.map(({ service }) => ({ service, range: null })) });
  }
  const putOff = upgradeRows(state).filter((row) => row.inRange !== null).length;
  return say(
    state,
    putOff > 0 ? `nothing but what was put off or taken back (${putOff}): u upgrades one of it` : unknown(state),
  );
};

/** `b`: the plan for going back; in the history to what was before the chosen change. */
export const askBack = (state: UiState): Step => {
  if (state.pane === 'history') return askReturn(state);
  if (runningUpgrade(state)) return say(state, 'an upgrade is under way: pane 6, c ends it and goes back');
  const row = upgradeRowOf(state, state.selected);
  const service = row?.service ?? state.selected ?? 'it';
  if (!row?.back) return say(state, `nothing to go back to: ${service} was not upgraded here`);
  if (row.back.blockedBy !== null) return say(state, `no way back to ${row.back.version}: ${row.back.blockedBy}`);
  return askPlan(state, { kind: 'rollback', targets: [{ service, range: null }], to: null });
};

const askReturn = (state: UiState): Step => {
  const entry: HistoryEntry | undefined = historyOf(state)[state.historyPane.index];
  if (!entry) return plain(state);
  if (entry.from === null) return say(state, 'nothing was there before');
  if (entry.blockedBy !== null) return say(state, `no way back to ${entry.from}: ${entry.blockedBy}`);
  return askPlan(state, { kind: 'rollback', targets: [{ service: entry.service, range: null }], to: entry.id });
};

const askPlan = (state: UiState, ask: UpgradeAsk): Step => {
  if (runningUpgrade(state)) return say(state, 'an upgrade is under way: pane 6 shows it');
  const question = { kind: 'upgrade', ask, plan: null, top: 0 } as const;
  return { state: { ...state, helpTop: null, question }, intents: [upgradeIntent({ call: 'plan', ask })] };
};

/** The plan came; one for a question that is gone is dropped. */
export const takePlan = (state: UiState, ask: UpgradeAsk, plan: UpgradePlan): UiState => {
  const { question } = state;
  if (question?.kind !== 'upgrade' || question.ask !== ask) return state;
  return { ...state, question: { ...question, plan } };
};

/** `y` to a plan that can be read; the screen then shows how it goes. */
export const confirmUpgrade = (state: UiState): Step => {
  const { question } = state;
  if (question?.kind !== 'upgrade' || question.plan === null) return plain(state);
  const closed: UiState = { ...state, question: null };
  if (question.plan.subjects.length === 0) return plain(closed);
  const shown: UiState = { ...closed, pane: 'upgrades', focus: 'table', paneTop: 0 };
  return { state: shown, intents: [upgradeIntent({ call: 'begin', ask: question.ask })] };
};

/** `c`: asks whether to end the upgrade under way and be where it began. */
export const askCancel = (state: UiState): Step =>
  runningUpgrade(state) ? plain({ ...state, question: { kind: 'cancel' } }) : say(state, 'no upgrade is under way');

/** `z` puts off for a day, `x` skips the version; the same key again takes it back. */
export const defer = (state: UiState, kind: 'later' | 'skip'): Step => {
  const row = upgradeRowOf(state, state.selected);
  if (!row || row.inRange === null) return say(state, row ? newestWords(row) : unknown(state));
  const again = row.deferred?.kind === kind && !isOffered(row, state.nowMs);
  const said = again
    ? `${row.service} ${row.inRange} is offered again`
    : kind === 'later'
      ? `${row.service} ${row.inRange}: put off for 24 hours; z takes that back`
      : `${row.service} ${row.inRange}: skipped; x takes that back`;
  const word = again ? ({ kind: 'none' } as const) : { kind, version: row.inRange };
  return {
    state: toast(state, said, 'done'),
    intents: [upgradeIntent({ call: 'defer', service: row.service, defer: word })],
  };
};

/** Has the sources asked for newer versions again. */
export const lookAgain = (state: UiState): Step => ({
  state: toast(state, 'looking for newer versions', 'note'),
  intents: [upgradeIntent({ call: 'look' })],
});

export const openHistory = (state: UiState): Step => ({
  state: { ...state, historyPane: { ...state.historyPane, phase: 'asked' } },
  intents: [upgradeIntent({ call: 'history' })],
});

/** Who upgraded what may be to blame stands in the history: it is asked for once something is suspect. */
export const wantHistory = (state: UiState): Step =>
  state.historyPane.phase === 'stale' ||
  (state.historyPane.phase === 'unasked' && upgradeRows(state).some((row) => row.suspect !== null))
    ? openHistory(state)
    : plain(state);

/** The history is asked anew once an upgrade has ended, where it was asked for before. */
export const noteEnd = (state: UiState, before: UiState): UiState =>
  runningUpgrade(before) && !runningUpgrade(state) && state.historyPane.phase === 'told'
    ? { ...state, historyPane: { ...state.historyPane, phase: 'stale' } }
    : state;

/** Why nothing is offered of this service, and what to do to have something newer. */
const newestWords = ({ service, current, range, newest }: UpgradeRow): string =>
  newest === null
    ? `${service} ${current ?? ''} is the newest there is`
    : `${service}: ${newest} is beyond ${range ?? 'its range'}; change version: or: booty upgrade ${service}@${newest}`;

const unknown = (state: UiState): string => {
  const look = state.seen?.upgrades;
  if (!look || look.atMs === null) return 'nobody looked for newer versions yet: pane 6, r looks';
  return upgradeRowOf(state, state.selected) || upgradeRows(state).length > 0
    ? 'nothing newer fits the ranges of this stack'
    : `${state.selected ?? 'it'} is no program of the registry: nothing to upgrade`;
};

type UpgradeCall = Extract<Intent, { type: 'upgrades' }>['what'];
const upgradeIntent = (what: UpgradeCall): Intent => ({ type: 'upgrades', what });
const say = (state: UiState, text: string): Step => plain(toast(state, text, 'note'));
const plain = (state: UiState): Step => ({ state, intents: [] });
