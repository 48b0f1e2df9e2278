import type { StackEvent } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import { type Command, type Context, stackOptions } from './context.ts';
import { reach, type Target, targetToUse } from './target.ts';
import { unbroken } from './unbroken.ts';

export const events: Command = {
  name: 'events',
  summary: 'print what happened to a stack',
  usage: 'events [--file FILE | --stack NAME] [-f] [-n N] [--json]',
  details: [
    'Every change of a service, every request and every failed fetch, oldest first. Also of a stack that is down:',
    'its history is kept until `booty destroy`. The newest 1000 come from a running stack, all from one that is down.',
  ],
  options: {
    // -f means follow here, as in logs; the file is --file.
    file: { ...stackOptions.file, short: undefined },
    stack: stackOptions.stack,
    follow: { type: 'boolean', short: 'f', help: 'go on with what comes' },
    lines: { type: 'string', short: 'n', value: 'N', help: 'only the last N of what there is' },
    json: { type: 'boolean', help: 'one JSON document a line: sequence, atMs, service, type, from, to, message' },
  },
  examples: [
    'booty events -n 20             # what happened lately',
    'booty events -f --json | jq -r \'select(.to == "failed").service\'',
  ],
  positionalsMax: 0,
  run: async (context, args) => {
    const { print, terminal } = context;
    const last = args.text('lines');
    if (last !== undefined && !/^\d{1,9}$/.test(last)) {
      throw new BootyError('USAGE', { problem: `-n ${last} is not a whole number`, usage: 'booty events -n 20' });
    }
    const target = await targetToUse(context, args);
    const show = (event: StackEvent): Promise<void> =>
      args.flag('json') ? print.json(event) : print.line(lineOf(context, event));
    const abort = new AbortController();
    for (const what of ['SIGINT', 'SIGTERM', 'SIGHUP', 'reader-gone'] as const) terminal.on(what, () => abort.abort());
    const client = await reach(context, target);
    if (!client && args.flag('follow')) throw new BootyError('STACK_DOWN', { stack: target.stack });
    const past = client
      ? await Array.fromAsync(client.events({ follow: false }, abort.signal))
      : await keptEvents(context, target);
    const shown = last === undefined ? past : past.slice(Math.max(0, past.length - Number(last)));
    for (const event of shown) await show(event);
    if (!client || !args.flag('follow')) return 0;
    const open = () => client.events({ follow: true }, abort.signal);
    const isNew = createKnown(past);
    const showNew = async (event: StackEvent): Promise<void> => {
      if (isNew(event)) await show(event);
    };
    try {
      for await (const event of unbroken(context, target, open)) {
        await showNew(event);
        if (terminal.readerIsGone()) break;
      }
    } catch (error) {
      if (abort.signal.aborted) return 0;
      if (!(error instanceof BootyError) || error.code !== 'STACK_DOWN') throw error;
      // It went down while it was followed: its last events are in the file.
      for (const event of await keptEvents(context, target)) await showNew(event);
    }
    return 0;
  },
};

/**
Tells whether an event was not told yet. The number alone does not say: a daemon that was killed may have told one that it had
not written down, and its successor gives that number to another.
*/
const createKnown = (past: readonly StackEvent[]): ((event: StackEvent) => boolean) => {
  let oldest = past[0]?.sequence ?? 0;
  const known = new Map<number, string>();
  const isNew = (event: StackEvent): boolean => {
    const { sequence, atMs, service, message } = event;
    const text = `${atMs} ${service} ${message}`;
    if (sequence < oldest || known.get(sequence) === text) return false;
    known.delete(sequence);
    known.set(sequence, text);
    if (known.size > knownMax) {
      const [first = 0] = known.keys();
      known.delete(first);
      oldest = Math.max(oldest, first + 1);
    }
    return true;
  };
  for (const event of past) isNew(event);
  return isNew;
};

/** More than a daemon tells of what was before. */
const knownMax = 4_000;

/** Of a stack that is down: the daemon's own file. A line that a crash cut off is left out. */
const keptEvents = async (context: Context, target: Target): Promise<readonly StackEvent[]> => {
  const text = (await context.ports.files.readText(target.paths.eventsFile)) ?? '';
  return text.split('\n').flatMap((line): StackEvent[] => {
    try {
      return [JSON.parse(line) as StackEvent];
    } catch {
      return [];
    }
  });
};

const lineOf = ({ print }: Context, event: StackEvent): string => {
  const isBad = event.to === 'failed' || event.to === 'unhealthy' || event.type.endsWith('.failed');
  const text = isBad ? print.paint('red', event.message) : event.message;
  return `${print.paint('dim', timeText(event.atMs))}  ${text}`;
};

/** `2026-01-31 23:59:59`, in the zone of whoever reads it. */
const timeText = (atMs: number): string => {
  const at = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};
