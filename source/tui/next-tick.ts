import { silentMs, untilSilenceMs } from './silence.ts';
import { runningUpgrade } from './upgrades.ts';
import type { UiState } from './ui-state.ts';

/**
Milliseconds until something on the screen changes by time alone: a countdown, an outage or the age
of what is younger than a minute every second, anything else every minute. An idle screen thus sends nothing.
*/
export const nextTickMs = (state: UiState): number => {
  const { nowMs, seen } = state;
  const rows = seen?.row.services ?? [];
  const counts =
    runningUpgrade(state) !== null ||
    state.connection.kind === 'lost' ||
    silentMs(state) !== null ||
    rows.some((row) => row.nextRetryAtMs !== null);
  const ages = rows.flatMap((row) => (row.pid === null || row.startedAtMs === null ? [] : [nowMs - row.startedAtMs]));
  // The table shows every age, the header of other panes that of the oldest, the help none.
  const shown = state.pane === 'services' ? Math.min(...ages) : Math.max(...ages);
  const isYoung = ages.length > 0 && shown < 60_000 && state.helpTop === null;
  const step = counts || isYoung ? 1000 : 60_000;
  // Aligned to the youngest age, so that its step is shown when it comes.
  const phase = ages.length === 0 ? 0 : Math.max(0, Math.min(...ages));
  const untilStep = step - (phase % step);
  const untilToast = state.toast ? Math.max(0, state.toast.untilMs - nowMs) : Infinity;
  const untilPending = Object.keys(state.pending).length > 0 ? 1000 : Infinity;
  const untilSilence = silentMs(state) === null ? untilSilenceMs(state) : Infinity;
  return Math.max(50, Math.min(untilStep, untilToast, untilPending, untilSilence));
};
