import type { UpgradeProgress, UpgradeSubject } from '../../api/upgrade-protocol.ts';
import { rollbackWords, tookText } from './upgrade-words.ts';

type Result = NonNullable<UpgradeProgress['result']>;
type Step = UpgradeProgress['steps'][number];

/**
How it ended for one of several services: those before the one that did not hold are done, those after it were not
begun. Null while it is under way.
*/
export const resultOf = (progress: UpgradeProgress, service: string): Result | 'not begun' | null => {
  const { result, steps, subjects } = progress;
  if (result === null || result === 'done' || subjects.length === 1) return result;
  const own = steps.filter((step) => step.service === service);
  if (own.every(({ state }) => state === 'pending')) return 'not begun';
  return own.every(({ state }) => state === 'done' || state === 'skipped') ? 'done' : result;
};

/** The service that is on its way back by itself, after a step that failed or because somebody ended it; null: none is. */
export const turnedBack = ({ result, steps, subjects }: UpgradeProgress): UpgradeSubject | null => {
  const failed = result === null ? steps.find(({ state }) => state === 'failed') : undefined;
  return subjects.find(({ service }) => service === failed?.service) ?? null;
};

/** How an upgrade of this service ended, in sentences, with what to press or type; null while it is under way. */
export const resultSentence = (progress: UpgradeProgress, subject: UpgradeSubject): string | null => {
  const { from, to, service } = subject;
  const result = resultOf(progress, service);
  const why = progress.message === null ? '' : ` ${closed(begun(progress.message))}`;
  switch (result) {
    case null:
      return null;
    case 'done':
      return doneSentence(progress, subject);
    case 'not begun': {
      const before = progress.subjects.find((each) => resultOf(progress, each.service) === progress.result);
      return before
        ? `Not begun, ${from} runs: ${before.service} before it ended all.`
        : `Not begun, ${from} runs.${why}`;
    }
    case 'returned':
      return progress.kind === 'upgrade'
        ? `${from} runs again, ${to} was taken back.${why} Try again: [u] or booty upgrade ${service}.`
        : `${from} runs again, ${to} did not hold.${why} Try again: [b] or booty rollback ${service}.`;
    case 'cancelled':
      return progress.message === 'cancelled' ? `Cancelled; ${from} runs.` : `Not upgraded, ${from} runs.${why}`;
    case 'failed':
      return `FAILED: neither ${to} nor ${from} runs.${why} Once that is put right: [b] or booty rollback ${service}; [s] starts what is chosen now; [l] its log.`;
  }
};

const doneSentence = (progress: UpgradeProgress, subject: UpgradeSubject): string => {
  const { from, to, service } = subject;
  const verb = progress.kind === 'upgrade' ? 'Upgraded' : 'Taken back';
  const isWatched = progress.steps.some((step) => step.service === service && step.kind === 'gate');
  const watched = isWatched ? 'it passed its gate' : 'it does not run, so nothing was watched';
  const downMs = downMsOf(progress, service);
  const down = downMs === null ? '' : `, ${tookText(downMs)} down`;
  const back = progress.kind === 'upgrade' ? wayBack(subject) : '';
  return `${verb} from ${from} to ${to}${down}; ${watched}.${back}`;
};

/** From the stop to the end of the start; null when it was not stopped or did not come up. */
const downMsOf = ({ steps }: UpgradeProgress, service: string): number | null => {
  const atMs = (kind: Step['kind'], edge: 'startedAtMs' | 'endedAtMs') =>
    steps.find((step) => step.service === service && step.kind === kind)?.[edge] ?? null;
  const [stopped, started] = [atMs('stop', 'startedAtMs'), atMs('start', 'endedAtMs')];
  return stopped === null || started === null ? null : started - stopped;
};

const wayBack = ({ rollback, from, service }: UpgradeSubject): string =>
  rollback === 'impossible'
    ? ` There is no way back to ${from}.`
    : ` Back to ${from} (${rollbackWords[rollback]}): [b] or booty rollback ${service}.`;

const begun = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const closed = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
