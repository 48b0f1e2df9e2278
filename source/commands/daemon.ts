import { BootyError } from '../core/error.ts';
import { stackPaths } from '../core/paths.ts';
import { type Arguments, type Command, type Context, stackOptions } from './context.ts';
import { leftSomething, reach, type Target, targetToUse } from './target.ts';

export const daemon: Command = {
  name: 'daemon',
  summary: 'replace the daemon of a stack without stopping a service',
  usage: 'daemon restart [-f FILE | --stack NAME]',
  details: [
    'The new daemon is of the booty you call: after an update this hands a running stack over to it.',
    'Services run on, with their state, their exit codes and their logs. A full screen connects again by itself.',
  ],
  exitCodes: { 3: 'nothing runs, or the old daemon does not let go' },
  examples: ['booty daemon restart', 'booty daemon restart --stack observe'],
  options: stackOptions,
  positionalsMax: 1,
  run: async (context, args) => {
    const [verb] = args.positionals;
    if (verb === 'restart') return restart(context, args);
    const stack = args.text('stack');
    // What the other commands start; not for people.
    if (verb !== 'run' || stack === undefined) {
      throw new BootyError('USAGE', { problem: 'booty daemon: nothing to do', usage: `booty ${daemon.usage}` });
    }
    await context.becomeDaemon(stack, stackPaths(context.ports.host, stack));
    return 0;
  },
};

/** An old daemon gets this long to let go of the stack. */
const handoverTimeoutMs = 10_000;
const pauseMs = 20;

const restart = async (context: Context, args: Arguments): Promise<number> => {
  const target = await targetToUse(context, args);
  const { clock } = context.ports;
  const deadlineMs = clock.steadyMs() + handoverTimeoutMs;
  let before: number | null = null;
  while (before === null) {
    before = await letGo(context, target);
    // It was on its way out, or had handed over to another already.
    if (before === null) await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    if (before === null && clock.steadyMs() > deadlineMs) throw new BootyError('STACK_DOWN', { stack: target.stack });
  }
  await startNext(context, target, before, deadlineMs);
  const after = (await (await reach(context, target))?.ps())?.daemon?.pid;
  if (after === undefined) throw new BootyError('STACK_DOWN', { stack: target.stack });
  await context.print.line(`${target.stack}: daemon ${before} has handed over to ${after}; its services ran on`);
  return 0;
};

/** Asks the daemon to leave its services to another; its pid, or null when it was gone before it heard. */
const letGo = async (context: Context, target: Target): Promise<number | null> => {
  const client = await reach(context, target);
  if (!client) throw new BootyError('STACK_DOWN', { stack: target.stack });
  const pid = (await client.ps()).daemon?.pid ?? null;
  const answer = await context.ports.channels
    .request(target.paths.socket, { method: 'POST', path: '/v1/handover' })
    .catch(() => null);
  if (answer === null || answer.status === 200) return answer && pid;
  throw new BootyError('DAEMON_UNREACHABLE', {
    stack: target.stack,
    socket: target.paths.socket,
    found: `it knows no handover (status ${answer.status})`,
  });
};

/**
Starts the successor as soon as the old daemon has let go, unless somebody else was faster. Throws STACK_DOWN when the old
one ended because its stack did: a daemon for nothing would say that services ran on.
*/
const startNext = async (context: Context, target: Target, before: number, deadlineMs: number): Promise<void> => {
  const { clock } = context.ports;
  for (;;) {
    if (!(await leftSomething(context, target))) throw new BootyError('STACK_DOWN', { stack: target.stack });
    try {
      return await context.startDaemon(target.stack, target.paths);
    } catch (error) {
      if (!(error instanceof BootyError) || error.code !== 'DAEMON_RUNNING') throw error;
      if ((error as BootyError<'DAEMON_RUNNING'>).facts.pid !== before) return;
      if (clock.steadyMs() > deadlineMs) throw error;
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  }
};
