import { createClient } from '../api/client.ts';
import type { StackClient } from '../api/protocol.ts';
import { findConfig } from '../config/find.ts';
import { stackName } from '../config/stack-name.ts';
import { BootyError } from '../core/error.ts';
import type { StackDefinition } from '../core/model.ts';
import { bootyHome, type StackPaths, stackPaths } from '../core/paths.ts';
import { builtinDefinition, builtinStacks } from '../stack/builtin.ts';
import type { Arguments, Context } from './context.ts';
import { originFile, readOrigin, type StackOrigin } from './origin.ts';
import { daemonAtWork, rowInTime } from './row-in-time.ts';
import { steadyClient } from './steady-client.ts';

/** The stack a command is about. */
export type Target = {
  readonly stack: string;
  readonly paths: StackPaths;
  /** null when only the name is known: it can be looked at and stopped, not started. */
  readonly definition: StackDefinition | null;
};

/**
The stack to start: `-f FILE`, a built-in `--stack NAME` for this folder, or the folder's booty.yaml. Throws what the
loader throws, and STACK_UNKNOWN for a name that is not a built-in one.
*/
export const targetToStart = async (context: Context, args: Arguments): Promise<Target> => {
  const definition = await define(context, args);
  return { stack: definition.name, paths: stackPaths(context.ports.host, definition.name), definition };
};

const define = async (context: Context, args: Arguments): Promise<StackDefinition> => {
  const { ports, folder } = context;
  const name = args.text('stack');
  if (name !== undefined && args.text('file') === undefined) return builtin(context, name);
  const path =
    args.text('file') ?? (await findConfig(ports.files, folder, ports.host.homeFolder)) ?? `${folder}/booty.yaml`;
  const absolute = path.startsWith('/') ? path : `${folder}/${path}`;
  // YAML and zod take 40 ms to load, and most commands know their stack without its file.
  const { loadDefinition } = await import('../config/load.ts');
  return loadDefinition({ files: ports.files, path: absolute, environment: ports.host.environment });
};

const builtin = async (context: Context, name: string): Promise<StackDefinition> => {
  const base = builtinStacks.find((known) => known === name || name.startsWith(`${known}-`));
  if (!base) throw new BootyError('STACK_UNKNOWN', { name, known: builtinStacks });
  return builtinDefinition(base, {
    folder: context.folder,
    stackName: await stackName(context.folder, { base }),
    mainProgram: context.mainProgram,
    nodePath: context.nodePath,
  });
};

/**
The stack to look at or to stop. Looks at what is known of stacks first, so that a booty.yaml that does not parse any
more is no reason not to stop what it started. Throws STACK_UNKNOWN, CONFIG_NOT_FOUND, or what the loader throws.
*/
export const targetToUse = async (context: Context, args: Arguments): Promise<Target> => {
  const origins = await knownStacks(context);
  const named = (stack: string): Target => ({ stack, paths: stackPaths(context.ports.host, stack), definition: null });
  const wanted = args.text('stack');
  if (wanted !== undefined) return named(await byName(context, origins, wanted));
  const file = args.text('file');
  const path =
    file === undefined
      ? await findConfig(context.ports.files, context.folder, context.ports.host.homeFolder)
      : file.startsWith('/')
        ? file
        : `${context.folder}/${file}`;
  if (path !== null) {
    const real = await context.ports.files.realPath(path).catch(() => path);
    const origin = origins.find((each) => each.file === real);
    return origin ? named(origin.name) : targetToStart(context, args);
  }
  const here = origins.find((each) => each.file === null && each.folder === context.folder);
  if (here) return named(here.name);
  throw new BootyError('CONFIG_NOT_FOUND', { path: `${context.folder}/booty.yaml` });
};

/** A stack by its whole name; else the built-in one of this folder; else the only one of that built-in there is. */
const byName = async (context: Context, origins: readonly StackOrigin[], wanted: string): Promise<string> => {
  if (origins.some((origin) => origin.name === wanted)) return wanted;
  if (builtinStacks.includes(wanted)) {
    const here = await stackName(context.folder, { base: wanted });
    if (origins.some((origin) => origin.name === here)) return here;
    const others = origins.filter((origin) => origin.file === null && origin.name.startsWith(`${wanted}-`));
    return others.length === 1 && others[0] ? others[0].name : here;
  }
  throw new BootyError('STACK_UNKNOWN', {
    name: wanted,
    known: [...builtinStacks, ...origins.map((origin) => origin.name)],
  });
};

