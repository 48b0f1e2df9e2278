import type { LogLine } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import { type Command, stackOptions } from './context.ts';
import { createPrefix } from './prefix.ts';
import { reach, targetToUse } from './target.ts';

export const logs: Command = {
  name: 'logs',
  summary: "print services' logs",
  usage: 'logs [SERVICE…] [-f] [-n N] [--json]',
  details: ['Without a service: all of them, each line with its name in front.'],
  options: {
    // -f means follow here, as in every tool that prints logs; the file is --file.
    file: { ...stackOptions.file, short: undefined },
    stack: stackOptions.stack,
    follow: { type: 'boolean', short: 'f', help: 'go on with what comes' },
    lines: { type: 'string', short: 'n', value: 'N', help: 'the last N lines of each service (default 100)' },
    json: { type: 'boolean', help: 'one JSON document a line: service, generation, offset, atMs, text, kind' },
  },
  examples: ['booty logs -f', 'booty logs nats -n 500', 'booty logs --json | jq -r .text'],
  words: 'service',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const { print, terminal } = context;
    const lines = lineCount(args.text('lines') ?? '100');
    const target = await targetToUse(context, args);
    const client = await reach(context, target);
    if (!client) throw new BootyError('STACK_DOWN', { stack: target.stack });
    const abort = new AbortController();
    for (const what of ['SIGINT', 'SIGTERM', 'SIGHUP', 'reader-gone'] as const) terminal.on(what, () => abort.abort());
    const names = (await client.ps()).services.map((service) => service.name);
    const shown = args.positionals.length > 0 ? args.positionals : names;
    const prefix = createPrefix(shown, print.paint);
    const show = (line: LogLine): Promise<void> =>
      args.flag('json')
        ? print.json(line)
        : print.line(shown.length > 1 ? `${prefix(line.service)}${line.text}` : line.text);
    try {
      for await (const line of client.logs(
        { services: args.positionals, lines, follow: args.flag('follow') },
        abort.signal,
      )) {
        if (line.kind === 'line' || args.flag('json')) await show(line);
        if (terminal.readerIsGone()) break;
      }
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    }
    return 0;
  },
};

const lineCount = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new BootyError('USAGE', { problem: `-n ${text} is not a whole number`, usage: 'booty logs -n 100' });
};
