import type { FetchRow } from '../../api/protocol.ts';
import { formatBytes, formatWait } from '../format.ts';
import { span, type Line, type Span } from '../line.ts';
import { cut, pad } from '../text.ts';
import type { Look } from '../theme.ts';
import { activeFetches } from '../layout.ts';
import type { UiState } from '../ui-state.ts';
import { ruleLine } from './rule.ts';

/** What is on its way into the store: all of it on the rule, then one row per component, `height` rows in all. */
export const fetchPane = (state: UiState, height: number, look: Look): readonly Line[] => {
  const all = state.seen?.fetches ?? [];
  const active = activeFetches(all);
  if (height < 2 || active.length === 0) return [];
  const width = state.size.columns;
  const room = height - 1;
  // Those that move or failed come first; the ones not begun yet wait below.
  const ordered = [...active].sort((one, other) => rank(one) - rank(other));
  const shown = active.length > room ? ordered.slice(0, room - 1) : ordered;
  const rest = active.length - shown.length;
  const more: readonly Line[] = rest > 0 ? [[span(`   ${look.symbols.more} ${rest} more`, 'dim')]] : [];
  return [
    ruleLine(totalTitle(all), totalRight(all), width, look),
    ...shown.map((fetch) => fetchLine(fetch, width, look)),
    ...more,
  ];
};

const rank = (fetch: FetchRow): number => ranks[fetch.phase];
const ranks = { failed: 0, downloading: 1, unpacking: 2, verifying: 2, looking: 3, done: 4 } as const;

const totalTitle = (all: readonly FetchRow[]): Line => {
  const done = all.filter((fetch) => fetch.phase === 'done').length;
  return [span('FETCHING ', 'strong'), span(`${done} of ${all.length} done`, 'plain')];
};

const totalRight = (all: readonly FetchRow[]): Line => {
  const speed = all.reduce((sum, fetch) => sum + (fetch.bytesPerSecond ?? 0), 0);
  const done = all.reduce((sum, fetch) => sum + fetch.doneBytes, 0);
  const total = all.every((fetch) => fetch.totalBytes !== null || fetch.phase === 'done')
    ? all.reduce((sum, fetch) => sum + (fetch.totalBytes ?? fetch.doneBytes), 0)
    : null;
  const parts = [
    total === null || total === 0 ? formatBytes(done) : `${percentOf(done, total)}% of ${formatBytes(total)}`,
    ...(speed > 0 ? [`${formatBytes(speed)}/s`] : []),
    ...(total !== null && speed > 0 && total > done ? [`${formatWait(((total - done) / speed) * 1000)} left`] : []),
  ];
  return [span(parts.join('  '))];
};

const nameWidth = 18;

/** One component on its way: bar, percent, amount, speed and time left, or what became of it. */
export const fetchLine = (fetch: FetchRow, width: number, look: Look): Line => {
  const name = span(` ${pad(cut(fetch.component, nameWidth - 1, look.symbols.more), nameWidth)}`);
  if (fetch.phase === 'failed') return [name, span(`FAILED  ${fetch.message ?? ''}`, 'bad')];
  const origin = [fetch.source, fetch.version].filter((part) => part !== null).join(' ');
  if (fetch.phase !== 'downloading') {
    const detail = [fetch.phase, origin, fetch.message ?? ''].filter((part) => part !== '').join('  ');
    return [name, span(detail, fetch.phase === 'looking' ? 'dim' : 'accent')];
  }
  const barWidth = width >= 120 ? 30 : width >= 76 ? 14 : 8;
  const speed = fetch.bytesPerSecond === null ? '' : `${formatBytes(fetch.bytesPerSecond)}/s`;
  const eta = fetch.etaMs === null ? '' : formatWait(fetch.etaMs);
  const amount = `${formatBytes(fetch.doneBytes)}/${fetch.totalBytes === null ? '?' : formatBytes(fetch.totalBytes)}`;
  const cells = [pad(share(fetch), 4, 'right'), pad(speed, 7, 'right'), pad(eta, 6, 'right')];
  if (width >= 76) cells.splice(1, 0, pad(amount, 9, 'right'));
  const numbers = ` ${cells.join('  ')}  `;
  return [name, ...bar(fetch, barWidth, look), span(numbers), span(origin, 'dim')];
};

const bar = (fetch: FetchRow, width: number, look: Look): readonly Span[] => {
  const filled = fetch.totalBytes
    ? Math.floor((Math.min(fetch.doneBytes, fetch.totalBytes) / fetch.totalBytes) * width)
    : 0;
  return [
    span(look.symbols.barDone.repeat(filled), 'accent'),
    span(look.symbols.barLeft.repeat(width - filled), 'dim'),
  ];
};

const share = (fetch: FetchRow): string => (fetch.totalBytes ? `${percentOf(fetch.doneBytes, fetch.totalBytes)}%` : '');

const percentOf = (done: number, total: number): number => Math.min(100, Math.floor((done / total) * 100));
