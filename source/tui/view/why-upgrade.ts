import type { ServiceRow } from '../../core/model.ts';
import { formatWait } from '../format.ts';
import { historyOf, type UiState } from '../ui-state.ts';
import { runningUpgrade, upgradeRowOf } from '../upgrades.ts';
import { endedAtMs } from './upgrade-progress.ts';
import { resultOf, resultSentence, turnedBack } from './upgrade-result.ts';
import { isOffered, rollbackWords, stepWords, tookText, whenText } from './upgrade-words.ts';

/** An upgrade that went well is told of for this long, any other for a day. */
const toldMs = 10 * 60_000;
const toldTroubleMs = 24 * 3_600_000;

/**
What versions have to do with how a service is: the upgrade under way, the one that may be to blame, how the last one
ended, or what is offered; the first of these that applies.
*/
export const upgradeSentences = (state: UiState, row: ServiceRow): readonly string[] => {
  const running = runningUpgrade(state);
  const turned = running && turnedBack(running);
  if (turned?.service === row.name) {
    const why = running?.steps.find((each) => each.service === row.name && each.state === 'failed')?.message ?? null;
    return [`Goes back to ${turned.from}${why === null ? '' : `: ${why.replace(/[.!]$/, '')}`}. [6] shows each step.`];
  }
  const step = running?.steps.find((each) => each.service === row.name && each.state === 'running');
  if (running && step) {
    const to = running.subjects.find((each) => each.service === row.name)?.to ?? 'another version';
    const gate = step.kind === 'gate' && running.gateEndsAtMs !== null;
    const left = gate ? `, ${formatWait((running.gateEndsAtMs ?? 0) - state.nowMs)} more` : '';
    return [
      `${running.kind === 'upgrade' ? 'Upgrading' : 'Going back'} to ${to}: ${stepWords[step.kind]}${left}. [6] shows each step.`,
    ];
  }
  const suspect = suspectSentence(state, row.name);
  if (suspect !== null) return [suspect];
  const ended = endedSentence(state, row.name);
  if (ended !== null) return [ended];
  const known = upgradeRowOf(state, row.name);
  if (known?.tried && known.deferred === null && state.nowMs - known.tried.atMs < toldTroubleMs) {
    const { atMs, why } = known.tried;
    return [
      `${whenText(atMs, state.nowMs)} ${known.inRange} was taken back: ${why.replace(/[.!]$/, '')}. [u] plan, try again  [x] skip it  [7] history.`,
    ];
  }
  if (!known || !isOffered(known, state.nowMs)) return [];
  const back =
    known.rollback === 'impossible' ? 'there would be NO WAY BACK' : `going back: ${rollbackWords[known.rollback]}`;
  return [
    `${known.inRange} is out, ${known.current ?? 'nothing'} runs (${back}). [u] plan and upgrade  [z] tomorrow  [x] skip it  [6] more.`,
  ];
};

/** `Upgraded 02:51:07 by ana from 1.112.0 to 1.145.0; passed its gate, then, 6 min later: exited 2.` */
const suspectSentence = (state: UiState, service: string): string | null => {
  const known = upgradeRowOf(state, service);
  if (!known?.suspect) return null;
  const { from, to, atMs, what } = known.suspect;
  const entry = historyOf(state).find((each) => each.service === service && each.to === to && each.kind === 'upgrade');
  const who = entry ? ` by ${entry.who}` : '';
  const row = state.seen?.row.services.find((each) => each.name === service);
  const failedAtMs = row?.lastExit?.atMs ?? row?.lastChange.atMs ?? null;
  const later = failedAtMs !== null && failedAtMs > atMs ? ` ${formatWait(failedAtMs - atMs)} later` : ' then';
  const blocked = known.back?.blockedBy ?? null;
  const down = entry?.downMs ? `, ~${tookText(entry.downMs)} down` : '';
  const back =
    blocked === null
      ? `[b] back to ${known.back?.version ?? from} (${rollbackWords[known.back?.rollback ?? known.rollback]}${down}).`
      : `No way back: ${blocked}.`;
  return `Upgraded ${whenText(atMs, state.nowMs)}${who} from ${from} to ${to}; it passed its gate,${later}: ${what.replace(/[.!]$/, '')}. The upgrade is suspect. ${back}`;
};

const endedSentence = (state: UiState, service: string): string | null => {
  const progress = state.seen?.upgrade ?? null;
  const subject = progress?.subjects.find((each) => each.service === service);
  if (!progress || !subject) return null;
  const endMs = endedAtMs(progress);
  const isDone = resultOf(progress, service) === 'done';
  const isRecent = endMs !== null && state.nowMs - endMs < (isDone ? toldMs : toldTroubleMs);
  const said = isRecent ? resultSentence(progress, subject) : null;
  return said === null || endMs === null ? null : `${whenText(endMs, state.nowMs)} ${said}`;
};
