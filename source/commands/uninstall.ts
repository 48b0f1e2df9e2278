import { BootyError } from '../core/error.ts';
import { ask, yesOption } from './ask.ts';
import { type Command, jsonOption } from './context.ts';
import { parseWanted } from './install-wanted.ts';
import { bytesText } from './text.ts';
import { versionsInUse } from './versions-in-use.ts';

export const uninstall: Command = {
  name: 'uninstall',
  summary: 'remove versions from the store',
  usage: 'uninstall NAME[@VERSION] [-y] [--json]',
  details: [
    'Without a version all of NAME go. What a service runs from stays, and is named. Data of stacks is not touched.',
    'Of what was found on PATH only the note of it is removed, never the program.',
  ],
  options: { ...yesOption, ...jsonOption },
  exitCodes: { 1: 'a version is in use, or the question was answered with no' },
  examples: ['booty uninstall nats@2.11.9', 'booty uninstall caddy -y'],
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
    const packageName = row?.package ?? (await store.find(name, null))?.component ?? name;
    const there = (await store.audit()).filter((one) => one.component === packageName);
    const going = there.filter((one) => version === null || one.version === version);
    if (going.length === 0) {
      const installed = there.map((one) => one.version);
      throw new BootyError('STORE_NOT_INSTALLED', { component: name, version, installed });
    }
    const inUse = await versionsInUse(context);
    for (const one of going) {
      const user = inUse.get(`${packageName} ${one.version}`);
      if (user !== undefined) throw new BootyError('STORE_IN_USE', { component: name, version: one.version, user });
    }
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
