/** A bundle of the built booty, unpacked where there is neither Node nor npm. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import test from 'ava';

const root = resolve(import.meta.dirname, '../..');
const isBuilt = existsSync(join(root, 'dist/cli.js'));
if (!isBuilt) console.warn('SKIPPED: no bundle is made, booty is not built (npm run build)');

/** Folders of PATH without anything called node or npm in them. */
const withoutNode = (folder: string): string => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const seen = new Set(['node', 'nodejs', 'npm', 'npx']);
  for (const place of (process.env['PATH'] ?? '').split(delimiter).filter((each) => existsSync(each))) {
    for (const name of readdirSync(place)) {
      if (seen.has(name)) continue;
      seen.add(name);
      symlinkSync(join(place, name), join(bin, name));
    }
  }
  return bin;
};

(isBuilt ? test : test.skip)('a bundle runs from its folder, with its own Node and nothing else', (t) => {
  t.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'booty-bundle-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'b.tar.gz');
  const told = execFileSync(join(root, 'bin/booty'), ['bundle', '-o', file, '--json'], {
    cwd: folder,
    env: { ...process.env, BOOTY_HOME: join(folder, 'home') },
    encoding: 'utf8',
  });
  const { sha256, carried } = JSON.parse(told) as { sha256: string; carried: readonly unknown[] };
  t.deepEqual(carried, []);
  t.is(createHash('sha256').update(readFileSync(file)).digest('hex'), sha256);
  execFileSync('tar', ['-xzf', file, '-C', folder]);
  const [name = ''] = readdirSync(folder).filter((each) => each.startsWith('booty-'));
  const bare = { PATH: withoutNode(folder), HOME: join(folder, 'nobody') };
  const booty = (...words: readonly string[]): string =>
    execFileSync(join(folder, name, 'bin/booty'), words, { cwd: folder, env: bare, encoding: 'utf8' });
  t.regex(booty('--version'), /^booty \d+\.\d+\.\d+/);
  const { findings } = JSON.parse(booty('doctor', '--json')) as { findings: readonly { id: string; found: string }[] };
  const foundOf = (id: string): string => findings.find((each) => each.id === id)?.found ?? '';
  t.regex(foundOf('node'), /brought along by booty/);
  t.regex(foundOf('source.bundle'), /has \d+ of \d+ packages/, 'what it carries is asked before all others');
  t.deepEqual(
    readdirSync(folder).filter((each) => each.startsWith('.booty-bundle-')),
    [],
  );
});
