import type { ServiceRow } from '../../core/model.ts';
import { count, formatClock, formatWait } from '../format.ts';
import { span, type Line } from '../line.ts';
import { wrapWords } from '../text.ts';
import { toneOfState, type Look } from '../theme.ts';
import { selectedRow, type Seen, type UiState } from '../ui-state.ts';
import { ruleLine } from './rule.ts';
import { resultOf } from './upgrade-result.ts';
import { upgradeSentences } from './why-upgrade.ts';

/** Why the selected service is as it is: a rule and as many rows as there are for it. */
export const whyPane = (state: UiState, height: number, look: Look): readonly Line[] => {
  const row = selectedRow(state);
  if (!row || height < 2) return [];
  if (!isTroubled(row) && row.reason === null && upgradeSentences(state, row).length > 0) {
    const about = [span('UPGRADE ', 'strong'), span(row.name, 'accent')];
    return [ruleLine(about, [], state.size.columns, look), ...whyLines(state, row).slice(0, height - 1)];
  }
  const verb = row.state === 'failed' ? 'FAILED' : `is ${row.state === 'backoff' ? 'waiting to try again' : row.state}`;
  const title = [span('WHY ', 'strong'), span(row.name, 'accent'), span(` ${verb}`, toneOfState[row.state])];
  return [ruleLine(title, [], state.size.columns, look), ...whyLines(state, row).slice(0, height - 1)];
};

/** The sentences about a service that is not as it should be, in rows; none for one that is. */
export const whyLines = (state: UiState, row: ServiceRow): readonly Line[] => {
  const own = isTroubled(row)
    ? [...causes(row, state.nowMs), ...effects(row, state.seen)]
    : row.state === 'stopped' && row.lastChange.from !== null && !isUpgradesDoing(state, row.name)
      ? [stoppedByHand(row)]
      : row.reason === null
        ? []
        : [sentence(row.reason)];
  const sentences = [...own, ...upgradeSentences(state, row)];
  if (sentences.length === 0) return [];
  return wrapWords(sentences.join(' '), state.size.columns - 2).map((text) => [span(` ${text}`)]);
};

const isTroubled = (row: ServiceRow): boolean =>
  row.state === 'failed' || row.state === 'backoff' || row.state === 'unhealthy' || row.state === 'skipped';

const causes = (row: ServiceRow, nowMs: number): readonly string[] => {
  const ended = endOf(row);
  return [
    ...(row.reason === null ? [] : [sentence(row.reason)]),
    ...(ended === null ? [] : [ended]),
    ...(row.restarts > 0 ? [`Restarted ${count(row.restarts, 'time')} so far.`] : []),
    ...(row.state === 'backoff' && row.nextRetryAtMs !== null
      ? [`Next try in ${formatWait(row.nextRetryAtMs - nowMs)}.`]
      : []),
    ...(row.state === 'failed'
      ? [
          `${row.restarts > 0 ? 'Given up' : 'Failed'} at ${formatClock(row.lastChange.atMs)}: it stays down until you press r.`,
        ]
      : []),
    ...(row.state === 'unhealthy'
      ? [`Its health check fails since ${formatClock(row.lastChange.atMs)}; it still runs.`]
      : []),
  ];
};

/** An upgrade stops services too; one that failed leaves them so. */
const isUpgradesDoing = (state: UiState, service: string): boolean => {
  const progress = state.seen?.upgrade ?? null;
  if (!progress?.subjects.some((subject) => subject.service === service)) return false;
  return progress.result === null || resultOf(progress, service) === 'failed';
};

/** A service of a stack that runs comes to rest only where somebody stopped it; the first state has none before it. */
const stoppedByHand = (row: ServiceRow): string => {
  const exit = row.lastChange.from === 'stopping' ? row.lastExit : null;
  const asked = exit && (exit.signal === null ? `exit ${exit.code ?? '?'}, as asked` : `${exit.signal}, as asked`);
  // What had to be killed did not end as asked: the reason says so.
  const how = exit?.signal === 'SIGKILL' ? row.reason : asked;
  return `you stopped it ${formatClock(row.lastChange.atMs)}${how === null ? '' : ` (${how})`}; [s] starts it`;
};

const endOf = (row: ServiceRow): string | null => {
  const last = row.lastExit;
  // The reason often says it already; then the same is not said twice.
  if (!last || (row.reason !== null && /exit|signal/i.test(row.reason))) return null;
  const how = last.signal === null ? `Exited ${last.code ?? '?'}` : `Ended by ${last.signal}`;
  return `${how} at ${formatClock(last.atMs)}.`;
};

const effects = (row: ServiceRow, seen: Seen | null): readonly string[] => {
  const dependencies = seen?.dependencies;
  if (!seen || !dependencies) return [];
  const states = new Map(seen.row.services.map((service) => [service.name, service.state]));
  const dependents = Object.keys(dependencies).filter((name) => dependencies[name]?.includes(row.name));
  if (dependents.length === 0) return ['Nothing depends on it.'];
  const named = dependents.slice(0, 6).map((name) => `${name} (${states.get(name) ?? '?'})`);
  const more = dependents.length > named.length ? [`${dependents.length - named.length} more`] : [];
  return [`Depends on it: ${[...named, ...more].join(', ')}.`];
};

const sentence = (text: string): string => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};
