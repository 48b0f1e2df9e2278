import type { UiState } from './ui-state.ts';

/** A daemon says each second how its stack stands, a slow one somewhat later. */
const silenceMsMin = 5_000;

/** Since when a daemon that is connected has said nothing, in milliseconds; null: it speaks, or is not connected. */
export const silentMs = ({ connection, heardAtMs, nowMs }: UiState): number | null =>
  connection.kind === 'live' && nowMs - heardAtMs >= silenceMsMin ? nowMs - heardAtMs : null;

/** Until its silence would be told; Infinity where nobody is listened to. */
export const untilSilenceMs = ({ connection, heardAtMs, nowMs }: UiState): number =>
  connection.kind === 'live' ? Math.max(0, heardAtMs + silenceMsMin - nowMs) : Infinity;
