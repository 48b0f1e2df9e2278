import type { UpgradeProgress, UpgradeSubject } from '../../api/upgrade-protocol.ts';
import { formatWait } from '../format.ts';
import { span, type Line, type Tone } from '../line.ts';
import { logTextLine, wrapLine } from '../log-text.ts';
import { cut, pad, wrapWords } from '../text.ts';
import type { Look } from '../theme.ts';
import { resultSentence, turnedBack } from './upgrade-result.ts';
import { stepWords, tookText } from './upgrade-words.ts';

type Step = UpgradeProgress['steps'][number];

export type ProgressView = {
  readonly nowMs: number;
  readonly width: number;
  /** Rows there are for it; what is over or still to come is told shorter where all does not fit. */
  readonly rows: number;
  readonly look: Look;
};

/** An upgrade under way or over: each step with its tick and time, the gate's countdown, how it ended and the way back. */
export const progressLines = (progress: UpgradeProgress, view: ProgressView): readonly Line[] => {
  const end = endLines(progress, view);
  const room = view.rows - end.length;
  const whole = progress.subjects.flatMap((subject) => serviceLines(progress, subject, view, 'whole'));
  if (whole.length <= room) return [...whole, ...end];
  const short = progress.subjects.flatMap((subject) => serviceLines(progress, subject, view, 'short'));
  if (short.length <= room) return [...short, ...end];
  // What runs or failed is what is looked for.
  const { running, failed } = marks(view.look);
  const at = Math.max(
    0,
    short.findLastIndex((line) => line.some(({ text }) => text.startsWith(running) || text.startsWith(failed))),
  );
  const top = Math.max(0, Math.min(at - Math.floor(room / 2), short.length - room));
  return [...short.slice(top, top + Math.max(0, room)), ...end];
};

/** A title for it: what is done to whom, and how far it is. */
export const progressTitle = (progress: UpgradeProgress): { readonly text: string; readonly tone: Tone } => {
  const verb = progress.kind === 'upgrade' ? 'UPGRAD' : 'GOING BACK';
  const names = progress.subjects.map((subject) => subject.service).join(', ');
  const back = turnedBack(progress);
  if (back !== null)
    return { text: `${back.service} GOES BACK to ${back.from}: ${back.to} did not hold`, tone: 'warn' };
  if (progress.result === null && progress.isEnding === true) {
    return {
      text: `ENDING the ${progress.kind === 'upgrade' ? 'upgrade' : 'way back'} of ${names}, after this step`,
      tone: 'warn',
    };
  }
  if (progress.result === null) {
    const done = progress.steps.filter((step) => step.state === 'done' || step.state === 'skipped').length;
    const word = progress.kind === 'upgrade' ? `${verb}ING` : verb;
    return {
      text: `${word} ${names}: step ${Math.min(done + 1, progress.steps.length)} of ${progress.steps.length}`,
      tone: 'strong',
    };
  }
  const word = progress.kind === 'upgrade' ? 'UPGRADE' : 'GOING BACK';
  return {
    text: `${word} of ${names}: ${resultWord(progress.result, progress)}`,
    tone: resultTones[progress.result],
  };
};

/** When the last of its steps ended; null while one runs or none began. */
export const endedAtMs = (progress: UpgradeProgress): number | null => {
  if (progress.result === null) return null;
  return Math.max(progress.startedAtMs, ...progress.steps.map((step) => step.endedAtMs ?? 0));
};

const resultWords = {
  done: 'done',
  returned: 'went back to the old version',
  failed: 'FAILED',
  cancelled: 'cancelled',
} as const;
/** Only what somebody cancelled is called so. */
const resultWord = (result: keyof typeof resultWords, { message, kind }: UpgradeProgress): string => {
  if (result === 'returned' && kind === 'rollback') return 'did not hold';
  return result === 'cancelled' && message !== 'cancelled' ? 'not done' : resultWords[result];
};
const resultTones = { done: 'good', returned: 'warn', failed: 'bad', cancelled: 'warn' } as const;

