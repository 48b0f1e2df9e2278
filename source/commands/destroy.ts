import { BootyError, reasonOf } from '../core/error.ts';
import { yesOption } from './ask.ts';
import { type Arguments, type Command, type Context, jsonOption, stackOptions } from './context.ts';
import { folderSize } from './folder-size.ts';
import { takeDown } from './take-down.ts';
import { reach, type Target, targetToUse } from './target.ts';
import { bytesText } from './text.ts';

export const destroy: Command = {
  name: 'destroy',
  summary: 'remove a stack and all its data',
  usage: 'destroy [-f FILE | --stack NAME] [-y] [--json]',
  details: [
    "Takes the stack down when it runs, then removes its folder: every service's data, configuration, logs and history.",
    'Asks by having the name of the stack typed. What was fetched into the store stays, and so does booty.yaml.',
  ],
  options: { ...stackOptions, ...yesOption, ...jsonOption },
  exitCodes: { 1: 'the name was not typed, or something could not be removed' },
  examples: ['booty destroy', 'booty destroy --stack observe -y'],
  positionalsMax: 0,
  run: async (context, args) => {
    const { print, ports } = context;
    const target = await targetToUse(context, args);
    const parts = await partsOf(context, target);
    if (parts === null) {
      if (args.flag('json')) await print.json({ stack: target.stack, removed: [], bytes: 0 });
      else await print.line(`${target.stack} has left nothing: there is nothing to remove`);
      return 0;
    }
    if (!(await confirm(context, args, target, parts))) {
      print.note('booty: nothing was removed');
      return 1;
    }
    const client = await reach(context, target);
    if (client && (await takeDown(context, client)) === null) {
      throw new BootyError('DAEMON_UNREACHABLE', {
        stack: target.stack,
        socket: target.paths.socket,
        found: 'it went away before the stack was down',
      });
    }
    // Servers write until their end: what is removed is what lies there then.
    const removed = (await partsOf(context, target)) ?? [];
    await remove(context, target);
    const bytes = removed.reduce((sum, part) => sum + part.bytes, 0);
    if (args.flag('json')) await print.json({ stack: target.stack, folder: target.paths.root, removed, bytes });
    else {
      await print.line(`${target.stack} is destroyed: ${bytesText(bytes)} removed from ${target.paths.root}`);
      for (const part of removed) await print.line(`  ${part.name}: ${bytesText(part.bytes)}`);
    }
    await ports.files.remove(target.paths.socket).catch(() => {});
    return 0;
  },
};

type Part = { readonly name: string; readonly bytes: number };

/** What lies in the stack's folder, data service by service; null when there is no folder. */
const partsOf = async (context: Context, { paths }: Target): Promise<readonly Part[] | null> => {
  const { files } = context.ports;
  if ((await files.stat(paths.root)) === null) return null;
  const parts: Part[] = [];
  for (const service of await files.list(paths.data)) {
    parts.push({ name: `data/${service}`, bytes: await folderSize(files, `${paths.data}/${service}`) });
  }
  for (const name of await files.list(paths.root)) {
    if (name !== 'data') parts.push({ name, bytes: await folderSize(files, `${paths.root}/${name}`) });
  }
  return parts;
};

const confirm = async (
  { terminal, print }: Context,
  args: Arguments,
  { stack, paths }: Target,
  parts: readonly Part[],
): Promise<boolean> => {
  if (args.flag('yes')) return true;
  const question = `destroy ${stack}, with all its data?`;
  if (!terminal.inputIsTerminal || !terminal.errorIsTerminal) throw new BootyError('ANSWER_NEEDED', { question });
  print.note(`This removes ${paths.root} for good:`);
  for (const part of parts) print.note(`  ${part.name}: ${bytesText(part.bytes)}`);
  return (await terminal.ask(`type ${stack} to destroy it: `)).trim() === stack;
};

/**
Removes the folder under the daemon's own lock, so that no daemon starts into it, and out of sight first: a removal that
is cut short leaves no half of a stack, and the next one ends it.
*/
const remove = async ({ ports }: Context, { stack, paths }: Target): Promise<void> => {
  const { files } = ports;
  const folder = `${paths.home}/stacks`;
  await files.makeFolder(paths.run, 0o700);
  const lock = await files.lock(paths.lockFile, 2_000);
  if ('heldBy' in lock) throw new BootyError('DAEMON_RUNNING', { stack, pid: lock.heldBy.pid });
  try {
    const doomed = await files.makeTemporary(folder, '.destroyed-');
    await files.rename(paths.root, `${doomed}/${stack}`);
    for (const name of await files.list(folder)) {
      if (name.startsWith('.destroyed-')) await files.remove(`${folder}/${name}`);
    }
  } catch (error) {
    throw new BootyError('FOLDER_UNUSABLE', { path: folder, why: reasonOf(error) }, { cause: error });
  } finally {
    await lock.release();
  }
};
