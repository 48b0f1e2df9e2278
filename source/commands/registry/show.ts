import type { RegistryPackage } from '../../registry/schema.ts';
import { releaseNotesOf } from '../../registry/template.ts';
import type { PackageRow } from '../../store/store.ts';
import type { Arguments, Context } from '../context.ts';
import { printTable } from '../print-table.ts';

/**
`booty registry show`: a table of all packages, or all that is known of some. Names are packages, components or aliases.
Resolves to the exit code: 1 when a name is not known. Looks at no network.
*/
export const showRegistry = async (context: Context, args: Arguments, names: readonly string[]): Promise<number> => {
  const store = await context.openStore();
  const all = (await store.overview()).flatMap((row) => {
    const entry = store.entry(row.package);
    return entry === null ? [] : [{ row, entry }];
  });
  const isNamed = ({ row }: Shown, name: string): boolean =>
    [row.package, ...row.components, ...row.aliases].includes(name);
  const unknown = names.filter((name) => !all.some((each) => isNamed(each, name)));
  const shown = names.length === 0 ? all : all.filter((each) => names.some((name) => isNamed(each, name)));
  if (args.flag('json')) {
    await context.print.json({ packages: Object.fromEntries(shown.map(({ row, entry }) => [row.package, entry])) });
  } else if (names.length === 0) {
    await printTable(context, shown.map(cellsOf), columns);
  } else {
    for (const [index, { row, entry }] of shown.entries()) {
      for (const line of linesOf(row.package, entry)) await context.print.line(line);
      if (index < shown.length - 1) await context.print.line('');
    }
  }
  for (const name of unknown)
    context.print.note(`booty: the registry has no ${name}; see all with: booty registry show`);
  return unknown.length === 0 ? 0 : 1;
};

type Shown = { readonly row: PackageRow; readonly entry: RegistryPackage };

const columns = ['PACKAGE', 'VERSIONS', 'NEWEST', 'ALSO', 'UPDATER', 'LICENCE', 'UPSTREAM'] as const;

const cellsOf = ({ row, entry }: Shown): Readonly<Record<string, string>> => ({
  PACKAGE: row.package,
  VERSIONS: String(Object.keys(entry.versions).length),
  NEWEST: Object.keys(entry.versions).at(-1) ?? '-',
  ALSO: [...(entry.apt ? ['apt'] : []), ...(entry.go ? ['go'] : [])].join(' ') || '-',
  UPDATER: entry.updater?.kind ?? '-',
  LICENCE: entry.licence,
  UPSTREAM:
    [...(entry.upstream ?? []).map(({ kind }) => kind), ...(entry.advisories ?? []).map(({ id }) => id)].join(' ') ||
    '-',
});

const linesOf = (name: string, entry: RegistryPackage): readonly string[] => {
  const row = (key: string, text: string): string => `  ${key.padEnd(11)}${text}`;
  const versions = Object.entries(entry.versions).toReversed();
  return [
    `${name}  ${entry.title}`,
    row('homepage', entry.homepage),
    row('licence', entry.licence),
    ...(entry.notice === undefined ? [] : [row('notice', entry.notice)]),
    row(
      'components',
      Object.entries(entry.components)
        .map(([component, { aliases }]) => (aliases.length === 0 ? component : `${component} (${aliases.join(', ')})`))
        .join(', '),
    ),
    ...(entry.upstream ?? []).map(({ kind, since, sentence, url }) =>
      row('upstream', `${kind}${since === undefined ? '' : ` since ${since}`}: ${sentence} (${url})`),
    ),
    ...(entry.advisories ?? []).map(({ id, affected, sentence, url }) =>
      row('advisory', `${id} in ${affected}: ${sentence} (${url})`),
    ),
    ...(entry.apt ? [row('apt', `${entry.apt.package} (${entry.apt.suites.join(', ')})`)] : []),
    ...(entry.go ? [row('go', entry.go.module)] : []),
    row('updater', updaterText(entry)),
    ...versions.flatMap(([version, { sourceVersion, archives }]) => [
      row('version', [version, sourceVersion, releaseNotesOf(entry, version)].filter(Boolean).join('  ')),
      ...archives.flatMap((archive) =>
        Object.entries(archive.platforms).map(([platform, download]) =>
          row(
            '',
            `${archives.length > 1 ? `${archive.name} ` : ''}${platform}  ${download.sha256 === null ? `refused: ${download.refused}` : `sha256 ${download.sha256}`}`,
          ),
        ),
      ),
    ]),
  ];
};

const updaterText = ({ updater }: RegistryPackage): string => {
  switch (updater?.kind) {
    case undefined:
      return 'none is written down';
    case 'none':
      return `none: ${updater.why}`;
    case 'github':
      return `github ${updater.releases}; signature: ${updater.signature.kind}`;
    case 'hashicorp':
      return `hashicorp ${updater.index}; signature: ${updater.signature.kind}`;
    case 'tiup':
      return `tiup ${updater.mirror} ${updater.component}`;
  }
};
