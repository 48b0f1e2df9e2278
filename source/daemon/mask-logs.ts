import type { LogLine } from '../api/protocol.ts';
import type { LogLines } from './log-lines.ts';

/** Logs as they may be shown: a program that prints its environment does not show its passwords. The files keep them, and `raw`. */
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
    follow: (...ask) => maskEach(logs.follow(...ask), masked),
  };
};

async function* maskEach(lines: AsyncGenerator<LogLine>, masked: (line: LogLine) => LogLine): AsyncGenerator<LogLine> {
  for await (const line of lines) yield masked(line);
}