const serviceLines = (
  progress: UpgradeProgress,
  subject: UpgradeSubject,
  view: ProgressView,
  detail: 'whole' | 'short',
): readonly Line[] => {
  const steps = progress.steps.filter((step) => step.service === subject.service);
  const isOver = steps.every((step) => step.state === 'done' || step.state === 'skipped');
  const isToCome = steps.every((step) => step.state === 'pending');
  const state = isOver ? 'done' : isToCome ? 'pending' : steps.some(isFailed) ? 'failed' : 'running';
  const mark = marks(view.look)[state];
  const head: Line = [
    span(' '),
    span(`${mark} `, tones[state]),
    span(subject.service, 'accent'),
    span(` ${subject.from} to ${subject.to}`, 'strong'),
    span(progress.subjects.length === 1 ? '' : isOver ? '  done' : isToCome ? '  comes later' : '', 'dim'),
  ];
  if (detail === 'short' && (isOver || isToCome)) return [head];
  return [head, ...steps.map((step) => stepLine(progress, step, view))];
};

const isFailed = (step: Step): boolean => step.state === 'failed';

const marks = ({ symbols }: Look): Readonly<Record<Step['state'], string>> => ({
  pending: symbols.states.waiting,
  running: symbols.pointer,
  done: symbols.states.completed,
  failed: symbols.states.failed,
  skipped: symbols.states.skipped,
});
const tones: Readonly<Record<Step['state'], Tone>> = {
  pending: 'dim',
  running: 'accent',
  done: 'good',
  failed: 'bad',
  skipped: 'dim',
};

/** One step with its tick, how long it took or takes, and what is said of it. */
export const stepLine = (progress: UpgradeProgress, step: Step, view: Omit<ProgressView, 'rows'>): Line => {
  const took = step.startedAtMs === null ? null : Math.max(0, (step.endedAtMs ?? view.nowMs) - step.startedAtMs);
  const isRunning = step.state === 'running';
  // A running time to the second: a screen that shows tenths would have to be drawn ten times a second.
  const time =
    took === null || step.state === 'skipped' ? '' : isRunning ? `${Math.floor(took / 1000)} s` : tookText(took);
  const left = [
    span('   '),
    span(`${marks(view.look)[step.state]} `, tones[step.state]),
    span(pad(stepWords[step.kind], 15), isRunning ? 'strong' : step.state === 'pending' ? 'dim' : 'plain'),
    span(`${pad(time, 7, 'right')}  `, isRunning ? 'strong' : 'dim'),
  ];
  const said = sayOf(progress, step, view.nowMs);
  return [
    ...left,
    span(cut(said, Math.max(8, view.width - 29), view.look.symbols.more), isFailed(step) ? 'bad' : 'dim'),
  ];
};

const sayOf = (progress: UpgradeProgress, step: Step, nowMs: number): string => {
  const isWatching = step.kind === 'gate' && step.state === 'running' && progress.gateEndsAtMs !== null;
  if (isWatching) {
    const left = formatWait((progress.gateEndsAtMs ?? nowMs) - nowMs);
    const from = progress.subjects.find((subject) => subject.service === step.service)?.from ?? 'the old one';
    return `${left} more; exit or failing probe: back to ${from}`;
  }
  return step.message ?? step.reason;
};

/** A line of the last words that is longer than this is cut: the others count as well. */
const wordRowsMax = 3;

/** How it ended, the way back and the last words of what failed; while it runs, since when. */
export const endLines = (
  progress: UpgradeProgress,
  { nowMs, width, look }: Omit<ProgressView, 'rows'>,
): readonly Line[] => {
  const wrapped = (text: string, tone: Tone): readonly Line[] =>
    wrapWords(text, width - 2).map((row) => [span(` ${row}`, tone)]);
  const words = progress.lastWords
    .slice(-6)
    .flatMap((text) => wrapLine(logTextLine(text, width), width - 4, wordRowsMax, look.symbols.more))
    .map((line): Line => [span('   '), ...line]);
  const failed = progress.steps.find(isFailed)?.service;
  const to = progress.subjects.find(({ service }) => service === failed)?.to ?? 'the new version';
  const lastWords = words.length === 0 ? [] : [[span(` LAST WORDS of ${to}`, 'strong')], ...words];
  if (progress.result === null) {
    return [
      [],
      [
        span(
          ` ${Math.floor(Math.max(0, nowMs - progress.startedAtMs) / 1000)} s so far. It goes on in the daemon if you leave.`,
          'dim',
        ),
      ],
      ...lastWords,
    ];
  }
  const isOne = progress.subjects.length === 1;
  const sentences = progress.subjects.flatMap((subject) => {
    const said = resultSentence(progress, subject);
    return said === null ? [] : isOne ? said : `${subject.service}: ${said}`;
  });
  return [
    [],
    ...sentences.flatMap((text) => wrapped(text, progress.result === 'done' ? 'plain' : 'strong')),
    ...lastWords,
  ];
};
