/**
Writes schema/registry.schema.json from the zod schema of the registry room. With `--check` it writes nothing and exits 1
when the file is not what would be written.
*/
import { readFile, writeFile } from 'node:fs/promises';
import { registryJsonSchema } from '../source/registry/json-schema.ts';

const file = new URL('../schema/registry.schema.json', import.meta.url);
const wanted = registryJsonSchema();

if (!process.argv.includes('--check')) {
  await writeFile(file, wanted);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== wanted) {
  console.error('schema/registry.schema.json is out of date; run: sh bin/node scripts/generate-registry-schema.ts');
  process.exitCode = 1;
}
