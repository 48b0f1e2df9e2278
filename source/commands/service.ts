import type { StackClient, StackEvent } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import type { ServiceRow, ServiceState, StackRow } from '../core/model.ts';
import { type Command, type Context, stackOptions } from './context.ts';
import { newerThan } from './newer-than.ts';
import { steadySession } from './steady-session.ts';
import { reach, targetToUse } from './target.ts';
import { secondsText } from './text.ts';

/** What a command made of a service: true when it is done, a sentence when it went wrong, false when it is not over. */
type Verdict = boolean | string;

type Look = {
  /** Before the order. */
  readonly before: ServiceRow;
  /** States it entered since the order, which may be past already. */
  readonly passed: ReadonlySet<ServiceState>;
};

/** `booty start`, `stop`, `restart`: each says what it did once it is done. */
const serviceCommand = (
  name: 'start' | 'stop' | 'restart',
  summary: string,
  outcome: (row: ServiceRow, look: Look) => Verdict,
): Command => ({
  name,
  summary,
  usage: `${name} SERVICE… [--timeout S]`,
  details: ['Returns once it is done, and says so; the rest of the stack is left alone.'],
  options: { ...stackOptions, timeout: { type: 'string', value: 'S', help: 'wait at most S seconds (default 120)' } },
  exitCodes: {
    3: 'nothing runs, or the stack went down meanwhile',
    4: 'a service failed, somebody else stopped it meanwhile, or it took longer than --timeout',
  },
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
    const order = { name, services: new Set(args.positionals), timeoutMs, outcome };
    return carryOut(context, client, target.stack, order);
  },
});

type Order = {
  readonly name: 'start' | 'stop' | 'restart';
  readonly services: ReadonlySet<string>;
  readonly timeoutMs: number;
  readonly outcome: (row: ServiceRow, look: Look) => Verdict;
};

/** Gives the order and watches every state the daemon tells until it is done for all, so that nothing is polled. */
const carryOut = async (context: Context, client: StackClient, stack: string, order: Order): Promise<number> => {
  const { clock } = context.ports;
  const { services, timeoutMs } = order;
  // Opened first: a state that comes and goes at once is told only as an event.
  const open = () => client.session({ type: 'hello', client: 'wait', own: false, onHangup: 'keep' });
  const session = await steadySession(context, open);
  let timedOut = false;
  const cancel = clock.after(timeoutMs, () => {
    timedOut = true;
    session.close();
  });
  try {
    const before = rowsByName(await client.ps());
    const asked = { atMs: clock.nowMs(), steadyMs: clock.steadyMs() };
    for (const service of services) await client.service(service, order.name);
    const report = createReport(context, order, before, asked);
    await report.look(await client.ps());
    const isNewer = newerThan(clock.nowMs());
    if (report.pending() > 0)
      for await (const frame of session.frames) {
        if (frame.type === 'event') report.note(frame.event);
        // The last word of a stack that goes down: it stopped whatever was to be stopped.
        if (frame.type === 'ended') await report.down(stack);
        if (frame.type === 'state' && isNewer(frame.atMs)) await report.look(frame.row);
        if (report.pending() === 0) break;
      }
    return report.end(timedOut);
  } finally {
    cancel();
    session.close();
  }
};

const rowsByName = (stack: StackRow): ReadonlyMap<string, ServiceRow> =>
  new Map(stack.services.map((row) => [row.name, row]));

/** Says of each service what became of it, once, and remembers the exit code. */
const createReport = (
  { print, ports }: Context,
  { name, services, timeoutMs, outcome }: Order,
  before: ReadonlyMap<string, ServiceRow>,
  asked: { readonly atMs: number; readonly steadyMs: number },
) => {
  const open = new Map([...services].map((service) => [service, new Set<ServiceState>()] as const));
  const isNewer = newerThan(asked.atMs);
  let code = 0;

  const fail = (service: string, text: string, exitCode: number): void => {
    open.delete(service);
    code = Math.max(code, exitCode);
    print.note(`booty: ${service} ${text}`);
  };

  return {
    pending: () => open.size,
    note: (event: StackEvent): void => {
      if (isNewer(event.atMs) && event.service !== null && event.to !== null) open.get(event.service)?.add(event.to);
    },
    look: async (stack: StackRow): Promise<void> => {
      const rows = rowsByName(stack);
      for (const [service, passed] of open) {
        const [now, then] = [rows.get(service), before.get(service)];
        const verdict = now && then ? outcome(now, { before: then, passed }) : 'is not part of the stack any more';
        if (typeof verdict === 'string')
          fail(service, `${verdict}\n  hint: read its last words: booty logs ${service}`, 4);
        if (verdict !== true || !now) continue;
        open.delete(service);
        const took = secondsText(ports.clock.steadyMs() - asked.steadyMs);
        const isAgain = name === 'stop' && !rests.includes(now.state);
        const state = isAgain ? 'stopped, and is started again by somebody else,' : now.state;
        await print.line(`${service} ${state}${now.pid === null ? '' : ` (pid ${now.pid})`} after ${took}`);
      }
    },
    down: async (stack: string): Promise<void> => {
      for (const service of open.keys()) {
        if (name !== 'stop') fail(service, `stopped: stack ${stack} was taken down meanwhile`, 3);
        else await print.line(`${service} stopped with the whole stack`);
      }
      open.clear();
    },
    end: (timedOut: boolean): number => {
      const why = timedOut ? `is not there yet after ${secondsText(timeoutMs)}` : 'is out of sight: no daemon answers';
      for (const service of open.keys()) fail(service, `${why}; see: booty ps`, timedOut ? 4 : 3);
      return code;
    },
  };
};

const isUp = (row: ServiceRow): Verdict => {
  if (row.state === 'failed' || row.state === 'skipped') return `${row.state}: ${row.reason ?? 'no reason known'}`;
  // The order is taken in before anybody looks: what rests by now was stopped again.
  if (row.state === 'stopped') return `stopped again: ${row.reason ?? 'somebody else asked for it'}`;
  return row.state === 'ready' || row.state === 'completed';
};

export const start = serviceCommand('start', 'start services, with what they depend on', isUp);

const rests: readonly ServiceState[] = ['stopped', 'completed', 'failed'];

export const stop = serviceCommand(
  'stop',
  'stop services; they stay stopped',
  // One that is wanted again while it stops is started anew at its end, without a rest between.
  (row, { before, passed }) =>
    rests.includes(row.state) ||
    rests.some((state) => passed.has(state)) ||
    (before.pid !== null && row.pid !== before.pid),
);

export const restart = serviceCommand('restart', 'stop and start services', (row, { before }) => {
  if (row.state === 'stopped') return isUp(row);
  // The old process is no answer: a restart is over once another one is up.
  const isOld = row.lastChange.atMs === before.lastChange.atMs && row.state === before.state;
  return isOld || (row.pid !== null && row.pid === before.pid) ? false : isUp(row);
});

/** Whole or decimal seconds as milliseconds. Throws USAGE. */
export const seconds = (text: string): number => {
  if (/^\d{1,6}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1_000);
  throw new BootyError('USAGE', { problem: `--timeout ${text} is not a number of seconds`, usage: '--timeout 30' });
};
