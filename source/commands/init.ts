import { BootyError, reasonOf } from '../core/error.ts';
import { type Command, type Context, jsonOption } from './context.ts';
import { columnsText } from './text.ts';

/** What `booty init` did; the shape of its `--json`. */
export type InitReport = {
  readonly file: string;
  /** Where an older file was put, or null. */
  readonly kept: string | null;
  readonly services: readonly { readonly name: string; readonly from: string; readonly runs: string }[];
  readonly skipped: readonly { readonly name: string; readonly from: string; readonly why: string }[];
  /** What to type next. */
  readonly next: readonly string[];
};

export const init: Command = {
  name: 'init',
  summary: 'write a booty.yaml for this folder',
  usage: 'init [--force] [--json]',
  details: [
    'Recognises the services of a compose file and of a Procfile, else the scripts of package.json or the programs of',
    'go.mod. What is written loads as it is; what could not be taken over is said there and here.',
  ],
  options: {
    force: { type: 'boolean', help: 'write a new one where there is one; the old one is kept as booty.yaml.old' },
    ...jsonOption,
  },
  examples: ['booty init && booty up'],
  positionalsMax: 0,
  run: async (context, args) => {
    const { files } = context.ports;
    const file = await ownFile(context);
    const old = await files.stat(file);
    if (old !== null && !args.flag('force')) throw new BootyError('CONFIG_EXISTS', { path: file });
    const { draftFor } = await import('./init-draft.ts');
    const { draft, text } = await draftFor(context, file);
    const kept = old === null ? null : `${file}.old`;
    try {
      if (kept !== null) await files.rename(file, kept);
      await files.writeAtomic(file, text, 0o644);
    } catch (error) {
      throw new BootyError('CONFIG_NOT_WRITTEN', { path: file, found: reasonOf(error) }, { cause: error });
    }
    const report: InitReport = {
      file,
      kept,
      services: draft.services.map(({ name, from, keys }) => ({ name, from, runs: runsText(keys) })),
      skipped: draft.skipped,
      next: ['booty config --resolved', 'booty tui'],
    };
    if (args.flag('json')) await context.print.json(report);
    else await printReport(context, report);
    return 0;
  },
};

/** The booty.yaml of this very folder, by the name it has or is to have. */
const ownFile = async ({ folder, ports }: Context): Promise<string> => {
  const short = `${folder}/booty.yml`;
  return (await ports.files.stat(short)) === null ? `${folder}/booty.yaml` : short;
};

const runsText = (keys: Readonly<Record<string, unknown>>): string => {
  const { command, component } = keys;
  if (typeof component === 'string') return `component ${component}`;
  return Array.isArray(command) ? command.join(' ') : String(command);
};

const printReport = async ({ print }: Context, report: InitReport): Promise<void> => {
  if (report.kept !== null) print.note(`booty: the old file is now ${report.kept}`);
  await print.line(`wrote ${report.file}`);
  const rows = report.services.map(({ name, from, runs }) => ({ SERVICE: name, FROM: from, RUNS: runs }));
  for (const line of columnsText(rows, ['SERVICE', 'FROM', 'RUNS'])) await print.line(`  ${line}`);
  for (const { name, from, why } of report.skipped) await print.line(`not taken over from ${from}: ${name}, as ${why}`);
  await print.line(`next: look at it, then \`${report.next.join('` and `')}\``);
};
