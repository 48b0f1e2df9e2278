import type { LogLine } from '../../api/protocol.ts';
import type { ServiceRow } from '../../core/model.ts';
import { formatBytes } from '../format.ts';
import { span, type Line, type Span } from '../line.ts';
import { logRows, visibleLines } from '../log-pane.ts';
import { logLineOf, shiftLine } from '../log-text.ts';
import { cut } from '../text.ts';
import type { Look } from '../theme.ts';
import type { Progress } from '../pane-state.ts';
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
  if (!isDown(row)) {
    const name = span(row.name, state.focus === 'log' ? 'accent' : 'plain');
    return [...pointer, span('LOG ', tone), name, ...sought(state)];
  }
  const how = row.lastExit?.signal ?? (row.lastExit?.code === undefined ? null : `exit ${row.lastExit.code ?? '?'}`);
  return [...pointer, span('LAST WORDS', tone), span(how === null ? ` ${row.name}` : ` (${how})`), ...sought(state)];
};

const isDown = (row: ServiceRow | null): boolean => row?.state === 'failed' || row?.state === 'backoff';

const sought = ({ log }: UiState): Line =>
  log.pattern === null ? [] : [span(log.isFiltered ? ' only ' : ' /', 'dim'), span(log.pattern, 'warn')];

const position = ({ log }: UiState, look: Look): Line[number] => {
  const looking = log.find ?? (log.busy && log.isFiltered && log.progress ? { progress: log.progress } : null);
  if (looking) return span(`searching${percentText(looking.progress)} ${look.symbols.separator} esc ends it`, 'accent');
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
  // Last words are the service's own; where one looks further up, the rules between its lives help.
  const isLastWords = isDown(selectedRow(state)) && log.anchor.kind === 'end';
  const lines = visibleLines(state).filter((line) => !isLastWords || line.kind === 'line');
  if (lines.length === 0)
    return [
      [
        span(
          log.window ? (log.isFiltered ? ` no line matches ${log.pattern ?? ''}` : ' nothing printed yet') : '',
          'dim',
        ),
      ],
    ];
  const drawn = lines.flatMap((line) => (log.wrap ? wrapped(line, state, look) : [single(line, state, look)]));
  return log.anchor.kind === 'from' ? drawn.slice(0, height) : drawn.slice(Math.max(0, drawn.length - height));
};

const wrapped = (line: LogLine, state: UiState, look: Look): readonly Line[] =>
  logRows(line, state, look.symbols.rule).map((row) => [gutter(line, state, look), ...row]);

const single = (line: LogLine, state: UiState, look: Look): Line => {
  const width = state.size.columns - 1;
  const text = logLineOf(line, { isRaw: state.isRaw, columns: width + state.log.shift, rule: look.symbols.rule });
  return [gutter(line, state, look), ...shiftLine(text, state.log.shift)];
};

/** The line found last has the pointer. */
const gutter = (line: LogLine, { log }: UiState, look: Look): Span =>
  line.offset === log.foundByte ? span(look.symbols.pointer, 'accent') : span(' ');

const percentText = (progress: Progress | null): string =>
  progress === null || progress.totalBytes <= 0
    ? ''
    : ` ${Math.min(99, Math.floor((progress.doneBytes / progress.totalBytes) * 100))}%`;
