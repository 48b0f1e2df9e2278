/** Everything that can be checked without running booty: form, lint with the rules of the rooms, types, unused code, generated files. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const tool = (name: string): string => path.join(root, 'node_modules', name);
const node = (script: string, ...args: string[]): readonly string[] => [process.execPath, script, ...args];

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['form', node(tool('oxfmt/bin/oxfmt'), '--check', '.')],
  [
    'lint',
    node(
      tool('oxlint/bin/oxlint'),
      '--type-aware',
      '--deny-warnings',
      'source',
      'components',
      'test',
      'scripts',
      'examples',
      'bench',
      'cli.tsx',
    ),
  ],
  ['types', node(tool('typescript/bin/tsc'), '--noEmit')],
  ['unused', node(tool('knip/bin/knip.js'), '--no-progress')],
  ['registry schema', node('scripts/generate-registry-schema.ts', '--check')],
  ['docs', node('scripts/generate-docs.ts', '--check')],
  ['config schema', node('scripts/generate-config-schema.ts', '--check')],
];

const failed: string[] = [];
for (const [name, [file = '', ...args]] of steps) {
  const startedAtMs = performance.now();
  const { status } = spawnSync(file, args, { cwd: root, stdio: 'inherit' });
  const tookMs = Math.round(performance.now() - startedAtMs);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${tookMs} ms)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.log(
    `\nnot in order: ${failed.join(', ')}${failed.includes('form') ? '; `npm run format` mends the form' : ''}`,
  );
  process.exitCode = 1;
}
