import type { StopRow, StopView } from '../../api/protocol.ts';
import { formatTenths, formatWait } from '../format.ts';
import { span, splitLine, type Line } from '../line.ts';
import { logTextLine, wrapLine } from '../log-text.ts';
import { cut, pad, widthOf } from '../text.ts';
import type { Look } from '../theme.ts';
import type { UiState } from '../ui-state.ts';

/** The stop as it runs, `height` rows: step by step who is gone, who is waited for and why, who comes later. */
export const stoppingLines = (state: UiState, view: StopView, height: number, look: Look): readonly Line[] => {
  const foot = [span(` At most ${formatWait(view.atMostMs)} left. Data stays.`)];
  const room = height - 3;
  const nameWidth = Math.min(24, Math.max(10, ...view.rows.map((row) => widthOf(row.service))));
  const draw = (detail: Detail) => cascade(view, { ...detail, nameWidth, width: state.size.columns, look });
  // The most told that fits: last lines go first, then the names of who is gone already.
  const attempts = [draw({ lastLines: true, gone: 'each' }), draw({ lastLines: true, gone: 'layer' })];
  const terse = draw({ lastLines: false, gone: 'layer' });
  const body = attempts.find((lines) => lines.length <= room) ?? terse;
  const hidden = body.length - room;
  const shown =
    hidden > 0 ? [...body.slice(0, room - 1), [span(` ${look.symbols.more} ${hidden + 1} more`, 'dim')]] : body;
  return [titleLine(state, view), [], ...shown, foot];
};

type Detail = { readonly lastLines: boolean; readonly gone: 'each' | 'layer' };
type Drawing = Detail & { readonly nameWidth: number; readonly width: number; readonly look: Look };

const titleLine = (state: UiState, view: StopView): Line => {
  const layer = Math.min(view.layers, ...view.rows.filter((row) => !isGone(row)).map((row) => row.layer));
  const word = view.force === 2 ? ' KILLING ' : ' STOPPING ';
  const left = [
    span(word, 'alarm'),
    span(` ${state.seen?.row.stack ?? ''}`, 'accent'),
    span(`  step ${layer} of ${view.layers}`),
  ];
  return splitLine(left, [span(`${advice(state, view)} `, 'strong')], state.size.columns);
};

const advice = (state: UiState, view: StopView): string => {
  if (view.force === 2) return '';
  if (!state.seen?.owner) return 'X: less time   ctrl-c: leave';
  return view.force === 0 ? 'ctrl-c: less time   again: kill all' : 'less time   ctrl-c: kill all';
};

const cascade = (view: StopView, drawing: Drawing): readonly Line[] => {
  const layers = [...new Set(view.rows.map((row) => row.layer))].sort((one, other) => one - other);
  return layers.flatMap((layer) => {
    const rows = view.rows.filter((row) => row.layer === layer);
    const gone = rows.filter(isGone);
    const asked = rows.filter((row) => row.state === 'asked');
    const waiting = rows.filter((row) => row.state === 'waiting');
    return [
      ...(drawing.gone === 'layer' && gone.length > 1
        ? [goneLine(layer, gone)]
        : gone.map((row) => rowLine(row, drawing))),
      ...asked.flatMap((row) => askedLines(row, drawing)),
      ...(waiting.length > 0 ? [waitingLine(layer, waiting, drawing)] : []),
    ];
  });
};

const isGone = (row: StopRow): boolean => row.state === 'stopped' || row.state === 'killed';

const lead = (layer: number): string => ` ${pad(String(layer), 2, 'right')}  `;

const rowLine = (row: StopRow, { nameWidth, look }: Drawing): Line => [
  span(lead(row.layer), 'dim'),
  span(`${pad(cut(row.service, nameWidth, look.symbols.more), nameWidth)}  `),
  span(pad(row.state, 9), row.state === 'killed' ? 'bad' : 'good'),
  span(pad(formatTenths(row.elapsedMs), 7, 'right')),
  span(`  ${row.detail}`, 'dim'),
];

const goneLine = (layer: number, rows: readonly StopRow[]): Line => {
  const killed = rows.filter((row) => row.state === 'killed').length;
  return [
    span(lead(layer), 'dim'),
    span(`${rows.length} stopped`, 'good'),
    ...(killed > 0 ? [span(`, ${killed} of them killed`, 'bad')] : []),
    span(`  ${rows.map((row) => row.service).join(' ')}`, 'dim'),
  ];
};

const askedLines = (row: StopRow, drawing: Drawing): readonly Line[] => {
  const { nameWidth, look, width } = drawing;
  const whom = row.pid === null ? '' : ` to pid ${row.pid}`;
  const what = row.signal === null ? '' : `${row.signal}${whom}`;
  // The detail may name the signal itself.
  const said = row.signal !== null && row.detail.includes(row.signal) ? '' : row.detail;
  const detail = [what, said].filter((part) => part !== '').join(', ');
  const line: Line = [
    span(lead(row.layer), 'dim'),
    span(`${pad(cut(row.service, nameWidth, look.symbols.more), nameWidth)}  `, 'strong'),
    span('WAITING  ', 'warn'),
    span(pad(formatTenths(row.elapsedMs), 7, 'right'), 'strong'),
    span(` of ${Math.round(row.graceMs / 1000)}s  `),
    span(detail, 'dim'),
  ];
  if (!drawing.lastLines || row.lastLine === null) return [line];
  // As the log shows it: of a line of JSON the first columns are a time and braces.
  const [read = []] = wrapLine(logTextLine(row.lastLine, width), width - 18, 1, look.symbols.more);
  return [line, [span('     last line: ', 'dim'), ...read]];
};

const waitingLine = (layer: number, rows: readonly StopRow[], { width, look }: Drawing): Line => {
  const detail = `after step ${layer - 1}`;
  const names = cut(
    rows.map((row) => row.service).join(' '),
    Math.max(10, width - 9 - widthOf(detail)),
    look.symbols.more,
  );
  return [span(lead(layer), 'dim'), span(`${names}  `), span(detail, 'dim')];
};
