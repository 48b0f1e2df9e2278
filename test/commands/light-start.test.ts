/**
Every command pays for what is imported before it is known which one it is. Goal: nothing heavy is on that path. Method:
follow the static imports from cli.tsx; what is loaded by `await import()` or for its types alone does not count.
*/
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';

const root = path.resolve(import.meta.dirname, '../..');
const heavy = [
  'zod',
  'yaml',
  'execa',
  'got',
  'ink',
  'react',
  'tar',
  'yauzl',
  'semver',
  // Its segmenter of words takes 15 ms to make.
  'string-width',
  'tuf-js',
  '@tufjs/models',
  'node:http',
  'node:crypto',
  'node:readline',
  'node:zlib',
  'node:https',
];

test('no command loads what it does not need', (t) => {
  const paths = new Map<string, string>([['cli.tsx', 'cli.tsx']]);
  const queue = ['cli.tsx'];
  const offences: string[] = [];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    for (const wanted of importsOf(readFileSync(path.join(root, file), 'utf8'))) {
      const way = `${paths.get(file)} → ${wanted}`;
      if (heavy.includes(wanted))
        offences.push(`${way}: load it where it is needed, with await import() or edge/node-*.ts`);
      const next = path.join(path.dirname(file), wanted);
      if (!wanted.startsWith('.') || paths.has(next)) continue;
      paths.set(next, way);
      queue.push(next);
    }
  }
  t.deepEqual(offences, []);
  t.true(paths.has('source/commands/ps.ts'));
});

const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^(?:import|export)\s+(?!type\b)([^;=]*?)\s*(?:from\s+)?'([^']+)';/gm)].flatMap(
    ([, names = '', wanted = '']) => {
      const bound = /^\{([^]*)\}$/.exec(names.replace(/\s*from$/, '').trim())?.[1];
      const isTypesOnly = bound !== undefined && bound.split(',').every((name) => /^\s*(type\s|$)/.test(name));
      return isTypesOnly ? [] : [wanted];
    },
  );
