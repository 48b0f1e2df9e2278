import { componentNames } from '../../registry/find.ts';
import type { Believed, Layer } from '../../trust/believe.ts';
import { freshnessText } from '../../trust/freshness-text.ts';
import type { Context } from '../context.ts';
import { printTable } from '../print-table.ts';
import { registriesOf } from '../registries-of.ts';
import type { RegistryVerb } from './verb.ts';

export const listRegistries: RegistryVerb = {
  name: 'list',
  usage: 'registry list [--json]',
  summary: 'all registries, each laid over those above it',
  options: {},
  wordsMin: 0,
  wordsMax: 0,
  run: async (context, args) => {
    const believed = await registriesOf(context);
    const rows = believed.layers.map(rowOf);
    if (args.flag('json')) {
      const layers = believed.layers.map((layer, index) => ({ ...rows[index], error: layer.error }));
      await context.print.json({ registries: layers, overrides: believed.overrides });
    } else await printRows(context, believed, rows);
    return believed.layers.some(({ error }) => error !== null) ? 1 : 0;
  },
};

type Row = {
  readonly name: string;
  readonly kind: Layer['kind'];
  readonly place: string;
  readonly components: number | null;
  readonly versions: number | null;
  readonly freshness: Layer['freshness'];
};

const rowOf = ({ name, kind, place, registry, freshness }: Layer): Row => ({
  name,
  kind,
  place,
  freshness,
  components: registry === null ? null : componentNames(registry).length,
  versions:
    registry === null
      ? null
      : Object.values(registry.packages).reduce((sum, { versions }) => sum + Object.keys(versions).length, 0),
});

const stateOf = (layer: Layer | undefined, nowMs: number): string => {
  if (layer?.error) return 'LEFT OUT';
  return (layer?.freshness?.expiresAtMs ?? Number.POSITIVE_INFINITY) <= nowMs ? 'EXPIRED' : 'in use';
};

const columns = ['REGISTRY', 'KIND', 'COMPONENTS', 'VERSIONS', 'STATE', 'WHERE'] as const;

const printRows = async (context: Context, { layers, overrides }: Believed, rows: readonly Row[]): Promise<void> => {
  const { print } = context;
  const nowMs = context.ports.clock.nowMs();
  const cells = rows.map((row, index) => ({
    REGISTRY: row.name,
    KIND: row.kind,
    COMPONENTS: String(row.components ?? '-'),
    VERSIONS: String(row.versions ?? '-'),
    STATE: stateOf(layers[index], nowMs),
    WHERE: row.place,
  }));
  await printTable(context, cells, columns);
  for (const one of overrides) {
    const others = one.instead.join(', ') || 'those before it';
    print.note(
      `${one.by} overrides ${one.package} ${one.version} for ${one.platform}: other bytes than ${others} vouches for`,
    );
  }
  for (const { name, freshness } of layers) {
    if (freshness !== null) print.note(`${name}: ${freshnessText(freshness, nowMs)}`);
  }
  for (const { error } of layers) {
    if (error === null) continue;
    print.note(`booty: ${error.message}`);
    print.note(`  hint: ${error.hint}`);
  }
  if (layers.some(({ error }) => error !== null)) {
    print.note('Until that is mended nothing is installed anew; what is installed or locked runs on.');
  }
};
