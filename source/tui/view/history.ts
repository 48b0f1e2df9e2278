import type { HistoryEntry } from '../../api/upgrade-protocol.ts';
import { fitLine, retone, span, type Line, type Tone } from '../line.ts';
import { cut, pad, widthOf, wrapWords } from '../text.ts';
import type { Look } from '../theme.ts';
import { historyOf, type UiState } from '../ui-state.ts';
import { paneRule } from './pane-rule.ts';
import { resultText, tookText, whenText } from './upgrade-words.ts';

/** Who changed which version when, newest first, and whether one can return to what was before the chosen change. */
export const historyPane = (state: UiState, height: number, look: Look): readonly Line[] => {
  const entries = historyOf(state);
  const rule = paneRule(state, [span('HISTORY', 'strong'), span(` ${entries.length}`, 'dim')], look);
  const { phase, problem, index } = state.historyPane;
  if (phase === 'failed') return [rule, [span(` could not be read: ${problem ?? ''}`, 'bad')]];
  if (entries.length === 0) return [rule, [span(phase === 'told' ? ' no version was changed yet' : ' asking', 'dim')]];
  const chosen = entries[Math.min(index, entries.length - 1)];
  const detail = chosen ? detailLines(chosen, state.size.columns) : [];
  const room = Math.max(1, height - 2 - detail.length);
  const nameWidth = Math.min(18, Math.max(7, ...entries.map((entry) => widthOf(entry.service))));
  const top = Math.max(0, Math.min(index - Math.floor(room / 2), entries.length - room));
  const rows = entries.slice(top, top + room).map((entry): Line => {
    const line = entryLine(entry, { nameWidth, nowMs: state.nowMs, look, pointer: entry === chosen });
    return entry === chosen ? retone(fitLine(line, state.size.columns, look.symbols.more), 'chosen') : line;
  });
  return [rule, headingLine(nameWidth), ...rows, ...detail];
};

const headingLine = (nameWidth: number): Line => [
  span(
    `   ${pad('WHEN', 19)}  ${pad('SERVICE', nameWidth)}  ${pad('RESULT', 11)}${pad('DOWN', 7, 'right')}  CHANGE`,
    'dim',
  ),
];

type Entry = { readonly nameWidth: number; readonly nowMs: number; readonly look: Look; readonly pointer: boolean };

const entryLine = (entry: HistoryEntry, { nameWidth, nowMs, look, pointer }: Entry): Line => [
  span(pointer ? ` ${look.symbols.pointer} ` : '   ', 'accent'),
  span(`${pad(whenText(entry.startedAtMs, nowMs), 19)}  `, 'dim'),
  span(`${pad(cut(entry.service, nameWidth, look.symbols.more), nameWidth)}  `),
  span(pad(resultText(entry), 11), resultTones[entry.result]),
  span(`${pad(entry.downMs === null ? '-' : tookText(entry.downMs), 7, 'right')}  `),
  span(changeText(entry)),
];

/** `2.10.27 to 2.11.3 by ana`, `back to 2.10.27 by ana`. */
const changeText = ({ kind, from, to, who }: HistoryEntry): string => {
  const change = kind === 'rollback' ? `back to ${to}` : from === null ? `${to} installed` : `${from} to ${to}`;
  return `${change} by ${who}`;
};

/** What happened, and whether one can still return to the version before. */
const returnText = ({ from, result, blockedBy }: HistoryEntry): string => {
  if (from === null) return 'Nothing was there before.';
  // A change that did not take place has nothing to return from.
  if (result !== 'done' && result !== 'failed') return `It stayed ${from}.`;
  return blockedBy === null ? `[b] returns to ${from}.` : `No return to ${from}: ${blockedBy}.`;
};

const detailLines = (entry: HistoryEntry, columns: number): readonly Line[] => {
  const reason = entry.reason === null ? '' : `${entry.reason}${/[.!?]$/.test(entry.reason) ? '' : '.'} `;
  const rows = wrapWords(`${changeText(entry)}. ${reason}${returnText(entry)}`, columns - 2);
  return [[], ...rows.map((row): Line => [span(` ${row}`)])];
};

const resultTones: Readonly<Record<HistoryEntry['result'], Tone>> = {
  done: 'good',
  returned: 'warn',
  failed: 'bad',
  cancelled: 'dim',
};
