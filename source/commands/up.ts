import type { StackClient, UpRequest } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import { checkDefinition } from '../stack/check.ts';
import { type Arguments, type Command, type Context, frozenOption, jsonOption, stackOptions } from './context.ts';
import { followUp } from './follow-up.ts';
import { noteRegistries } from './registry-notes.ts';
import { seconds } from './service.ts';
import { clientOf, noteOrigin, reachOrStart, type Target, targetToStart } from './target.ts';
import { columnsText } from './text.ts';
import { waitUp } from './wait-up.ts';

export const up: Command = {
  name: 'up',
  summary: 'start a stack and show its logs until it ends',
  usage: 'up [SERVICE…] [-d] [--wait] [--timeout S] [--profile P] [--frozen] [--plan]',
  details: [
    'In the foreground the stack is tied to this terminal: ctrl-c takes it down in order, a second one shortens',
    'every grace, a third one kills. With -d it runs on by itself; end it with `booty down`.',
    'The versions that run are written to booty.lock.json beside booty.yaml, and obeyed from then on.',
  ],
  options: {
    ...stackOptions,
    detach: { type: 'boolean', short: 'd', help: 'return when all is started; the stack runs on' },
    wait: { type: 'boolean', help: 'with -d: return when all is ready (exit 4 when something fails)' },
    timeout: {
      type: 'string',
      value: 'S',
      help: 'with -d: give up waiting after S seconds (default 300); the stack runs on',
    },
    profile: { type: 'string', value: 'P', help: 'also start services of these profiles (a,b)' },
    ...frozenOption,
    plan: { type: 'boolean', help: 'print what would be done, and why, and do nothing' },
    ...jsonOption,
  },
  exitCodes: {
    3: 'with -d: somebody took the stack, or a service, down before all was there',
    4: 'a service failed, or --wait timed out',
    130: 'cut short',
  },
  examples: ['booty up', 'booty up -d --wait --timeout 60', 'booty up nats vmagent', 'booty up --plan'],
  words: 'service',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const timeoutMs = seconds(args.text('timeout') ?? '300');
    const target = await targetToStart(context, args);
    const request = requestOf(target, args, context.ports.host.environment);
    for (const warning of request.definition.warnings) context.print.note(`booty: warning: ${warning}`);
    await noteRegistries(context, request.definition.folder);
    const deadlineMs = context.ports.clock.steadyMs() + timeoutMs;
    for (let told = false; ; told = true) {
      try {
        return await bringUp(context, args, target, { request, timeoutMs });
      } catch (error) {
        if (!isGoingDown(error)) throw error;
        if (!told) context.print.note(`booty: ${target.stack} is on its way down; it is started once it is there`);
        const isForeground = !args.flag('detach') && !args.flag('wait');
        const next = await untilDown(context, target, isForeground ? null : deadlineMs);
        if (next === 'cut short') return 130;
        if (next === 'late') throw error;
      }
    }
  },
};

const bringUp = async (
  context: Context,
  args: Arguments,
  target: Target,
  { request, timeoutMs }: { readonly request: UpRequest; readonly timeoutMs: number },
): Promise<number> => {
  const { client, started } = await reachOrStart(context, target);
  if (args.flag('plan')) return printPlan(context, args, client, request, started);
  await noteOrigin(context, target);
  if (!args.flag('detach') && !args.flag('wait')) return followUp(context, client, request, started);
  return waitUp(context, client, request, { started, ready: args.flag('wait'), timeoutMs });
};

/** Somebody is taking the stack down, or has in the moment between the look at it and the order. */
const isGoingDown = (error: unknown): boolean =>
  error instanceof BootyError && (error.code === 'STACK_STOPPING' || error.code === 'STACK_DOWN');

const goingDown: ReadonlySet<string> = new Set(['stopping', 'down']);
const pauseMs = 50;

/** Waits until no daemon answers or the stack is up again, until the time is over, or until the person gives up. */
const untilDown = async (
  context: Context,
  target: Target,
  deadlineMs: number | null,
): Promise<'down' | 'late' | 'cut short'> => {
  const { clock } = context.ports;
  let isCutShort = false;
  const cut = (): void => {
    isCutShort = true;
  };
  const offs = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((what) => context.terminal.on(what, cut));
  try {
    while (!isCutShort) {
      const row = await clientOf(context, target)
        .ps()
        .catch(() => null);
      if (row === null || !goingDown.has(row.state)) return 'down';
      if (deadlineMs !== null && clock.steadyMs() > deadlineMs) return 'late';
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
    return 'cut short';
  } finally {
    for (const off of offs) off();
  }
};

/** The request of an `up`; throws what is wrong with the definition before anything is started for it. */
export const requestOf = (
  target: Target,
  args: Arguments,
  environment: Readonly<Record<string, string>>,
): UpRequest => {
  const { definition } = target;
  if (!definition) throw new BootyError('STACK_UNKNOWN', { name: target.stack, known: [] });
  throwFirst(checkDefinition(definition));
  const profiles = (args.text('profile') ?? '').split(',').filter((profile) => profile !== '');
  const { BOOTY_FROZEN } = environment;
  const frozen = args.flag('frozen') || (BOOTY_FROZEN !== undefined && !['', '0'].includes(BOOTY_FROZEN));
  return { definition, services: args.positionals, profiles, ...(frozen ? { frozen } : {}) };
};

const throwFirst = (problems: readonly BootyError[]): void => {
  const [first] = problems;
  if (first) throw first;
};

const printPlan = async (
  context: Context,
  args: Arguments,
  client: StackClient,
  request: UpRequest,
  started: boolean,
): Promise<number> => {
  try {
    const { plan } = await client.plan(request);
    if (args.flag('json')) await context.print.json({ plan });
    else {
      const rows = plan.map((step) => ({ STEP: step.action, SERVICE: step.service, WHY: step.reason }));
      for (const line of columnsText(rows, ['STEP', 'SERVICE', 'WHY'])) await context.print.line(line);
    }
    return 0;
  } finally {
    // A daemon that was started to make a plan has nothing else to do.
    if (started) await client.down({ force: 0, graceMsMax: null });
  }
};
