import { allLines, type LogBegin, type LogLine, type StackClient } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import { type Command, type Context, stackOptions } from './context.ts';
import { createPrefix } from './prefix.ts';
import { parseSince } from './since.ts';
import { reach, type Target, targetToUse } from './target.ts';
import { unbroken } from './unbroken.ts';

export const logs: Command = {
  name: 'logs',
  summary: "print services' logs",
  usage: 'logs [SERVICE…] [-f] [-n N] [--since TIME] [--grep RE [-i]] [--json | --raw]',
  details: [
    'Without a service: all of them in order of time, each line with its name in front.',
    'Reaches back over restarts and over what was compressed, as far as it is kept (1 GiB and 14 days a service).',
    'Of a stack that is down it prints what there is.',
  ],
  options: {
    // -f means follow here, as in every tool that prints logs; the file is --file.
    file: { ...stackOptions.file, short: undefined },
    stack: stackOptions.stack,
    follow: { type: 'boolean', short: 'f', help: 'go on with what comes' },
    lines: {
      type: 'string',
      short: 'n',
      value: 'N',
      help: 'the last N lines of each service (default 100; all with --since, --grep or --raw)',
    },
    since: { type: 'string', value: 'TIME', help: 'no older lines: 10m, 1h30m, 2d, 2026-11-22, 2026-11-22T18:00' },
    grep: { type: 'string', value: 'RE', help: 'only lines that match; small letters stand for both' },
    'ignore-case': { type: 'boolean', short: 'i', help: 'capital letters stand for both as well' },
    json: { type: 'boolean', help: 'one JSON document a line: service, generation, offset, atMs, text, kind' },
    raw: { type: 'boolean', help: 'the very bytes one service wrote; secrets are not masked' },
  },
  examples: [
    'booty logs -f',
    'booty logs nats -n 500',
    "booty logs --since 10m --grep 'error|warn'",
    'booty logs --json | jq -r .text',
    'booty logs web --raw > web.log',
  ],
  words: 'service',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const { terminal, ports } = context;
    const since = args.text('since');
    const sinceMs = since === undefined ? undefined : parseSince(since, ports.clock.nowMs());
    const pattern = args.text('grep');
    const isRaw = args.flag('raw');
    checkRaw(isRaw, args.positionals, args.flag('json') || pattern !== undefined);
    const isWhole = sinceMs !== undefined || pattern !== undefined || isRaw;
    const ask = {
      services: args.positionals,
      lines: lineCount(args.text('lines') ?? (isWhole ? String(allLines) : '100')),
      follow: args.flag('follow'),
      ...(sinceMs !== undefined && { sinceMs }),
      ...(pattern !== undefined && { pattern }),
      ignoreCase: args.flag('ignore-case'),
    };
    const target = await targetToUse(context, args);
    const from = await openLogs(context, target, ask.follow);
    const abort = new AbortController();
    for (const what of ['SIGINT', 'SIGTERM', 'SIGHUP', 'reader-gone'] as const) terminal.on(what, () => abort.abort());
    try {
      const { signal } = abort;
      if (isRaw) await printRaw(context, from, ask, signal);
      else await printLines(context, from, ask, { isJson: args.flag('json'), signal });
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    } finally {
      await from.close();
    }
    return 0;
  },
};

type Ask = Parameters<StackClient['logs']>[0];

type Logs = Pick<StackClient, 'logs' | 'raw'>;

/** Where lines come from: the stack's daemon, or where it is down its files. */
type From = {
  readonly target: Target;
  readonly source: Logs;
  readonly names: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

/** Throws STACK_DOWN for a stack that is down and never wrote anything, or where who asks waits for more. */
const openLogs = async (context: Context, target: Target, isFollowed: boolean): Promise<From> => {
  const client = await reach(context, target);
  if (client) {
    const names = async () => (await client.ps()).services.map(({ name }) => name);
    return { target, source: client, names, close: async () => {} };
  }
  const { stack, paths } = target;
  const { openLogsAtRest } = await import('../daemon/logs-at-rest.ts');
  const atRest = isFollowed ? null : await openLogsAtRest(context.ports, stack, paths);
  if (atRest === null) throw new BootyError('STACK_DOWN', { stack });
  context.print.note(`booty: ${stack} is down; this is what its services wrote`);
  return { target, source: atRest, names: async () => atRest.services, close: atRest.close };
};

const printLines = async (
  context: Context,
  { target, source, names }: From,
  ask: Ask,
  { isJson, signal }: { readonly isJson: boolean; readonly signal: AbortSignal },
): Promise<void> => {
  const { print, terminal } = context;
  const shown = ask.services.length > 0 ? ask.services : await names();
  const prefix = createPrefix(shown, print.paint);
  /** Where the last line of each that was printed begins. */
  const printed = new Map<string, number>();
  const show = (line: LogLine): Promise<void> =>
    isJson ? print.json(line) : print.line(shown.length > 1 ? `${prefix(line.service)}${line.text}` : line.text);
  /** Where those begin of which none was printed yet. */
  const begun = new Map<string, number>();
  const note = ({ service, beginByte }: LogBegin): void => void begun.set(service, beginByte);
  const open = async function* (logs: Logs): AsyncGenerator<LogLine> {
    const again = new Map(printed);
    const from = Object.fromEntries([...begun, ...again]);
    for await (const line of logs.logs({ ...ask, from }, signal, note))
      if (again.get(line.service) !== line.offset) yield line;
  };
  for await (const line of toTheEnd(context, target, source, open)) {
    printed.set(line.service, line.offset);
    if (line.kind === 'line' || isJson) await show(line);
    if (terminal.readerIsGone()) break;
  }
};

const printRaw = async (
  context: Context,
  { target, source }: From,
  { services: [service = ''], lines, follow, sinceMs }: Ask,
  signal: AbortSignal,
): Promise<void> => {
  const ask = { service, lines, follow, ...(sinceMs !== undefined && { sinceMs }) };
  let fromByte: number | null = null;
  const open = (logs: Logs) => logs.raw(fromByte === null ? ask : { service, lines, follow, fromByte }, signal);
  for await (const piece of toTheEnd(context, target, source, open)) {
    await context.print.bytes(Buffer.from(piece.base64, 'base64'));
    fromByte = piece.endByte;
    if (context.terminal.readerIsGone()) break;
  }
};

/** What comes by one daemon after the other, and where the stack went down between two of them, what its files hold then. */
async function* toTheEnd<Item>(
  context: Context,
  target: Target,
  source: Logs,
  open: (logs: Logs) => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  try {
    return yield* unbroken(context, target, () => open(source));
  } catch (error) {
    if (!(error instanceof BootyError) || error.code !== 'STACK_DOWN') throw error;
  }
  const { openLogsAtRest } = await import('../daemon/logs-at-rest.ts');
  const atRest = await openLogsAtRest(context.ports, target.stack, target.paths);
  if (atRest === null) return;
  try {
    yield* open(atRest);
  } finally {
    await atRest.close();
  }
}

const checkRaw = (isRaw: boolean, services: readonly string[], isShaped: boolean): void => {
  if (!isRaw) return;
  const usage = 'booty logs web --raw > web.log';
  if (services.length !== 1) throw new BootyError('USAGE', { problem: '--raw gives one service, name it', usage });
  if (isShaped) throw new BootyError('USAGE', { problem: '--raw goes with neither --json nor --grep', usage });
};

const lineCount = (text: string): number => {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new BootyError('USAGE', { problem: `-n ${text} is not a whole number`, usage: 'booty logs -n 100' });
};
