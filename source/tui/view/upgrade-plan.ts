import type { UpgradePlan, UpgradeSubject } from '../../api/upgrade-protocol.ts';
import { snapshotBytes } from '../../core/upgrade/snapshot-room.ts';
import { formatBytes } from '../format.ts';
import { span, type Line, type Span } from '../line.ts';
import { cut, pad, widthOf, wrapWords } from '../text.ts';
import { rollbackTones, rollbackWords, stepWords, tookText } from './upgrade-words.ts';

/** A whole plan as rows of a screen or of a terminal: what it means for each service first, then each step with why. */
export const planLines = (plan: UpgradePlan, width: number): readonly Line[] => [
  ...plan.subjects.flatMap((subject) => [...subjectLines(plan, subject, width), []]),
  ...(plan.steps.length === 0 ? [] : [[span(' STEPS', 'accent')], ...stepLines(plan, width)]),
  ...(plan.nothing.length === 0 ? [] : [[], [span(' NOTHING TO DO', 'accent')]]),
  ...plan.nothing.flatMap(({ service, reason }) => told(`${service}: `, [span(reason, 'dim')], width, 3)),
];

/** One sentence about what saying yes means. */
export const planSentence = (plan: UpgradePlan): string => {
  const { subjects } = plan;
  const [only] = subjects;
  const verb = plan.kind === 'upgrade' ? 'Upgrade' : 'Take';
  const back = plan.kind === 'upgrade' ? '' : ' back';
  if (only === undefined || subjects.length > 1) return `${verb} ${subjects.length} services${back}?`;
  return `${verb} ${only.service}${back} to ${only.to}?`;
};

const indent = 15;

const subjectLines = (plan: UpgradePlan, subject: UpgradeSubject, width: number): readonly Line[] => {
  const verb = plan.kind === 'upgrade' ? 'UPGRADE' : 'BACK';
  const row = (name: string, pieces: readonly Span[]) => told(pad(name, indent - 3), pieces, width, 3);
  return [
    [span(` ${verb} `, 'strong'), span(subject.service, 'accent'), span(` ${subject.from} to ${subject.to}`, 'strong')],
    ...row('down', [span(downWords(plan, subject))]),
    ...row('going back', backWords(plan, subject)),
    ...row('data', snapshotWords(subject)),
    ...row('restarts', [span(subject.restarts.length === 0 ? 'nothing else' : subject.restarts.join(', '))]),
    ...row('needed by', [
      span(subject.dependants.length === 0 ? 'nothing' : `${subject.dependants.join(', ')} (without it meanwhile)`),
    ]),
    ...subject.notices.flatMap((notice) => row('note', [span(notice, 'warn')])),
  ];
};

const downWords = ({ steps }: UpgradePlan, { service, downtimeMs }: UpgradeSubject): string => {
  const isStopped = steps.some((step) => step.service === service && step.kind === 'stop');
  if (!isStopped) return 'it does not run: nothing goes down, and nothing is watched';
  return downtimeMs === null ? 'for a stop and a start; how long is not known yet' : `about ${tookText(downtimeMs)}`;
};

const backWords = (plan: UpgradePlan, { rollback, loses, from }: UpgradeSubject): readonly Span[] => {
  const word = span(rollbackWords[rollback], rollbackTones[rollback]);
  const means = {
    safe: `: ${from} takes up the same data`,
    'needs-snapshot': `: ${from} gets its data from the copy made now`,
    impossible: `: ${from} cannot read what the other version writes`,
  };
  const lost = loses === null ? (rollback === 'safe' ? '; nothing is lost' : '') : `. ${sentenceOf(loses)}`;
  return plan.kind === 'upgrade' ? [word, span(means[rollback] + lost)] : [word, span(lost)];
};

const sentenceOf = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const snapshotWords = ({ snapshot }: UpgradeSubject): readonly Span[] => {
  if (snapshot === null) return [span('not copied')];
  const { bytes, how, freeBytes } = snapshot;
  if (bytes === 0) return [span('nothing there yet to copy')];
  const way = { native: "by the server's own snapshot", reflink: 'sharing blocks (reflink)', copy: 'file by file' }[
    how
  ];
  const text = `${formatBytes(bytes)} copied ${way}; ${formatBytes(freeBytes)} free`;
  const needed = snapshotBytes(snapshot);
  return freeBytes < needed
    ? [span(`NOT ENOUGH ROOM: ${text}, ${formatBytes(needed)} needed, so nothing would be changed`, 'bad')]
    : [span(text)];
};

const stepLines = ({ steps, subjects }: UpgradePlan, width: number): readonly Line[] => {
  const many = subjects.length > 1;
  const nameWidth = Math.min(18, Math.max(0, ...steps.map((step) => widthOf(step.service))));
  return steps.flatMap((step, index) => {
    const number = pad(String(index + 1), 3, 'right');
    const name = many ? `${pad(cut(step.service, nameWidth), nameWidth)}  ` : '';
    return told(`${number}  ${name}${pad(stepWords[step.kind], 16)}`, [span(step.reason, 'dim')], width, 1);
  });
};

/** A name and what is said of it, the rest of it under its beginning. */
const told = (name: string, pieces: readonly Span[], width: number, lead: number): readonly Line[] => {
  const left = `${' '.repeat(lead)}${name}`;
  const room = Math.max(16, width - widthOf(left) - 1);
  const [only] = pieces;
  if (only === undefined) return [];
  const whole = pieces.map((piece) => piece.text).join('');
  const [first = '', ...rest] = wrapWords(whole, room);
  const last = pieces.at(-1)?.tone ?? 'plain';
  // The first piece is a few words and stands on the first row with its own tone.
  const begun =
    pieces.length > 1 && first.startsWith(only.text)
      ? [only, span(first.slice(only.text.length), last)]
      : [span(first, last)];
  return [[span(left), ...begun], ...rest.map((text): Line => [span(`${' '.repeat(widthOf(left))}${text}`, last)])];
};