/** All stacks this user ever started and did not destroy, by their folders under BOOTY_HOME. */
export const knownStacks = async (context: Context): Promise<readonly StackOrigin[]> => {
  const { files, host } = context.ports;
  const root = `${bootyHome(host)}/stacks`;
  const origins: StackOrigin[] = [];
  for (const name of await files.list(root)) {
    const origin = await readOrigin(files, `${root}/${name}`);
    if (origin?.name === name) origins.push(origin);
  }
  return origins;
};

/** Notes where a stack came from, so that it can be found again by its file or folder. */
export const noteOrigin = async (context: Context, target: Target): Promise<void> => {
  if (!target.definition) return;
  const { name, folder, file } = target.definition;
  await context.ports.files.writeAtomic(originFile(target.paths.root), JSON.stringify({ name, folder, file }), 0o600);
};

export const clientOf = (context: Context, target: Target): StackClient =>
  createClient(context.ports.channels, target.stack, target.paths.socket);

/**
A client when a daemon answers, null when none does: nobody at the socket is an answer, not an error. A daemon that
died and left services running gets a successor first, which takes them over. The client goes on with any daemon that
follows the one found here; its calls throw STACK_DOWN once nothing is left of the stack.
*/
export const reach = async (context: Context, target: Target): Promise<StackClient | null> => {
  if (await answers(context, target)) return steadyClientOf(context, target);
  if (!(await leftSomething(context, target))) return null;
  return (await reachOrStart(context, target)).client;
};

const steadyClientOf = (context: Context, target: Target): StackClient =>
  steadyClient(clientOf(context, target), () => untilSuccessor(context, target));

/** Somebody else sees to a successor (the warden, `daemon restart`) within this time, or this command does. */
const successorTimeoutMs = 3_000;
const pauseMs = 50;

/**
Resolves when a daemon answers again, whoever brings it. Throws STACK_DOWN when there is nothing left for one.
*/
export const untilSuccessor = async (context: Context, target: Target): Promise<void> => {
  const { clock } = context.ports;
  const deadlineMs = clock.steadyMs() + successorTimeoutMs;
  while (clock.steadyMs() < deadlineMs) {
    if (await answers(context, target)) return;
    if (!(await leftSomething(context, target))) throw new BootyError('STACK_DOWN', { stack: target.stack });
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
  }
  if (!(await reach(context, target))) throw new BootyError('STACK_DOWN', { stack: target.stack });
};

/** Whether a stack that no daemon runs just now has something a daemon would take over. */
export const leftSomething = async ({ ports }: Context, { paths }: Target): Promise<boolean> =>
  (await ports.files.stat(paths.runFile)) !== null;

const answers = async (context: Context, target: Target): Promise<boolean> => {
  await assertOwn(context, target);
  try {
    await rowInTime(context, target);
    return true;
  } catch (error) {
    if (error instanceof BootyError && error.code === 'DAEMON_UNREACHABLE') return false;
    throw error;
  }
};

/** A stack in a home that is shared by mistake (sudo -E) is its owner's alone; nothing of it is touched. */
const assertOwn = async ({ ports }: Context, { stack, paths }: Target): Promise<void> => {
  const found = await ports.files.stat(paths.root).catch(() => null);
  const own = ports.host.userId;
  if (found && found.userId !== own) throw new BootyError('STACK_OF_ANOTHER_USER', { stack, owner: found.userId, own });
};

/** A client of the stack's daemon, which is started when there is none; two at once end up with the same one. */
export const reachOrStart = async (
  context: Context,
  target: Target,
): Promise<{ readonly client: StackClient; readonly started: boolean }> => {
  for (let tries = 0; ; tries += 1) {
    if (await answers(context, target)) return { client: steadyClientOf(context, target), started: false };
    const other = tries === 0 ? await daemonAtWork(context, target) : null;
    if (other !== null) {
      await untilListening(context, target, other);
      continue;
    }
    try {
      await context.startDaemon(target.stack, target.paths);
      return { client: steadyClientOf(context, target), started: true };
    } catch (error) {
      // Another booty was faster; its daemon may still be about to listen, or on its way out.
      const beaten = error instanceof BootyError && error.code === 'DAEMON_RUNNING';
      if (!beaten || tries >= triesMax) throw error;
      await untilListening(context, target, (error as BootyError<'DAEMON_RUNNING'>).facts.pid);
    }
  }
};

const triesMax = 10;

const listenTimeoutMs = 3_000;

/** Resolves once the daemon answers or is gone, and in any case after three seconds: starting another costs far more. */
const untilListening = async (context: Context, target: Target, pid: number): Promise<void> => {
  const { clock, host } = context.ports;
  const deadlineMs = clock.steadyMs() + listenTimeoutMs;
  do await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
  while (clock.steadyMs() < deadlineMs && !(await answers(context, target)) && (await host.identityOf(pid)) !== null);
};
