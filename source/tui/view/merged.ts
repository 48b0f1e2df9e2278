import { hues, span, type Line, type Tone } from '../line.ts';
import { logLineOf, shiftLine } from '../log-text.ts';
import { mergedServicesMax, visibleMerged } from '../merged-pane.ts';
import { count } from '../format.ts';
import { cut, pad, widthOf } from '../text.ts';
import type { Look } from '../theme.ts';
import type { UiState } from '../ui-state.ts';
import { paneRule } from './pane-rule.ts';

/** The logs of the marked services as one, each line after the name of its service. */
export const mergedPane = (state: UiState, look: Look): readonly Line[] => {
  const { merged } = state;
  const nameWidth = Math.min(16, Math.max(1, ...merged.services.map(widthOf)));
  const columns = state.size.columns - nameWidth - 3;
  const lines = visibleMerged(state).map((line): Line => {
    const index = merged.services.indexOf(line.service);
    const hue: Tone = hues[Math.max(0, index) % hues.length] ?? 'plain';
    const name = pad(cut(line.service, nameWidth, look.symbols.more), nameWidth);
    const text = logLineOf(line, { isRaw: state.isRaw, columns: columns + state.log.shift, rule: look.symbols.rule });
    return [span(` ${name} `, hue), ...shiftLine(text, state.log.shift)];
  });
  const isRead = merged.services.every((service) => merged.windows[service]);
  const empty = merged.problem ?? (isRead ? 'nothing printed yet' : 'reading');
  return [
    paneRule(state, title(state), look),
    ...(lines.length === 0 ? [[span(` ${empty}`, merged.problem === null ? 'dim' : 'bad')]] : lines),
  ];
};

const title = (state: UiState): Line => {
  const { merged } = state;
  const all = state.seen?.row.services.length ?? 0;
  const isAll = merged.services.length === all;
  const cutShort = state.marked.length === 0 && all > mergedServicesMax ? `, the first ${mergedServicesMax}` : '';
  return [
    span('LOGS', 'strong'),
    span(isAll ? ' of all' : ` of ${count(merged.services.length, 'service')}${cutShort}`, 'plain'),
    ...(merged.ends === null ? [span(' following', 'dim')] : [span(' G follows', 'warn')]),
  ];
};
