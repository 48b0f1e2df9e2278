import type { LogLine } from '../../api/protocol.ts';
import { formatBytes } from '../format.ts';
import { span, type Line } from '../line.ts';
import { logRows, logText, visibleLines } from '../log-pane.ts';
import { cut } from '../text.ts';
import type { Look } from '../theme.ts';
import { selectedRow, type UiState } from '../ui-state.ts';
import { ruleLine } from './rule.ts';

/** The log of the selected service: a rule that says which part is seen, and the lines, `height` rows in all. */
export const logPane = (state: UiState, height: number, look: Look): readonly Line[] => {
  if (height < 2) return [];
  const width = state.size.columns;
  return [ruleLine(title(state, look), [position(state, look)], width, look), ...rows(state, height - 1, look)];
};

const title = (state: UiState, look: Look): Line => {
  const row = selectedRow(state);
  if (!row) return [span('LOG', 'strong')];
  const tone = state.focus === 'log' ? 'accent' : 'strong';
  const pointer = state.focus === 'log' ? [span(`${look.symbols.pointer} `, 'accent')] : [];
  if (row.state !== 'failed' && row.state !== 'backoff') {
    return [...pointer, span('LOG ', tone), span(row.name, state.focus === 'log' ? 'accent' : 'plain')];
  }
  const how = row.lastExit?.signal ?? (row.lastExit?.code === undefined ? null : `exit ${row.lastExit.code ?? '?'}`);
  return [...pointer, span('LAST WORDS', tone), span(how === null ? ` ${row.name}` : ` (${how})`)];
};

const position = ({ log }: UiState, look: Look): Line[number] => {
  if (log.problem !== null) return span(cut(log.problem, 40, look.symbols.more), 'bad');
  if (!log.window || log.window.lines.length === 0) return span(log.window ? 'empty' : 'reading', 'dim');
  const shift = log.shift > 0 ? `from column ${log.shift + 1}, ` : '';
  if (log.anchor.kind === 'end') return span(`${shift}following, ${formatBytes(log.fileBytes)}`, 'dim');
  const below = Math.max(0, log.fileBytes - log.window.endByte);
  const share = log.fileBytes === 0 ? 100 : Math.min(100, Math.floor((log.window.endByte / log.fileBytes) * 100));
  return span(`${shift}at ${share}%, ${formatBytes(below)} below ${look.symbols.separator} G follows`, 'warn');
};

const rows = (state: UiState, height: number, look: Look): readonly Line[] => {
  const { log } = state;
  const lines = visibleLines(state);
  if (lines.length === 0) return [[span(log.window ? ' nothing printed yet' : '', 'dim')]];
  const drawn = lines.flatMap((line) => (log.wrap ? wrapped(line, state) : [single(line, state, look)]));
  return log.anchor.kind === 'from' ? drawn.slice(0, height) : drawn.slice(Math.max(0, drawn.length - height));
};

const wrapped = (line: LogLine, state: UiState): readonly Line[] =>
  logRows(line, state).map((text) => [span(` ${text}`, toneOf(line))]);

const single = (line: LogLine, state: UiState, look: Look): Line => {
  const width = state.size.columns - 1;
  const text = logText(line, width + state.log.shift);
  return [span(` ${cut(text, width, look.symbols.more, state.log.shift)}`, toneOf(line))];
};

const toneOf = (line: LogLine): 'dim' | 'plain' => (line.kind === 'mark' ? 'dim' : 'plain');
