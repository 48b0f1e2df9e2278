import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { configJsonSchema } from '../../source/config/json-schema.ts';
import { isHelped } from '../../source/config/key-help.ts';
import { knownKeys } from '../../source/config/schema.ts';

type Nested = {
  readonly description?: string;
  readonly properties: Readonly<Record<string, Nested>>;
  readonly additionalProperties?: Nested;
};

test('the published schema is the one the loader uses', (t) => {
  const file = path.resolve(import.meta.dirname, '../../schema/booty.schema.json');
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(configJsonSchema())));
});

test('every key of a service has help and a description', (t) => {
  const { properties } = configJsonSchema() as Nested;
  const service = properties['services']?.additionalProperties?.properties ?? {};
  t.deepEqual(Object.keys(service), [...knownKeys([])]);
  for (const [key, { description }] of Object.entries(service)) {
    t.true(isHelped(key), key);
    t.truthy(description, key);
  }
});
