import type { LogLine } from '../api/protocol.ts';
import type { LogLines } from './log-lines.ts';

/** Logs as they may be shown: a program that prints its environment does not show its passwords. The files keep them. */
export const maskLogs = (logs: LogLines, mask: (text: string) => string): LogLines => {
  const masked = (line: LogLine): LogLine => {
    const text = mask(line.text);
    if (text === line.text) return line;
    // What matched in the midst of a secret is not there any more.
    const matches = line.matches?.map(mask).filter((part) => text.includes(part));
    return { ...line, text, ...(matches && { matches }) };
  };
  return {
    ...logs,
    window: async (...ask) => {
      const window = await logs.window(...ask);
      return { ...window, lines: window.lines.map(masked) };
    },
    search: async (...ask) => {
      const found = await logs.search(...ask);
      return { ...found, lines: found.lines.map(masked) };
    },
    async *follow(...ask) {
      for await (const line of logs.follow(...ask)) yield masked(line);
    },
  };
};
