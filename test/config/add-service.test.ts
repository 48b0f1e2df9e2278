/** Adding a service by text: nothing that was there changes, whatever the file's own form. */
import test from 'ava';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { addService } from '../../source/config/add-service.ts';
import { load } from './in-folder.ts';

const nats = { name: 'nats', keys: { component: 'nats-server' }, comment: 'NATS' };

const rows: readonly (readonly [title: string, before: string, after: string])[] = [
  [
    'block style, its comments and what follows stay where they are',
    `# top\nservices:\n  web: # one\n    command: ./web   # two\n    # restart: always\n  # db: later\n\n# below\nname: shop\n`,
    `# top\nservices:\n  web: # one\n    command: ./web   # two\n    # restart: always\n  # db: later\n\n  # NATS\n  nats:\n    component: nats-server\n\n# below\nname: shop\n`,
  ],
  [
    'services without blank lines between them get none',
    'services:\n  a: {command: a}\n  b: {command: b}\n',
    'services:\n  a: {command: a}\n  b: {command: b}\n  # NATS\n  nats:\n    component: nats-server\n',
  ],
  [
    'its own indentation and CRLF',
    'services:\r\n    a:\r\n        command: a\r\n\r\n    b:\r\n        command: b\r\n',
    'services:\r\n    a:\r\n        command: a\r\n\r\n    b:\r\n        command: b\r\n\r\n    # NATS\r\n    nats:\r\n        component: nats-server\r\n',
  ],
  [
    'a file that ends without a line end',
    'services:\n  web:\n    command: ./web',
    'services:\n  web:\n    command: ./web\n\n  # NATS\n  nats:\n    component: nats-server\n',
  ],
  [
    'a block text at the end',
    'services:\n  web:\n    command: |\n      ./web\n      --port\n',
    'services:\n  web:\n    command: |\n      ./web\n      --port\n\n  # NATS\n  nats:\n    component: nats-server\n',
  ],
  [
    'flow style on one line',
    'services: {web: {command: ./web}} # all\n',
    'services: {web: {command: ./web}, nats: {component: nats-server}} # all\n',
  ],
  [
    'flow style over lines, with a last comma',
    'services: {\n  web: {command: ./web}, # one\n}\n',
    'services: {\n  web: {command: ./web}, nats: {component: nats-server}, # one\n}\n',
  ],
];

for (const [title, before, after] of rows) {
  test(title, async (t) => {
    t.is(addService(before, nats), after);
    const { services } = await load(after);
    t.is(services.at(-1)?.component, 'nats-server');
  });
}

test('a version that YAML could take for a number stays text', async (t) => {
  const keys = { component: 'nats-server', version: '2.10' };
  for (const before of ['services:\n  web: {command: a}\n', 'services: {web: {command: a}}']) {
    const text = addService(before, { ...nats, keys }) ?? '';
    t.is((await load(text)).services.at(-1)?.version, '2.10', text);
  }
});

test('what is no plain map of services is left alone', (t) => {
  t.is(addService('x-all: &all {a: {command: a}}\nservices: *all\n', nats), null);
  t.is(addService('services: []\n', nats), null);
  t.is(addService('services: [\n', nats), null);
  t.is(addService('', nats), null);
});

test('however a file is written, the services it had stay what they were', async (t) => {
  const name = fc.stringMatching(/^[a-m][a-z0-9_-]{0,8}$/);
  const command = fc.string({ minLength: 1 }).filter((text) => !/[$\0]/.test(text) && text.trim() !== '');
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, fc.record({ command: fc.array(command, { minLength: 1 }) }), {
        minKeys: 1,
        noNullPrototype: true,
      }),
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(undefined, 'flow' as const),
      fc.constantFrom('PLAIN' as const, 'QUOTE_SINGLE' as const, 'BLOCK_LITERAL' as const),
      async (services, indent, flow, style) => {
        const text = stringify(
          { services, name: 'shop' },
          {
            indent,
            defaultStringType: style,
            defaultKeyType: 'PLAIN',
            ...(flow ? { collectionStyle: flow } : {}),
          },
        );
        const before = await load(text);
        const added = addService(text, nats);
        const after = await load(added ?? '');
        t.deepEqual(
          after.services.slice(0, -1).map((service) => service.command),
          before.services.map((service) => service.command),
        );
        t.is(after.services.at(-1)?.name, 'nats');
      },
    ),
    { numRuns: 60 },
  );
});
