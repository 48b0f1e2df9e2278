import { configJsonSchema } from '../../source/config/json-schema.ts';

type Schema = {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
};

export const configurationPage = (): readonly string[] => {
  const schema = configJsonSchema() as Schema;
  const services = schema.properties?.['services'];
  const service = typeof services?.additionalProperties === 'object' ? services.additionalProperties : {};
  return [
    '# booty.yaml',
    '',
    "The words are the Compose Specification's, with its meaning; `x-…` keys are ignored everywhere. Variables: `${VAR}`,",
    '`${VAR:-default}`, `${VAR:?message}`, `$$` for a dollar; `.env` beside the file stands below the environment. Facts of',
    'other services: `${{ services.nats.url }}`, `${{ ports.http }}`, `${{ dirs.data }}`. Editors check against',
    '`schema/booty.schema.json`.',
    '',
    '## The file',
    '',
    ...table(schema),
    '',
    '## A service',
    '',
    ...table(service),
    ...Object.entries(service.properties ?? {}).flatMap(([name, value]) => {
      const inner = mapOf(value);
      return inner ? ['', `### ${name}`, '', ...table(inner)] : [];
    }),
  ];
};

const table = (schema: Schema): readonly string[] => [
  '| key | form | |',
  '|---|---|---|',
  ...Object.entries(schema.properties ?? {}).map(
    ([name, value]) =>
      `| \`${name}\` | ${form(value)} | ${(value.description ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ')} |`,
  ),
];

/** The map with keys of its own among the forms a value can take. */
const mapOf = (schema: Schema): Schema | null => {
  if (schema.properties) return schema;
  return schema.anyOf?.find((form) => form.properties) ?? null;
};

const form = (schema: Schema): string => {
  if (schema.anyOf) return [...new Set(schema.anyOf.map(form))].join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.type === 'array') return 'list';
  if (schema.type === 'object') return 'map';
  return [schema.type ?? 'value']
    .flat()
    .filter((type) => type !== 'null')
    .join(' or ');
};
