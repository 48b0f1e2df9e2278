import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';

const anchor = 'booty-start-anchor';

/**
Has esbuild put all that a program loads at its start into one chunk. It cuts chunks by which entries reach a module, and
every `import()` is an entry: of the start alone it made some forty, each of which costs Node a millisecond. Here every
module that is imported on demand asks for the whole start besides, which is loaded by then: so all entries reach it.
The module that is run stays out: with its `await` at top level it is not through while the others are loaded.
*/
export const startChunk = async (options: BuildOptions, root: string, entry: string): Promise<Plugin> => {
  const { metafile } = await build({ ...options, write: false, metafile: true, logLevel: 'silent' });
  const { inputs } = metafile;
  const start = new Set<string>();
  const queue = [entry];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const { kind, path: next, external } of inputs[name]?.imports ?? []) {
      if (kind === 'dynamic-import' || external === true || start.has(next)) continue;
      start.add(next);
      queue.push(next);
    }
  }
  const own = [...start].filter((name) => /^(source|components)\//.test(name)).map((name) => path.join(root, name));
  // As `builtinsByName` names them.
  const ofNode = [...start].flatMap((name) => (name.startsWith('builtin:') ? name.slice('builtin:'.length) : []));
  const onDemand = new Set(
    Object.values(inputs).flatMap(({ imports }) =>
      imports.filter(({ kind, external }) => kind === 'dynamic-import' && external !== true).map((each) => each.path),
    ),
  );
  return {
    name: 'start-chunk',
    setup: (plugin) => {
      plugin.onResolve({ filter: new RegExp(`^${anchor}$`) }, () => ({ path: anchor, namespace: anchor }));
      plugin.onLoad({ filter: /^/, namespace: anchor }, () => ({
        contents: [...own, ...ofNode].map((name) => `import ${JSON.stringify(name)};`).join('\n'),
        resolveDir: root,
      }));
      plugin.onLoad({ filter: /[/\\](source|components)[/\\].*\.tsx?$/ }, async ({ path: file }) => {
        if (!onDemand.has(path.relative(root, file))) return null;
        const contents = `${await readFile(file, 'utf8')}\nimport ${JSON.stringify(anchor)};\n`;
        return { contents, loader: file.endsWith('x') ? 'tsx' : 'ts' };
      });
    },
  };
};
