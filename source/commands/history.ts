import type { HistoryEntry } from '../api/upgrade-protocol.ts';
import { cutShortText } from '../core/upgrade/cut-short.ts';
import { readJournal } from '../daemon/upgrade/found-journal.ts';
import { type Command, type Context, jsonOption, stackOptions } from './context.ts';
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
    else await (await import('./print-history.ts')).printEntries(context, entries);
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
