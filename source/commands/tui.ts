import type { Session, StackClient } from '../api/protocol.ts';
import { BootyError } from '../core/error.ts';
import { builtinStacks } from '../stack/builtin.ts';
import { canRunTui } from '../tui/can-run.ts';
import type { Choice } from '../tui/choice.ts';
import { type Arguments, type Command, type Context, frozenOption, stackOptions } from './context.ts';
import { examine } from './examine.ts';
import { followUp } from './follow-up.ts';
import { pageLog } from './page-log.ts';
import { lookAtStack, type StackSummary } from './stacks.ts';
import { onHangupHere } from './hangup.ts';
import { takeDown } from './take-down.ts';
import { whoIs } from './who.ts';
import {
  clientOf,
  knownStacks,
  noteOrigin,
  reach,
  reachOrStart,
  type Target,
  targetToStart,
  targetToUse,
} from './target.ts';
import { requestOf } from './up.ts';

export const tui: Command = {
  name: 'tui',
  summary: 'show a stack full screen; start it when it does not run',
  usage: 'tui [-f FILE] [--stack NAME]',
  details: [
    'Attaches when the stack runs. Starts it when there is a booty.yaml or a built-in --stack; otherwise it shows',
    'what there is to choose from and nothing starts by itself. Without a terminal it does what `up` does.',
  ],
  options: {
    ...stackOptions,
    profile: { type: 'string', value: 'P', help: 'also start services of these profiles (a,b)' },
    ...frozenOption,
  },
  exitCodes: { 4: 'a service failed', 130: 'cut short: some services were killed' },
  examples: ['booty tui', 'booty tui --stack observe'],
  positionalsMax: 0,
  run: async (context, args) => {
    const problem = canRunTui(context.screen.stdin, context.screen.stdout, context.ports.host.environment);
    let target = await choose(context, args, problem);
    for (;;) {
      if (target === null) return 0;
      const shown = await show(context, args, target, problem);
      if (typeof shown === 'number') return shown;
      target = await otherTarget(context, args, shown);
    }
  },
};

/** Shows one stack until the person leaves: the exit code, or the stack they want to look at now. */
const show = async (
  context: Context,
  args: Arguments,
  target: Target,
  problem: string | null,
): Promise<number | Choice> => {
  const running = target.definition ? await runningClient(context, target) : clientOf(context, target);
  const { client, started } = running ? { client: running, started: false } : await reachOrStart(context, target);
  const request = target.definition ? requestOf(target, args, context.ports.host.environment) : null;
  if (started) await noteOrigin(context, target);
  if (problem !== null && request) {
    context.print.note(`booty: no full screen (${problem}); going on as booty up`);
    return followUp(context, client, request, started);
  }
  const onHangup = onHangupHere(context.ports.host.environment);
  const hello = (own: boolean) => ({ type: 'hello', client: 'tui', own, onHangup }) as const;
  const session = await client.session(hello(started));
  const early = listenEarly(context);
  if (started && request) {
    await client.up(request).catch(async (error: unknown) => {
      await client.down({ force: 0, graceMsMax: null }).catch(() => {});
      session.close();
      throw error;
    });
  }
  const { runTui } = await import('../../components/run.tsx');
  const said = early.end();
  if (said !== null) return leaveEarly(context, said, { client, session, started });
  const exit = await runTui({
    // It draws what is there just now, and looks for a successor by itself.
    client: clientOf(context, target),
    session,
    reconnect: async (owned) => {
      // A daemon that died leaves services running; its successor takes them over, and this screen its place.
      const again = await reach(context, target);
      if (!again) throw new BootyError('STACK_DOWN', { stack: target.stack });
      return again.session(hello(owned ?? started));
    },
    page: (service, byte) => pageLog(context, target, service, byte),
    doctor: () => examine(context, async () => target),
    choices: () => choicesOf(context),
    who: whoIs(context.ports.host),
    clock: context.ports.clock,
    terminal: { ...context.screen, environment: context.ports.host.environment },
  });
  if (exit.message !== null) await context.print.line(exit.message);
  return exit.next ?? exit.exitCode;
};

type Said = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** Hears what the terminal says while the screen is on its way: a stack that was just started is tied to it already. */
const listenEarly = (context: Context): { readonly end: () => Said | null } => {
  let said: Said | null = null;
  const offs = (['SIGHUP', 'SIGINT', 'SIGTERM'] as const).map((what) =>
    context.terminal.on(what, () => {
      said ??= what;
    }),
  );
  return {
    end: () => {
      for (const off of offs) off();
      return said;
    },
  };
};

