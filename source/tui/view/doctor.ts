import { count } from '../format.ts';
import { span, type Line } from '../line.ts';
import { wrapWords } from '../text.ts';
import type { Look } from '../theme.ts';
import type { Finding } from '../pane-state.ts';
import type { UiState } from '../ui-state.ts';
import { paneRule } from './pane-rule.ts';

/** What was found out about this machine, what is wrong first, each with its fix. */
export const doctorPane = (state: UiState, height: number, look: Look): readonly Line[] => {
  const lines = doctorLines(state);
  const top = Math.min(state.paneTop, Math.max(0, lines.length - (height - 1)));
  return [paneRule(state, title(state), look), ...lines.slice(top)];
};

/** All rows of the pane, whatever fits. */
export const doctorLines = (state: UiState): readonly Line[] => {
  const { doctor } = state;
  if (doctor === null) return [];
  if (doctor.phase === 'failed') return [[span(` could not look: ${doctor.problem ?? ''}`, 'bad')]];
  if (doctor.findings.length === 0) return [[span(doctor.phase === 'told' ? ' nothing found' : ' looking', 'dim')]];
  const ordered = [...doctor.findings].sort((one, other) => ranks[one.state] - ranks[other.state]);
  return ordered.flatMap((finding) => findingLines(finding, state.size.columns));
};

const ranks = { bad: 0, warn: 1, ok: 2 } as const;
const words = { bad: 'BAD ', warn: 'note', ok: 'ok  ' } as const;
const tones = { bad: 'bad', warn: 'warn', ok: 'good' } as const;

const title = ({ doctor }: UiState): Line => {
  const findings = doctor?.findings ?? [];
  const bad = findings.filter((finding) => finding.state === 'bad').length;
  const notes = findings.filter((finding) => finding.state === 'warn').length;
  const parts = [...(bad > 0 ? [`${bad} to mend`] : []), ...(notes > 0 ? [count(notes, 'note')] : [])];
  const said = findings.length === 0 ? '' : parts.length === 0 ? ' all is well' : ` ${parts.join(', ')}`;
  const looking = doctor?.phase === 'looking' ? ', looking' : '';
  return [span('DOCTOR', 'strong'), span(`${said}${looking}`, bad === 0 ? 'dim' : 'warn')];
};

const findingLines = (finding: Finding, columns: number): readonly Line[] => {
  const width = Math.max(10, columns - 7);
  const [first = '', ...rest] = wrapWords(`${finding.title}: ${finding.found}`, width);
  const fix = finding.fix === null ? [] : wrapWords(finding.fix, Math.max(10, width - 2));
  return [
    [span(` ${words[finding.state]} `, tones[finding.state]), span(first)],
    ...rest.map((row): Line => [span(`      ${row}`)]),
    ...fix.map((row, index): Line => [span(`      ${index === 0 ? '> ' : '  '}`, 'accent'), span(row, 'strong')]),
  ];
};
