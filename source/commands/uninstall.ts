import { BootyError } from '../core/error.ts';
import type { AuditRow } from '../store/store.ts';
import { ask, yesOption } from './ask.ts';
import { type Command, type Context, jsonOption } from './context.ts';
import { parseWanted } from './install-wanted.ts';
import { bytesText } from './text.ts';
import { versionsHeld } from './versions-held.ts';
import { versionsInUse } from './versions-in-use.ts';

export const uninstall: Command = {
  name: 'uninstall',
  summary: 'remove versions from the store',
  usage: 'uninstall NAME[@VERSION] [--force] [-y] [--json]',
  details: [
    'Without a version all of NAME go. Nothing goes while a service runs from one of them, or booty.lock.json of a known',
    'stack names one, unless --force: then that stack fetches it again at its next start. Data of stacks is not touched.',
    'Of what was found on PATH only the note of it is removed, never the program.',
  ],
  options: {
    force: { type: 'boolean', help: 'also what a service runs from or a lock names' },
    ...yesOption,
    ...jsonOption,
  },
  exitCodes: { 1: 'a version is in use or locked, or the question was answered with no' },
  examples: ['booty uninstall nats@2.11.9', 'booty uninstall caddy -y', 'booty uninstall caddy --force'],
  words: 'component',
  positionalsMax: 1,
  run: async (context, args) => {
    const [word] = args.positionals;
    const usage = `booty ${uninstall.usage}`;
    if (word === undefined) throw new BootyError('USAGE', { problem: 'booty uninstall needs a name', usage });
    const { component: name, range: version } = parseWanted(word);
    const store = await context.openStore();
    const row = (await store.overview()).find((one) => [one.package, ...one.components, ...one.aliases].includes(name));
    // Also what has no usable receipt may go, so the folders are looked at and not what counts as installed.
    const audited = await store.audit();
    const isThere = audited.some(({ component }) => component === name);
    const packageName = row?.package ?? (isThere ? name : ((await store.find(name, null))?.component ?? name));
    const there = audited.filter((one) => one.component === packageName);
    const going = there.filter((one) => version === null || one.version === version);
    if (going.length === 0) {
      const installed = there.map((one) => one.version);
      throw new BootyError('STORE_NOT_INSTALLED', { component: name, version, installed });
    }
    if (!args.flag('force')) await requireUnused(context, name, going);
    const versions = going.map((one) => one.version);
    if (!(await ask(context, args, `Remove ${packageName} ${versions.join(', ')}?`))) return 1;
    const never = new AbortController().signal;
    let freedBytes = 0;
    for (const one of going) freedBytes += await store.remove(packageName, one.version, never);
    if (args.flag('json')) await context.print.json({ package: packageName, removed: versions, freedBytes });
    else await context.print.line(`removed ${packageName} ${versions.join(', ')} (${bytesText(freedBytes)})`);
    return 0;
  },
};

/** Throws STORE_IN_USE or STORE_LOCKED for the first that a service runs from, or that a lock names. */
const requireUnused = async (context: Context, name: string, going: readonly AuditRow[]): Promise<void> => {
  const inUse = await versionsInUse(context);
  const { locked } = await versionsHeld(context);
  for (const { component, version } of going) {
    const key = `${component} ${version}`;
    const user = inUse.get(key);
    if (user !== undefined) throw new BootyError('STORE_IN_USE', { component: name, version, user });
    const holder = locked.get(key);
    if (holder !== undefined) throw new BootyError('STORE_LOCKED', { component: name, version, holder });
  }
};
