import type { FetchRow } from '../api/protocol.ts';
import type { Context } from './context.ts';
import { bytesText, waitText } from './text.ts';

/**
Progress of fetching as lines: each change of phase once, what is said of it once (a source that was skipped, a licence
that binds), and a figure every few seconds of a long download.
*/
export const createFetchNotes = (context: Context): { readonly show: (rows: readonly FetchRow[]) => void } => {
  const said = new Map<string, { phase: string; message: string | null; atMs: number }>();
  const intervalMs = 3_000;
  return {
    show: (rows) => {
      for (const row of rows) {
        const key = `${row.component} ${row.services.join(' ')}`;
        const last = said.get(key);
        const nowMs = context.ports.clock.nowMs();
        const due = last?.phase !== row.phase || (row.phase === 'downloading' && nowMs - last.atMs >= intervalMs);
        const isNews = row.message !== null && row.message !== last?.message;
        if ((!due && !isNews) || row.phase === 'failed') continue;
        said.set(key, { phase: row.phase, message: row.message ?? last?.message ?? null, atMs: nowMs });
        context.print.note(context.print.paint('dim', `booty: ${text(row)}${isNews ? ` (${row.message})` : ''}`));
      }
    },
  };
};

const text = (row: FetchRow): string => {
  const what = `${row.component}${row.version === null ? '' : ` ${row.version}`}${row.source === null ? '' : ` from ${row.source}`}`;
  if (row.phase !== 'downloading') return `${what}: ${row.phase}`;
  const size =
    row.totalBytes === null ? bytesText(row.doneBytes) : `${bytesText(row.doneBytes)} of ${bytesText(row.totalBytes)}`;
  const speed = row.bytesPerSecond === null ? '' : `, ${bytesText(row.bytesPerSecond)}/s`;
  const eta = row.etaMs === null ? '' : `, ${waitText(row.etaMs)} left`;
  return `${what}: ${size}${speed}${eta}`;
};
