import type { FetchRow } from '../../api/protocol.ts';
import { count } from '../format.ts';
import { span, type Line } from '../line.ts';
import { wrapWords } from '../text.ts';
import type { Look } from '../theme.ts';
import type { UiState } from '../ui-state.ts';
import { fetchLine } from './fetches.ts';
import { paneRule } from './pane-rule.ts';

/** All that was or is being fetched: how far, from where and why from there, what was passed over and why. */
export const fetchListPane = (state: UiState, height: number, look: Look): readonly Line[] => {
  const fetches = state.seen?.fetches ?? [];
  const done = fetches.filter((fetch) => fetch.phase === 'done').length;
  const title = [span('FETCH', 'strong'), span(fetches.length === 0 ? '' : ` ${done} of ${fetches.length} done`)];
  const lines = fetchListLines(state, look);
  const top = Math.min(state.paneTop, Math.max(0, lines.length - (height - 1)));
  return [paneRule(state, title, look), ...lines.slice(top)];
};

/** All rows of the pane, whatever fits. */
export const fetchListLines = (state: UiState, look?: Look): readonly Line[] => {
  const fetches = state.seen?.fetches ?? [];
  if (fetches.length === 0) {
    return [[span(' nothing was fetched: every binary was in the store already', 'dim')]];
  }
  return fetches.flatMap((fetch) => [
    look ? fetchLine(fetch, state.size.columns, look) : [],
    ...details(fetch).flatMap((text) =>
      wrapWords(text, Math.max(10, state.size.columns - indent.length - 1)).map((row): Line => [
        span(`${indent}${row}`, 'dim'),
      ]),
    ),
  ]);
};

const indent = '    ';

const details = (fetch: FetchRow): readonly string[] => {
  const users = fetch.services.length === 0 ? [] : [`for ${fetch.services.join(', ')}`];
  const about = fetch.about?.split(/; |\n/) ?? [];
  // Any other phase has its message beside it already.
  const isTold = fetch.message === null || fetch.phase !== 'downloading';
  const why = [...about, ...(isTold ? [] : [fetch.message])];
  const others = fetch.services.length > 5 ? [`for ${count(fetch.services.length, 'service')}`] : users;
  return [...others, ...why];
};
