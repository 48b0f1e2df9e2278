/**
Builds the one output folder: `dist/cli.js` and the chunks it loads on demand.

Splitting keeps Ink and React out of every command but `tui` (and one-shot tables on a terminal): measured on the
prototype, `ps` takes 89-103 ms split and 149-177 ms unsplit. Idempotent: the folder is replaced whole.
*/
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { build, type BuildOptions } from 'esbuild';
import { parseRegistry } from '../source/registry/load.ts';
import { builtinsByName } from './builtin-modules.ts';
import { startChunk } from './start-chunk.ts';

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'dist');
const fresh = path.join(root, `dist.new-${process.pid}`);

// React's devtools bridge is an optional peer of Ink that drags a websocket server in; a stub keeps it out.
const devtoolsStub = {
  name: 'devtools-stub',
  setup(plugin: import('esbuild').PluginBuild) {
    plugin.onResolve({ filter: /^react-devtools-core$/ }, (args) => ({ path: args.path, namespace: 'stub' }));
    plugin.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({
      contents: 'export default { initialize() {}, connectToDevTools() {} };',
    }));
  },
};

/** Of a registry.json that is right and is taken as it stands; null: whoever reads it is to say what is wrong. */
const goodRegistry = async (): Promise<string | null> => {
  const file = path.join(root, 'registry.json');
  const text = await readFile(file, 'utf8');
  try {
    const isTakenAsItIs = isDeepStrictEqual(parseRegistry(text, file), JSON.parse(text));
    return isTakenAsItIs ? createHash('sha256').update(text).digest('hex') : null;
  } catch {
    return null;
  }
};
const registrySha256 = await goodRegistry();

await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
const options: BuildOptions = {
  entryPoints: [{ in: path.join(root, 'cli.tsx'), out: 'booty' }],
  absWorkingDir: root,
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  jsx: 'automatic',
  minifySyntax: true,
  legalComments: 'none',
  sourcemap: false,
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    ...(registrySha256 === null ? {} : { BOOTY_REGISTRY_SHA256: JSON.stringify(registrySha256) }),
  },
  // Some packages inside are CommonJS and ask for node modules by require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [devtoolsStub, builtinsByName(root)],
  logLevel: 'warning',
};
await build({ ...options, plugins: [devtoolsStub, builtinsByName(root), await startChunk(options, root, 'cli.tsx')] });
/**
What is run: it has Node keep what it compiled of booty, outside `dist` so that a bundle does not carry it, before any of it is
loaded (a fifth of the processor time of a command). Where the folder cannot be written nothing is kept, and nothing said.
*/
const launcher = `import { enableCompileCache } from 'node:module';
enableCompileCache?.(import.meta.dirname + "/../.cache/compiled");
await import('./booty.js');
`;
await writeFile(path.join(fresh, 'cli.js'), launcher);
// The sample program of the built-in stacks, as JavaScript: Node strips no types below node_modules, nor before 22.18.
await build({
  entryPoints: [path.join(root, 'examples', 'main', 'main.ts')],
  outfile: path.join(fresh, 'main.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  logLevel: 'warning',
});
await cp(path.join(root, 'registry.json'), path.join(fresh, 'registry.json'));
await writeFile(path.join(fresh, 'package.json'), '{"type":"module"}\n');
// Two renames, not a copy: a booty that starts meanwhile sees the old folder, no folder for a moment, or the new one.
const old = `${target}.old-${process.pid}`;
await rename(target, old).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'ENOENT') throw error;
});
await rename(fresh, target);
await rm(old, { recursive: true, force: true });
// What was compiled of chunks that are no more; another user's stays.
await rm(path.join(root, '.cache'), { recursive: true, force: true }).catch(() => {});
