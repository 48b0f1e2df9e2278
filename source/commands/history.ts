import type { HistoryEntry } from '../api/upgrade-protocol.ts';
import { cutShortText } from '../core/upgrade/cut-short.ts';
import { readJournal } from '../daemon/upgrade/found-journal.ts';
import { plainText, wrapWords } from '../tui/text.ts';
import { resultText, tookText, whenText } from '../tui/view/upgrade-words.ts';
import { type Command, type Context, jsonOption, stackOptions } from './context.ts';
import { printTable, tableWidth } from './print-table.ts';
import { reach, type Target, targetToUse } from './target.ts';

export const history: Command = {
  name: 'history',
  summary: 'show who changed which version when, and what can be taken back',
  usage: 'history [SERVICE…] [-f FILE | --stack NAME] [--json]',
  details: ['Oldest first. The number in ID is what `booty rollback SERVICE --to ID` takes.'],
  options: { ...stackOptions, ...jsonOption },
  examples: ['booty history', 'booty history nats --json'],
  words: 'service',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const target = await targetToUse(context, args);
    const all = await historyOf(context, target);
    const names = args.positionals;
    const entries = names.length === 0 ? all : all.filter((entry) => names.includes(entry.service));
    if (!args.flag('json')) await noteUnsettled(context, target);
    if (args.flag('json')) await context.print.json({ stack: target.stack, entries });
    else if (entries.length === 0 && all.length > 0)
      context.print.note(`booty: no version of ${names.join(', ')} is in the history; all of it: booty history`);
    else await printEntries(context, entries);
    return 0;
  },
};

/** What is not over stands in no history yet; whether a daemon is at it or none is, is told apart. */
const noteUnsettled = async (context: Context, target: Target): Promise<void> => {
  const journal = readJournal(await context.ports.files.readText(target.paths.upgradeFile));
  if (journal === null) return;
  const isRunning = (await reach(context, target)) !== null;
  const names = journal.subjects.map(({ service }) => service).join(', ');
  const said = isRunning ? `${journal.kind} of ${names} is under way: booty tui, pane 6` : cutShortText(journal);
  context.print.note(`booty: ${said}`);
};

/** All changes of versions, oldest first: asked of the daemon, or read from where it wrote them when none runs. */
const historyOf = async (context: Context, target: Target): Promise<readonly HistoryEntry[]> => {
  const client = await reach(context, target);
  if (client) return client.history();
  const text = await context.ports.files.readText(`${target.paths.root}/history.ndjson`);
  return parsePast(text);
};

/** The entries of a history file, oldest first; none where there is no file. */
export const parsePast = (text: string | null): readonly HistoryEntry[] =>
  (text ?? '').split('\n').flatMap((line) => entryFrom(line) ?? []);

/** A line that was cut short by a fault says nothing. */
const entryFrom = (line: string): HistoryEntry | null => {
  try {
    return line === '' ? null : (JSON.parse(line) as HistoryEntry);
  } catch {
    return null;
  }
};

const columns = ['ID', 'WHEN', 'SERVICE', 'CHANGE', 'BY', 'DOWN', 'RESULT', 'WAY BACK', 'WHY'] as const;
type Cells = Readonly<Record<(typeof columns)[number], string>>;

const printEntries = async (context: Context, entries: readonly HistoryEntry[]): Promise<void> => {
  const { print, terminal } = context;
  if (entries.length === 0) {
    print.note('booty: no version was changed yet; what is newer: booty outdated');
    return;
  }
  const nowMs = context.ports.clock.nowMs();
  const cells = entries.map((entry) => cellsOf(entry, nowMs));
  const shown = cells.some(({ WHY }) => WHY !== '') ? columns : columns.filter((name) => name !== 'WHY');
  // An ID that is cut cannot be handed to `booty rollback --to`.
  const isTooWide = terminal.outputIsTerminal && tableWidth(cells, shown) > terminal.columns;
  if (!isTooWide) return printTable(context, cells, shown);
  for (const each of cells) for (const row of entryRows(each, terminal.columns)) await print.line(row);
};

const cellsOf = (entry: HistoryEntry, nowMs: number): Cells => ({
  ID: entry.id,
  WHEN: whenText(entry.startedAtMs, nowMs),
  SERVICE: entry.service,
  CHANGE: entry.from === null ? entry.to : `${entry.from} to ${entry.to}`,
  BY: entry.who,
  DOWN: entry.downMs === null ? '-' : tookText(entry.downMs),
  RESULT: resultText(entry),
  'WAY BACK': entry.from === null || entry.result !== 'done' ? '-' : (entry.blockedBy ?? `to ${entry.from}`),
  WHY: entry.result === 'done' ? '' : plainText(entry.reason ?? ''),
});

/** One change in rows of its own, nothing of it cut. */
const entryRows = (
  { ID, WHEN, SERVICE, CHANGE, BY, DOWN, RESULT, 'WAY BACK': back, WHY }: Cells,
  width: number,
): readonly string[] => {
  const down = DOWN === '-' ? '' : `, ${DOWN} down`;
  const told = `${CHANGE} by ${BY}: ${RESULT}${down}${back === '-' ? '' : `; way back: ${back}`}${WHY === '' ? '' : `: ${WHY}`}`;
  return [`${ID}  ${WHEN}  ${SERVICE}`, ...wrapWords(told, Math.max(16, width - 2)).map((row) => `  ${row}`)];
};
