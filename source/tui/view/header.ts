import type { StackRow } from '../../core/model.ts';
import { formatAge, formatWait } from '../format.ts';
import { lineWidth, span, splitLine, type Line, type Span } from '../line.ts';
import type { Look } from '../theme.ts';
import type { Seen, UiState } from '../ui-state.ts';

/** First row: which stack, how it is bound to this screen, since when, and what is wrong with it. */
export const headerLine = (state: UiState, look: Look): Line => {
  const width = state.size.columns;
  if (!state.seen) return [span(' booty', 'accent'), span('  waiting for the daemon', 'dim')];
  const { row } = state.seen;
  const right = [...counts(row), span(' ')];
  const room = width - lineWidth(right) - 2;
  const left: Span[] = [span(` ${row.stack}`, 'accent')];
  for (const part of facts(state, look)) {
    if (lineWidth([...left, span('  '), part]) > room) break;
    left.push(span('  '), part);
  }
  return splitLine(left, right, width);
};

const facts = (state: UiState, look: Look): readonly Span[] => {
  const { seen, connection, nowMs } = state;
  if (!seen) return [];
  if (connection.kind === 'lost') {
    return [span(`NO ANSWER from the daemon for ${formatWait(nowMs - connection.sinceMs)}`, 'alarm')];
  }
  const since = startedAtMs(seen.row);
  const daemon = seen.row.daemon;
  return [
    span(seen.row.state, stackTones[seen.row.state]),
    ...(daemon ? [span(bond(seen, daemon, look), 'dim')] : []),
    ...(since === null ? [] : [span(`up ${formatAge(nowMs - since)}`, 'dim')]),
  ];
};

const bond = (seen: Seen, daemon: NonNullable<StackRow['daemon']>, look: Look): string => {
  if (!daemon.tied) return 'detached';
  if (!seen.owner) return seen.orphanedAtMs === null ? 'tied to another screen' : 'tied to a screen that is gone';
  const hangup = daemon.onHangup === 'stop' ? 'a lost terminal stops it' : 'a lost terminal leaves it running';
  return `tied ${look.symbols.separator} ${hangup}`;
};

const counts = (row: StackRow): readonly Span[] => {
  const amount = (...states: readonly string[]) => row.services.filter((one) => states.includes(one.state)).length;
  const ready = amount('ready', 'completed');
  const all = row.services.length - amount('skipped');
  const failed = amount('failed');
  const shaky = amount('unhealthy', 'backoff');
  return [
    span(`${ready}/${all} ready`, ready === all ? 'good' : 'strong'),
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
