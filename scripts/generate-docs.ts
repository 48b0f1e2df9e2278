/**
Writes the pages of `docs/` that are made from the code: keys, commands, errors, configuration. With `--check` writes
nothing and exits 1 when a page is not what would be written.
*/
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { commandsPage } from './docs/commands-page.ts';
import { configurationPage } from './docs/configuration-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { keysPage } from './docs/keys-page.ts';

const folder = path.resolve(import.meta.dirname, '..', 'docs');
const pages: Readonly<Record<string, () => readonly string[]>> = {
  'keys.md': keysPage,
  'commands.md': commandsPage,
  'errors.md': errorsPage,
  'configuration.md': configurationPage,
};
const note = '<!-- Made from the code by `npm run docs`; do not edit. -->';

const readOrNull = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

mkdirSync(folder, { recursive: true });
for (const [name, page] of Object.entries(pages)) {
  const file = path.join(folder, name);
  const fresh = `${[note, '', ...page()].join('\n').trimEnd()}\n`;
  if (!process.argv.includes('--check')) writeFileSync(file, fresh);
  else if (readOrNull(file) !== fresh) {
    console.error(`docs/${name} is stale: run npm run docs`);
    process.exitCode = 1;
  }
}
