/** Whatever stands in the files, the loader answers with a definition or a BootyError. */
import test from 'ava';
import * as fc from 'fast-check';
import { loadDefinition } from '../../source/config/load.ts';
import { BootyError } from '../../source/core/error.ts';
import type { Files } from '../../source/ports.ts';

/** Files in memory, as much of the port as the loader uses. */
const inMemory = (contents: Readonly<Record<string, string>>): Files =>
  ({
    stat: async (path: string) => {
      const text = contents[path];
      return text === undefined
        ? null
        : { sizeBytes: text.length, modifiedAtMs: 0, kind: 'file', mode: 0o600, userId: 0 };
    },
    readRange: async (path: string) => new TextEncoder().encode(contents[path] ?? ''),
    realPath: async (path: string) => path,
  }) as Partial<Files> as Files;

const survives = async (yaml: string, env = ''): Promise<void> => {
  const files = inMemory({ '/a/booty.yaml': yaml, '/a/.env': env, '/a/x.env': env });
  try {
    const { services } = await loadDefinition({ files, path: '/a/booty.yaml', environment: { A: '${{ a', B: '' } });
    if (services.length === 0) throw new Error('a definition without services');
  } catch (error) {
    if (!(error instanceof BootyError) || error.code === 'ASSERTION') throw error;
    const { problems } = error.facts as {
      readonly problems: readonly { readonly line: number; readonly column: number }[];
    };
    const isPlaced = problems.length > 0 && problems.every(({ line, column }) => line >= 1 && column >= 1);
    if (!isPlaced) throw new Error('a problem without a place', { cause: error });
  }
};

test('any characters', async (t) => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), survives), { numRuns: 300 });
  t.pass();
});

const tokens = [
  ...[
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    ': ',
    '- ',
    ', ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '>',
    '#',
    '&a ',
    '*a',
    '<<: ',
    '!t ',
    '? ',
    '---',
  ],
  ...[
    'services:',
    'web:',
    'x-y:',
    'command:',
    'component:',
    'ports:',
    'http:',
    'depends_on:',
    'healthcheck:',
    'test:',
    'env_file:',
  ],
  ...[
    'environment:',
    'restart:',
    'ulimits:',
    'nofile:',
    'null',
    '1',
    '8080',
    '1.10',
    'true',
    '$',
    '$A',
    '${B:-',
    '${{ ports.http }}',
    '${{',
    '}}',
    'x.env',
  ],
];

test('anything made of the words of a booty.yaml', async (t) => {
  const text = fc.array(fc.constantFrom(...tokens), { maxLength: 60 }).map((words) => words.join(''));
  await fc.assert(fc.asyncProperty(text, text, survives), { numRuns: 1_500 });
  t.pass();
});

const keys = [
  'command',
  'component',
  'version',
  'environment',
  'env_file',
  'working_dir',
  'depends_on',
  'healthcheck',
  'restart',
];
const moreKeys = [
  'stop_signal',
  'stop_grace_period',
  'stop_scope',
  'pid',
  'ports',
  'bind',
  'log',
  'profiles',
  'ulimits',
  'on_unhealthy',
  'image',
];
const inner = [
  'test',
  'http',
  'tcp',
  'log',
  'interval',
  'retries',
  'nofile',
  'soft',
  'hard',
  'condition',
  'path',
  'web',
  'api',
  '__proto__',
  'x-a',
];
const scalar = fc.oneof(
  fc.constantFrom(
    'auto',
    'web',
    '10s',
    '${{ services.web.url }}',
    '$A',
    '127.0.0.1:80',
    'service_healthy',
    '',
    'NONE',
    'CMD',
    'x.env',
  ),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.string(),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...inner), tie('value'), { maxKeys: 4 }),
  ),
}));

test('any values at the known keys', async (t) => {
  const service = fc.dictionary(fc.constantFrom(...keys, ...moreKeys), value, { maxKeys: 5 });
  const document = fc.record({ services: fc.dictionary(fc.constantFrom('web', 'api', 'B'), service) });
  // JSON is YAML.
  await fc.assert(
    fc.asyncProperty(
      document.map((tree) => JSON.stringify(tree)),
      (yaml) => survives(yaml),
    ),
    { numRuns: 1_500 },
  );
  t.pass();
});
