import type { LogLine, StackClient } from '../api/protocol.ts';
import type { Context } from './context.ts';
import { createPrefix } from './prefix.ts';

export type FollowedLogs = {
  /** Prints what comes until the daemon ends the logs or is gone; goes on where the call before stopped. */
  readonly print: (signal: AbortSignal) => Promise<void>;
};

/** The logs of a stack as prefixed lines on stdout, from the given bytes on; no line twice, also after a daemon died. */
export const followLogs = (
  context: Context,
  client: StackClient,
  names: readonly string[],
  from: Readonly<Record<string, number>>,
): FollowedLogs => {
  const prefix = createPrefix(names, context.print.paint);
  /** Where the last line that was printed begins. */
  const printed = new Map<string, number>();

  const printLine = async (line: LogLine, again: ReadonlyMap<string, number>): Promise<void> => {
    if (again.get(line.service) === line.offset) return;
    printed.set(line.service, line.offset);
    if (line.kind === 'line') await context.print.line(`${prefix(line.service)}${line.text}`);
  };

  return {
    print: async (signal) => {
      const again = new Map(printed);
      const ask = { services: [], lines: 0, follow: true, from: { ...from, ...Object.fromEntries(again) } };
      try {
        for await (const line of client.logs(ask, signal)) await printLine(line, again);
      } catch {
        // The session tells how it ended; a cut log stream has nothing to add.
      }
    },
  };
};
