import { versionsText } from '../core/versions-text.ts';
import type { PackageRow } from '../store/store.ts';
import { type Command, type Context, jsonOption } from './context.ts';
import { printTable } from './print-table.ts';
import { noteRegistries } from './registry-notes.ts';

export const list: Command = {
  name: 'list',
  summary: 'show what can be installed and what is',
  usage: 'list [NAME…] [--json]',
  details: [
    'ARCHIVE is the newest version with verified bytes for this platform, APT the Debian package (what it holds depends on',
    "this machine's release). Looks at no network.",
  ],
  options: jsonOption,
  examples: ['booty list', 'booty list nats --json'],
  words: 'component',
  positionalsMax: Number.POSITIVE_INFINITY,
  run: async (context, args) => {
    const all = await (await context.openStore()).overview();
    await noteRegistries(context);
    const names = args.positionals;
    const rows = names.length === 0 ? all : all.filter((row) => names.some((name) => isNamed(row, name)));
    if (args.flag('json')) await context.print.json({ packages: rows });
    else await printRows(context, rows, names.length > 0);
    return 0;
  },
};

const isNamed = (row: PackageRow, name: string): boolean =>
  [row.package, ...row.components, ...row.aliases].includes(name);

const columns = ['PACKAGE', 'INSTALLED', 'ARCHIVE', 'APT', 'LICENCE'] as const;

const printRows = async (context: Context, rows: readonly PackageRow[], withNotes: boolean): Promise<void> => {
  const { print } = context;
  if (rows.length === 0) {
    print.note('booty: the registry has nothing of that name; see all with: booty list');
    return;
  }
  const cells = rows.map((row) => ({
    PACKAGE: row.package,
    INSTALLED: row.installed.map(({ version, source }) => `${version} (${source})`).join(' ') || '-',
    ARCHIVE: row.archives.at(-1) ?? '-',
    APT: row.apt ?? '-',
    LICENCE: row.licence || '-',
  }));
  await printTable(context, cells, columns);
  // Said of each only where few were asked for: the whole list would drown in it.
  for (const row of withNotes ? rows : []) {
    for (const text of notesOf(row)) print.note(`${row.package}: ${text}`);
  }
  if (!withNotes && rows.some((row) => row.archives.length === 0)) {
    print.note('- under ARCHIVE: why is said by booty list NAME');
  }
};

const notesOf = (row: PackageRow): readonly string[] => [
  `components ${row.components.join(', ')}; archive versions ${versionsText(row.archives) || 'none'}`,
  ...(row.gap === null ? [] : [row.gap]),
  ...(row.notice === null ? [] : [row.notice]),
  ...row.upstream,
  ...row.installed.flatMap(({ version, source, reason, folder }) => [
    `${version} from ${source} in ${folder}${reason === null ? '' : ` (${reason})`}`,
  ]),
];
