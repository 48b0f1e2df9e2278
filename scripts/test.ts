/**
The test command: builds the bundle the terminal tests run, runs AVA, names what was skipped and counts everything in
one closing line. Arguments are handed to AVA: `npm test -- test/core/*.test.ts`.
*/
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '..');
const built = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);

const ava = spawn(
  process.execPath,
  [path.join(root, 'node_modules', 'ava', 'entrypoints', 'cli.js'), ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    // The tests' own children look at CI; Ink would not draw for them.
    env: {
      ...process.env,
      NODE_NO_WARNINGS: '1',
      // Two hundred processes load much the same: compiled once, that takes half as long.
      NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/compile'),
    },
  },
);

const counts = { passed: 0, failed: 0, skipped: 0 };
const skipped: string[] = [];
for await (const line of createInterface({ input: ava.stdout })) {
  console.log(line);
  // Counted by their lines: AVA leaves the number of passed tests out when one failed.
  if (/^\s+✔ /.test(line)) counts.passed += 1;
  else if (/^\s+✘ /.test(line)) counts.failed += 1;
  const skip = /^\s+- \[skip\] (.*)$/.exec(line);
  if (skip?.[1]) skipped.push(skip[1]);
}
const [code] = (await once(ava, 'close')) as [number | null];
if (skipped.length > 0)
  console.log(`\nskipped, each for the reason in its name:\n${skipped.map((name) => `  ${name}`).join('\n')}`);
counts.skipped = skipped.length;
// A crash or a time-out has no line of its own.
if (code !== 0 && counts.failed === 0) counts.failed = 1;
console.log(`\ntests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = code ?? 1;
