/** Prints one line of JSON in the form of Go's zap: level, seconds since the epoch, place in the source, message. */
export const log = (level: 'info' | 'warn' | 'error', msg: string, fields: Readonly<Record<string, unknown>> = {}) => {
  process.stdout.write(`${JSON.stringify({ level, ts: Date.now() / 1000, caller: caller(), msg, ...fields })}\n`);
};

/** `main/main.ts:42` of whoever called log. */
const caller = (): string => {
  const frame = new Error('only for its stack').stack?.split('\n')[3] ?? '';
  return /([^/]+\/[^/]+:\d+):\d+\)?$/.exec(frame)?.[1] ?? 'unknown';
};
