/** The one or two lines that stay on the normal screen after the TUI is gone. */
import type { Frame } from '../api/protocol.ts';
import { cutShortText } from '../core/upgrade/cut-short.ts';
import { count, formatTenths } from './format.ts';
import type { UiState } from './ui-state.ts';

/** After the stack ended: how many were stopped in what time, and who had to be killed. */
export const endedMessage = (state: UiState, ended: Extract<Frame, { type: 'ended' }>, atMs: number): string => {
  const name = stackOf(state);
  const rows = state.seen?.stop?.rows;
  if (!rows || state.stoppingSinceMs === null) return `${name}: ${ended.message}`;
  const killed = rows.filter((row) => row.state === 'killed').map((row) => row.service);
  const time = formatTenths(atMs - state.stoppingSinceMs).replace('s', ' s');
  const line = `${name}: stopped ${count(rows.length, 'service')} in ${time}`;
  const names = killed.length > 5 ? `${killed.slice(0, 5).join(', ')}, …` : killed.join(', ');
  const upgrade = state.seen?.upgrade ?? null;
  const left = upgrade?.result === null ? cutShortText(upgrade) : null;
  const stopped = killed.length > 0 ? `${line}; ${killed.length} had to be killed: ${names}` : line;
  const detail = left === null ? stopped : `${stopped}\n${left}`;
  return ended.exitCode === 0 ? detail : `${detail}\n${ended.message}`;
};

/** After leaving a stack that runs on, or whose daemon is gone. */
export const leftMessage = (state: UiState): string | null => {
  if (state.connection.kind === 'lost') return lostMessage(state);
  if (!state.seen) return null;
  const name = stackOf(state);
  if (state.seen.stop || state.askedForce !== null)
    return `${name}: goes on stopping; look with: booty ps --stack ${name}`;
  return `${name}: left running; come back with: booty tui --stack ${name}`;
};

export const lostMessage = (state: UiState): string => {
  const name = stackOf(state);
  const reason = state.connection.kind === 'lost' ? ` (${state.connection.reason})` : '';
  return `${name}: its daemon does not answer${reason}; services may still run, look with: booty ps --stack ${name}`;
};

export const killedMessage = (state: UiState): string =>
  `${stackOf(state)}: killing all; left without waiting for the end`;

const stackOf = (state: UiState): string => state.seen?.row.stack ?? 'stack';
