import type { UpgradeLook, UpgradeRow } from '../api/upgrade-protocol.ts';
import { BootyError } from '../core/error.ts';
import { deferredText, isOffered, rollbackWords, whenText } from '../tui/view/upgrade-words.ts';
import { type Arguments, type Command, type Context, jsonOption, stackOptions } from './context.ts';
import { printTable } from './print-table.ts';
import { noteRegistries } from './registry-notes.ts';
import { reach, targetToStart, targetToUse } from './target.ts';

export const outdated: Command = {
  name: 'outdated',
  summary: 'show which versions run and what is newer',
  usage: 'outdated [-f FILE | --stack NAME] [--json]',
  details: [
    'IN RANGE is the newest that fits `version:` in booty.yaml, NEWEST the newest of all. Asks the sources; a stack that',
    'does not run is compared by its lock. GOING BACK says what a way back would need after an upgrade.',
  ],
  options: { ...stackOptions, ...jsonOption },
  exitCodes: { 0: 'told, whether something is newer or not' },
  examples: ['booty outdated', 'booty outdated --json'],
  positionalsMax: 0,
  run: async (context, args) => {
    const { stack, look } = await find(context, args);
    await noteRegistries(context);
    if (args.flag('json')) await context.print.json({ stack, ...look });
    else await printLook(context, look);
    return 0;
  },
};

const find = async (
  context: Context,
  args: Arguments,
): Promise<{ readonly stack: string; readonly look: UpgradeLook }> => {
  const target = await targetToUse(context, args);
  const client = await reach(context, target);
  const known = client && (await client.ps()).services.length > 0;
  if (known) {
    // A daemon of an older booty does not know the question.
    const look = await client.upgrades(true).catch((error: unknown) => {
      if (error instanceof BootyError && error.code !== 'USAGE') throw error;
      return null;
    });
    if (look !== null) return { stack: target.stack, look };
  }
  const defined = target.definition === null ? await targetToStart(context, args) : target;
  const { lookIdle } = await import('./look-idle.ts');
  return { stack: defined.stack, look: await lookIdle(context, defined) };
};

const columns = ['SERVICE', 'RUNS', 'IN RANGE', 'NEWEST', 'GOING BACK', 'NOTE'] as const;

const printLook = async (context: Context, look: UpgradeLook): Promise<void> => {
  const { plainText } = await import('../tui/text.ts');
  const { print } = context;
  const nowMs = context.ports.clock.nowMs();
  if (look.rows.length === 0) print.note('booty: nothing of this stack comes from the registry');
  else {
    const cells = look.rows.map((row) => ({
      SERVICE: row.service,
      RUNS: row.current ?? '-',
      'IN RANGE': row.inRange ?? '-',
      NEWEST: row.newest ?? '-',
      'GOING BACK': rollbackWords[row.rollback],
      NOTE: noteOf(row, nowMs),
    }));
    await printTable(context, cells, columns);
  }
  for (const row of look.rows) for (const notice of row.notices) print.note(`${row.service}: ${notice}`);
  for (const { service, inRange, tried } of look.rows) {
    if (tried !== undefined)
      print.note(`${service}: ${inRange} was taken back ${whenText(tried.atMs, nowMs)}: ${plainText(tried.why)}`);
  }
  for (const { service, inRange, newest, releaseNotes } of look.rows) {
    if (releaseNotes !== null) print.note(`${service}: what ${inRange ?? newest} changes: ${releaseNotes}`);
  }
  for (const trouble of look.troubles) print.note(`booty: could not ask all: ${trouble}`);
  const offered = look.rows.filter((row) => isOffered(row, nowMs));
  if (offered.length > 0)
    print.note(`upgrade them, after a plan: booty upgrade ${offered.map((row) => row.service).join(' ')}`);
};

const noteOf = (row: UpgradeRow, nowMs: number): string => {
  if (row.suspect !== null) return 'SUSPECT since its upgrade';
  if (row.deferred !== null && !isOffered(row, nowMs)) return deferredText(row, nowMs) ?? '';
  if (row.tried !== undefined) return `${row.inRange} was taken back`;
  return row.inRange === null && row.newest !== null ? `beyond ${row.range ?? 'its range'}` : '';
};
