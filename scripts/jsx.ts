/**
Lets Node load `.tsx` files as they are: `node --import=./scripts/jsx.ts …`. Node takes the types off `.ts` itself; what it does
not know is JSX, which esbuild turns into calls here. What came of a file is kept below node_modules/.cache, by its content.
*/
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const cache = path.resolve(import.meta.dirname, '../node_modules/.cache/jsx');

registerHooks({
  load: (url, context, next) => {
    if (!url.startsWith('file:') || !new URL(url).pathname.endsWith('.tsx')) return next(url, context);
    return { format: 'module', shortCircuit: true, source: plain(fileURLToPath(url)) };
  },
});

const plain = (file: string): string => {
  const text = readFileSync(file, 'utf8');
  const kept = path.join(cache, createHash('sha256').update(`${file}\0${text}`).digest('hex'));
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    // Not seen before.
  }
  const { transformSync, version } = require('esbuild') as typeof import('esbuild');
  const { code } = transformSync(text, {
    loader: 'tsx',
    jsx: 'automatic',
    format: 'esm',
    target: 'node22',
    sourcefile: file,
    sourcemap: 'inline',
    banner: `// By esbuild ${version}.`,
  });
  mkdirSync(cache, { recursive: true });
  // Whole or not at all: other processes look at the same moment.
  const fresh = `${kept}.${process.pid}`;
  writeFileSync(fresh, code);
  renameSync(fresh, kept);
  return code;
};
