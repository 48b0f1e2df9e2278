import type { StackRow } from '../../core/model.ts';
import { count, formatAge, formatWait } from '../format.ts';
import { silentMs } from '../silence.ts';
import { offeredRows, runningUpgrade, upgradeRows } from '../upgrades.ts';
import { lineWidth, span, splitLine, type Line, type Span } from '../line.ts';
import { cut } from '../text.ts';
import type { Look } from '../theme.ts';
import type { Seen, UiState } from '../ui-state.ts';
import { turnedBack } from './upgrade-result.ts';

/** First row: which stack, how it is bound to this screen, since when, and what is wrong with it. */
export const headerLine = (state: UiState, look: Look): Line => {
  const width = state.size.columns;
  if (!state.seen) return [span(' booty', 'accent'), span('  waiting for the daemon', 'dim')];
  // The most told that fits: uptime goes first, then what the bond means, then the words beside the numbers.
  const lines = attempts(state, state.seen, look);
  const fits = lines.find(({ left, right }) => lineWidth(left) + 2 + lineWidth(right) <= width) ?? lines.at(-1);
  return fits ? splitLine(fits.left, fits.right, width) : [];
};

type Halves = { readonly left: Line; readonly right: Line };

const shortened = (name: string, width: number, look: Look): Span =>
  span(` ${cut(name, Math.max(8, width), look.symbols.more)}`, 'accent');

const attempts = (state: UiState, seen: Seen, look: Look): readonly Halves[] => {
  const { connection, nowMs } = state;
  const { row } = seen;
  const width = state.size.columns;
  const right = [...counts(row, 'words'), ...upgradeWords(state), span(' ')];
  const terse = [...counts(row, 'numbers'), span(' ')];
  const name = span(` ${row.stack}`, 'accent');
  if (connection.kind === 'lost') {
    const outage = span(`NO ANSWER from the daemon for ${formatWait(nowMs - connection.sinceMs)}`, 'alarm');
    return [{ left: [name, span('  '), outage], right }];
  }
  const quietMs = silentMs(state);
  if (quietMs !== null) {
    const who = row.daemon === null ? 'the daemon' : `daemon ${row.daemon.pid}`;
    return [{ left: [name, span('  '), span(`NO ANSWER from ${who} for ${formatWait(quietMs)}`, 'alarm')], right }];
  }
  const since = startedAtMs(row);
  const uptime = since === null ? [] : [span(`  up ${formatAge(nowMs - since)}`, 'dim')];
  const { short, long } = bond(seen, look);
  const told = [name, span('  '), span(row.state, stackTones[row.state])];
  const bound = [...told, ...long];
  const brief = [...told, ...short];
  return [
    { left: [...bound, ...uptime], right },
    { left: bound, right },
    { left: [...brief, ...uptime], right },
    { left: brief, right },
    { left: brief, right: terse },
    // At last the name gives way.
    {
      left: [shortened(row.stack, width - lineWidth([...brief.slice(1), ...terse]) - 3, look), ...brief.slice(1)],
      right: terse,
    },
  ];
};

/** How the stack is bound to a screen, in a word and with what that means. */
const bond = ({ row, owner, orphanedAtMs }: Seen, look: Look): { readonly short: Line; readonly long: Line } => {
  const { daemon } = row;
  const said = (text: string): Line => [span(`  ${text}`, 'dim')];
  if (!daemon) return { short: [], long: [] };
  if (!daemon.tied) return { short: said('detached'), long: said('detached') };
  const short = said('tied');
  if (!owner)
    return { short, long: said(`tied to ${orphanedAtMs === null ? 'another screen' : 'a screen that is gone'}`) };
  const means =
    daemon.onHangup === 'stop' ? 'ctrl-c or closing this terminal stops all' : 'ctrl-c stops all, a lost line does not';
  return { short, long: said(`tied ${look.symbols.separator} ${means}`) };
};

/**
The upgrade under way; else how many are to blame for an end nobody asked for, which may run again by now; else how many
are offered and the key that takes them.
*/
const upgradeWords = (state: UiState): readonly Span[] => {
  const running = runningUpgrade(state);
  if (running) {
    const isForth = running.kind === 'upgrade' && turnedBack(running) === null;
    return [span('  '), span(` ${isForth ? 'UPGRADING' : 'GOING BACK'} [6] `, 'alarm')];
  }
  const suspects = upgradeRows(state).filter(({ suspect }) => suspect !== null).length;
  if (suspects > 0) return [span('  '), span(`${suspects} SUSPECT [6]`, 'bad')];
  const offered = offeredRows(state).length;
  return offered === 0 ? [] : [span('  '), span(`${count(offered, 'upgrade')} [U]`, 'accent')];
};

const counts = (row: StackRow, detail: 'words' | 'numbers'): readonly Span[] => {
  const amount = (...states: readonly string[]) => row.services.filter((one) => states.includes(one.state)).length;
  const ready = amount('ready', 'completed');
  const all = row.services.length - amount('skipped');
  const failed = amount('failed');
  const stopped = amount('stopped');
  const shaky = amount('unhealthy', 'backoff');
  return [
    span(`${ready}/${all}${detail === 'words' ? ' ready' : ''}`, ready === all ? 'good' : 'strong'),
    ...(stopped > 0 && detail === 'words' ? [span('  '), span(`${stopped} stopped`, 'dim')] : []),
    ...(shaky > 0 ? [span('  '), span(`${shaky} unwell`, 'warn')] : []),
    ...(failed > 0 ? [span('  '), span(` ${failed} FAILED `, 'alarm')] : []),
  ];
};

/** Since when any of it runs. */
const startedAtMs = (row: StackRow): number | null => {
  const starts = row.services.flatMap((one) => (one.pid === null || one.startedAtMs === null ? [] : [one.startedAtMs]));
  return starts.length === 0 ? null : Math.min(...starts);
};

const stackTones = { down: 'dim', starting: 'accent', ready: 'good', degraded: 'warn', stopping: 'warn' } as const;
