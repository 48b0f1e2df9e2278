/** `booty self upgrade` of a clone whose stack runs: another daemon, the same services, and a prompt before. */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { UpgradeLook } from '../../source/api/upgrade-protocol.ts';
import { until } from '../until.ts';
import { assertNothingLeft, isAlive, makeBooty, serviceOf } from './booty.ts';

const root = path.resolve(import.meta.dirname, '../..');

const git = (folder: string, ...words: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

/** Writes which version a folder is; it needs no packages, as the bundle carries them. */
const writeVersion = (folder: string, version: string): void => {
  const own = { name: 'booty', version, private: true, type: 'module', bin: { booty: 'bin/booty' } };
  const lock = { name: 'booty', version, lockfileVersion: 3, requires: true, packages: { '': own } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(own));
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
};

test('a newer booty takes over a stack that runs, without stopping a service', async (t) => {
  t.timeout(240_000);
  const yaml = 'name: shop\nservices:\n  web: {command: [sleep, "1000"]}\n';
  const booty = makeBooty(t, yaml);
  const [origin, clone] = [booty.makeFolder('origin'), path.join(path.dirname(booty.home), 'clone')];
  for (const name of ['bin', 'dist', 'schema', 'examples', 'registry.json'])
    cpSync(path.join(root, name), path.join(origin, name), { recursive: true });
  writeVersion(origin, '1.0.0');
  git(origin, 'init', '-q', '-b', 'main');
  git(origin, 'add', '-A', '-f');
  git(origin, 'commit', '-qm', 'one');
  execFileSync('git', ['clone', '-q', origin, clone]);
  const run = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await booty.run(words, {
      shell: 'shift; exec "$CLONE/bin/booty" "$@"',
      environment: { CLONE: clone },
      timeoutMs: 120_000,
    });
    t.is(code, 0, `${words.join(' ')}: ${stdout} ${stderr}`);
    return stdout;
  };
  await run('up', '-d', '--wait');
  const before = await booty.ps();
  const { pid } = serviceOf(before, 'web');
  t.regex(await run('--version'), /1\.0\.0/);

  writeVersion(origin, '1.1.0');
  git(origin, 'commit', '-qam', 'two');
  const newest = git(origin, 'rev-parse', '--short', 'HEAD');
  const look = JSON.parse(await run('outdated', '--json')) as UpgradeLook;
  t.like(look.rows.at(-1), { service: 'booty itself', inRange: newest, deferred: null });
  await run('upgrade', '--skip', 'booty itself');
  const skipped = JSON.parse(await run('outdated', '--json')) as UpgradeLook;
  t.like(skipped.rows.at(-1)?.deferred, { kind: 'skip', version: newest });

  t.regex(await run('self', 'upgrade', '-y'), /booty 1\.1\.0/);
  const after = await booty.ps();
  t.not(after.daemon?.pid, before.daemon?.pid);
  t.false(isAlive(before.daemon?.pid ?? 0));
  t.is(serviceOf(after, 'web').pid, pid);
  t.is(serviceOf(after, 'web').state, 'ready');
  t.regex(readFileSync(`/proc/${after.daemon?.pid}/cmdline`, 'utf8'), new RegExp(clone));
  const current = JSON.parse(await run('outdated', '--json')) as UpgradeLook;
  t.false(current.rows.some(({ service }) => service === 'booty itself'));
  await run('down');
  await until('the service is gone', () => !isAlive(pid ?? 0));
  await assertNothingLeft(t, booty);
});
