import type { StackClient } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import type { ServiceRow } from '../core/model.ts';
import { type Command, type Context, stackOptions } from './context.ts';
import { reach, targetToUse } from './target.ts';
import { secondsText } from './text.ts';
import { waitFor } from './wait-for.ts';

/** `booty start`, `stop`, `restart`: each says what it did once it is done. */
const serviceCommand = (
  name: 'start' | 'stop' | 'restart',
  summary: string,
  /** true: done; a string: it went wrong; false: not yet. `before` is the row at the time of the order. */
  outcome: (row: ServiceRow, before: ServiceRow) => boolean | string,
): Command => ({
  name,
  summary,
  usage: `${name} SERVICE… [--timeout S]`,
  details: ['Returns once it is done, and says so; the rest of the stack is left alone.'],
  options: { ...stackOptions, timeout: { type: 'string', value: 'S', help: 'wait at most S seconds (default 120)' } },
  exitCodes: { 4: 'a service failed, or it took longer than --timeout' },
  examples: [`booty ${name} nats`, `booty ${name} nats vmagent --timeout 30`],
  words: 'service',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    if (args.positionals.length === 0) {
      throw new BootyError('USAGE', {
        problem: `booty ${name} needs the name of a service`,
        usage: `booty ${name} SERVICE…`,
      });
    }
    const timeoutMs = seconds(args.text('timeout') ?? '120');
    const target = await targetToUse(context, args);
    const client = await reach(context, target);
    if (!client) throw new BootyError('STACK_DOWN', { stack: target.stack });
    const before = new Map((await client.ps()).services.map((row) => [row.name, row]));
    for (const service of args.positionals) await client.service(service, name);
    const codes = await Promise.all(
      args.positionals.map((service) => report(context, client, service, before.get(service), outcome, timeoutMs)),
    );
    return Math.max(...codes);
  },
});

const report = async (
  context: Context,
  client: StackClient,
  service: string,
  before: ServiceRow | undefined,
  outcome: (row: ServiceRow, before: ServiceRow) => boolean | string,
  timeoutMs: number,
): Promise<number> => {
  const startedAtMs = context.ports.clock.nowMs();
  let problem = '';
  const row = await waitFor(context, client, timeoutMs, (stack) => {
    const now = stack.services.find((each) => each.name === service);
    if (!now || !before) return null;
    const verdict = outcome(now, before);
    if (typeof verdict === 'string') problem = verdict;
    return verdict === false ? null : now;
  });
  if (!row) {
    context.print.note(`booty: ${service} is not there yet after ${secondsText(timeoutMs)}; see: booty ps`);
    return 4;
  }
  if (problem !== '') {
    context.print.note(`booty: ${service} ${problem}\n  hint: read its last words: booty logs ${service}`);
    return 4;
  }
  const tookMs = context.ports.clock.nowMs() - startedAtMs;
  await context.print.line(
    `${service} ${row.state}${row.pid === null ? '' : ` (pid ${row.pid})`} after ${secondsText(tookMs)}`,
  );
  return 0;
};

const isUp = (row: ServiceRow): boolean | string => {
  if (row.state === 'failed' || row.state === 'skipped') return `${row.state}: ${row.reason ?? 'no reason known'}`;
  return row.state === 'ready' || row.state === 'completed';
};

export const start = serviceCommand('start', 'start services, with what they depend on', isUp);

export const stop = serviceCommand('stop', 'stop services; they stay stopped', (row) =>
  ['stopped', 'completed', 'failed'].includes(row.state),
);

export const restart = serviceCommand('restart', 'stop and start services', (row, before) => {
  // The old process is no answer: a restart is over once another one is up.
  const isOld = row.lastChange.atMs === before.lastChange.atMs && row.state === before.state;
  return isOld || (row.pid !== null && row.pid === before.pid) ? false : isUp(row);
});

/** Whole or decimal seconds as milliseconds. Throws USAGE. */
export const seconds = (text: string): number => {
  if (/^\d{1,6}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1_000);
  throw new BootyError('USAGE', { problem: `--timeout ${text} is not a number of seconds`, usage: '--timeout 30' });
};
