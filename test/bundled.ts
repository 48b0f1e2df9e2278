import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

const made = new Map<string, string>();

/**
A program of these tests as one file that Node runs as it is, made at the first call and removed when the tests end: its
start from source costs some seconds of a processor each time. What it reads beside itself is to be told it.
*/
export const bundled = (program: string): string => {
  const known = made.get(program) ?? bundle(program);
  made.set(program, known);
  return known;
};

const bundle = (program: string): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-program-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, `${path.parse(program).name}.mjs`);
  buildSync({
    entryPoints: [program],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    jsx: 'automatic',
    minifySyntax: true,
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    // Ink's bridge to React's devtools, which nobody loads here, wants a package that is not there.
    alias: { 'react-devtools-core': 'node:events' },
    // Some packages inside are CommonJS and ask for node modules by require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
};
