import { bootyHome } from '../core/paths.ts';
import { ask, yesOption } from './ask.ts';
import { type Command, jsonOption } from './context.ts';
import { folderSize } from './folder-size.ts';
import { printTable } from './print-table.ts';
import { bytesText } from './text.ts';
import { versionsHeld } from './versions-held.ts';
import { versionsInUse } from './versions-in-use.ts';

const idleMsMin = 3_600_000;

export const gc: Command = {
  name: 'gc',
  summary: 'remove versions that nothing uses',
  usage: 'gc [-y] [--json]',
  details: [
    'Kept are the versions that services run from, those that booty.lock.json of any known stack names, those that the last',
    'upgrade of a service came from, and of each package the newest two; also downloads that were under way within the',
    'last hour. What killed installations left behind goes too. Shows sizes and asks. Data of stacks is not touched.',
  ],
  options: { ...yesOption, ...jsonOption },
  exitCodes: { 1: 'the question was answered with no' },
  examples: ['booty gc', 'booty gc -y --json'],
  positionalsMax: 0,
  run: async (context, args) => {
    const { ports, print } = context;
    const { files } = ports;
    const [{ collect }, { staleFolders }] = await Promise.all([
      import('../store/collect.ts'),
      import('../store/temporary.ts'),
    ]);
    const store = await context.openStore();
    const audited = await store.audit();
    const { locked, waysBack } = await versionsHeld(context);
    const kept = new Map([
      ...withPrefix('way back of ', waysBack),
      ...withPrefix('locked by ', locked),
      ...(await versionsInUse(context)),
    ]);
    const verdicts = collect(audited, kept);
    const rows = [];
    for (const { component, version, kept } of verdicts) {
      const folder = audited.find((row) => row.component === component && row.version === version)?.folder ?? '';
      rows.push({ component, version, kept, bytes: await folderSize(files, folder) });
    }
    const downloads = `${bootyHome(ports.host)}/cache/downloads`;
    const stale: { path: string; bytes: number }[] = [];
    for (const name of await files.list(downloads)) {
      const stats = await files.stat(`${downloads}/${name}`);
      if (stats && ports.clock.nowMs() - stats.modifiedAtMs > idleMsMin) {
        stale.push({ path: `${downloads}/${name}`, bytes: stats.sizeBytes });
      }
    }
    for (const path of await staleFolders(ports, bootyHome(ports.host))) {
      stale.push({ path, bytes: await folderSize(files, path) });
    }
    const going = rows.filter(({ kept }) => kept === null);
    const bytes = [...going, ...stale].reduce((sum, one) => sum + one.bytes, 0);
    if (!args.flag('json')) {
      const cells = rows.map((row) => ({
        PACKAGE: row.component,
        VERSION: row.version,
        SIZE: bytesText(row.bytes),
        KEPT: row.kept ?? 'no: goes',
      }));
      if (cells.length > 0) await printTable(context, cells, ['PACKAGE', 'VERSION', 'SIZE', 'KEPT']);
      if (stale.length > 0)
        print.note(`booty: ${stale.length} leftovers of installations that did not come to their end`);
    }
    const isNothing = going.length + stale.length === 0;
    const question = `Remove ${going.length} versions and ${stale.length} leftovers (${bytesText(bytes)})?`;
    const isWanted = isNothing || (await ask(context, args, question));
    if (!isWanted) return 1;
    const never = new AbortController().signal;
    for (const { component, version } of going) await store.remove(component, version, never);
    for (const { path } of stale) await files.remove(path);
    if (args.flag('json')) await print.json({ removed: going, kept: rows.filter((row) => row.kept !== null), bytes });
    else await print.line(isNothing ? 'nothing to remove' : `${bytesText(bytes)} freed`);
    return 0;
  },
};

const withPrefix = (prefix: string, held: ReadonlyMap<string, string>): readonly (readonly [string, string])[] =>
  [...held].map(([key, user]) => [key, `${prefix}${user}`] as const);
