/**
Writes `schema/booty.schema.json`, the JSON schema of booty.yaml that editors check against, from the schema the loader
itself uses. With `--check` writes nothing and exits 1 when the file is not what would be written.
*/
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configJsonSchema } from '../source/config/json-schema.ts';

const file = path.resolve(import.meta.dirname, '..', 'schema', 'booty.schema.json');
const fresh = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;

const readOrNull = (): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

if (!process.argv.includes('--check')) {
  writeFileSync(file, fresh);
} else if (readOrNull() !== fresh) {
  console.error('schema/booty.schema.json is stale: run sh bin/node scripts/generate-config-schema.ts');
  process.exitCode = 1;
}
