import type { LogLine } from '../api/protocol.ts';
import type { LogLines } from './log-lines.ts';

/** Logs as they may be shown: a program that prints its environment does not show its passwords. The files keep them. */
export const maskLogs = (logs: LogLines, mask: (text: string) => string): LogLines => {
  const masked = (line: LogLine): LogLine => {
    const text = mask(line.text);
    if (text === line.text) return line;
    // What was known of places in the old text is left out: it is not true of the new one.
    const { service, generation, offset, atMs, kind } = line;
    return { service, generation, offset, atMs, text, kind };
  };
  return {
    ...logs,
    window: async (...ask) => {
      const window = await logs.window(...ask);
      return { ...window, lines: window.lines.map(masked) };
    },
    async *follow(...ask) {
      for await (const line of logs.follow(...ask)) yield masked(line);
    },
  };
};