/** Does what the screen would have done. */
const leaveEarly = async (
  context: Context,
  said: Said,
  { client, session, started }: { readonly client: StackClient; readonly session: Session; readonly started: boolean },
): Promise<number> => {
  try {
    if (said === 'SIGHUP') {
      await session.say({ type: 'hangup' });
      return 129;
    }
    if (!started) return 0;
    const ended = await takeDown(context, client);
    if (ended !== null) await context.print.line(ended.message);
    return ended?.exitCode ?? 3;
  } finally {
    session.close();
  }
};

/** A daemon that is up but was never given a stack is as good as none. */
const runningClient = async (context: Context, target: Target): Promise<StackClient | null> => {
  const client = await reach(context, target);
  return client && (await client.ps()).services.length > 0 ? client : null;
};

/** What to show: as told, else as the folder says, else as the person chooses; null when they choose nothing. */
const choose = async (context: Context, args: Arguments, problem: string | null): Promise<Target | null> => {
  if (args.text('stack') !== undefined || args.text('file') !== undefined) return toStartOrUse(context, args);
  try {
    return await targetToStart(context, args);
  } catch (error) {
    if (!(error instanceof BootyError) || error.code !== 'CONFIG_NOT_FOUND' || problem !== null) throw error;
  }
  return chooseTarget(context, args, 'which stack? (there is no booty.yaml here)');
};

/** Another stack, chosen from inside the screen. */
const otherTarget = (context: Context, args: Arguments, choice: Choice): Promise<Target> => {
  const bare: Arguments = { ...args, text: (name) => (name === 'profile' ? args.text(name) : undefined) };
  return targetOf(context, bare, choice);
};

const chooseTarget = async (context: Context, args: Arguments, title: string): Promise<Target | null> => {
  const choices = await choicesOf(context);
  const { chooseStack } = await import('../../components/choose-stack.tsx');
  const terminal = { ...context.screen, environment: context.ports.host.environment };
  const choice = await chooseStack({ title, choices, clock: context.ports.clock, terminal });
  return choice && targetOf(context, args, choice);
};

const targetOf = (context: Context, args: Arguments, choice: Choice): Promise<Target> => {
  const named: Arguments = { ...args, text: (name) => (name === 'stack' ? choice.name : args.text(name)) };
  return choice.kind === 'built-in' ? targetToStart(context, named) : toStartOrUse(context, named);
};

/** `--stack NAME` may name a stack that runs but can not be started from here. */
const toStartOrUse = async (context: Context, args: Arguments): Promise<Target> => {
  const name = args.text('stack');
  const known = name === undefined ? [] : await knownStacks(context);
  const running = known.find((origin) => origin.name === name && !builtinStacks.includes(origin.name));
  if (!running || args.text('file') !== undefined) return targetToStart(context, args);
  const target = await targetToUse(context, args);
  if (await reach(context, target)) return target;
  if (running.file === null) return targetToStart({ ...context, folder: running.folder }, args);
  const file = running.file;
  return targetToStart(context, { ...args, text: (option) => (option === 'file' ? file : undefined) });
};

/** All of this person's stacks, those that run first, then what can be had at once. */
const choicesOf = async (context: Context): Promise<readonly Choice[]> => {
  const known = await Promise.all((await knownStacks(context)).map((origin) => lookAtStack(context, origin)));
  const running = known.filter((stack) => stack.state !== 'down' || stack.lost);
  const down = known.filter((stack) => !running.includes(stack));
  const detailOf = (stack: StackSummary) =>
    stack.lost ? 'its daemon died; a new one takes over' : `${stack.state}, ${stack.ready}/${stack.services} ready`;
  return [
    ...running.map((stack): Choice => ({ kind: 'running', name: stack.name, detail: detailOf(stack) })),
    ...down.map((stack): Choice => ({ kind: 'down', name: stack.name, detail: stack.file ?? stack.folder })),
    ...builtinStacks.map((name): Choice => ({ kind: 'built-in', name, detail: builtinDetails[name] ?? '' })),
  ];
};

const builtinDetails: Readonly<Record<string, string>> = {
  observe: 'NATS, VictoriaMetrics, vmagent, node_exporter, a sample program, Caddy in front',
};
