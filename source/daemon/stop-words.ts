import type { StopView } from '../api/protocol.ts';
import { stopLines } from '../core/stop-view.ts';
import type { StackWorld } from '../core/world.ts';
import type { LogLines } from './log-lines.ts';

export type StopWords = {
  /** The shutdown cascade with each waiting service's last line; null unless the stack stops. */
  readonly view: (world: StackWorld, nowMs: number) => StopView | null;
  /** Reads the last lines anew; to be called while the stack stops. */
  readonly refresh: (world: StackWorld) => Promise<void>;
};

/** What a service that takes its time was saying last. */
export const createStopWords = (logs: LogLines): StopWords => {
  const lastLines = new Map<string, string>();
  return {
    view: (world, nowMs) => {
      const lines = stopLines(world, nowMs);
      if (!lines) return null;
      return {
        ...lines,
        rows: lines.rows.map((row) => ({
          ...row,
          lastLine: row.state === 'asked' || row.state === 'killed' ? (lastLines.get(row.service) ?? null) : null,
        })),
      };
    },
    refresh: async (world) => {
      for (const [name, service] of Object.entries(world.services)) {
        if (service.state !== 'stopping') continue;
        const { lines } = await logs.window(name, { lines: 3, end: null, start: null });
        const last = lines.findLast((line) => line.kind === 'line' && line.text.trim() !== '');
        if (last) lastLines.set(name, last.text.trim());
      }
    },
  };
};
