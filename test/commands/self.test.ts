/** `booty self upgrade` of each kind of installation, against a git remote, a registry and a bundle of this test's own. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Context } from '../../source/commands/context.ts';
import { runCommand } from '../../source/commands/main.ts';
import { createPrint } from '../../source/commands/print.ts';
import { createWorld } from '../../source/edge/world.ts';
import type { Terminal } from '../../source/ports.ts';

const newBase = (t: ExecutionContext): string => {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'booty-self-')));
  t.teardown(() => rmSync(base, { recursive: true, force: true }));
  return base;
};

/** A booty that can only say its version. */
const writeBooty = (folder: string, version: string, manifest: object = {}): void => {
  mkdirSync(path.join(folder, 'bin'), { recursive: true });
  writeFileSync(path.join(folder, 'bin/booty'), `#!/bin/sh\necho "booty ${version}"\n`);
  chmodSync(path.join(folder, 'bin/booty'), 0o755);
  const own = { name: 'booty', version, bin: { booty: 'bin/booty' }, ...manifest };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(own));
  const lock = { name: 'booty', version, lockfileVersion: 3, requires: true, packages: { '': own } };
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
};

/** Calls `booty WORDS…` as the booty in that folder would. */
const call = async (
  base: string,
  packageFolder: string,
  version: string,
  words: readonly string[],
  variables: Readonly<Record<string, string>> = {},
) => {
  const said = { out: '', err: '' };
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: base,
    BOOTY_HOME: path.join(base, 'home'),
    ...variables,
  };
  const terminal: Terminal = {
    inputIsTerminal: false,
    outputIsTerminal: false,
    errorIsTerminal: false,
    columns: 80,
    write: async (text) => void (said.out += text),
    writeError: (text) => void (said.err += text),
    ask: async () => '',
    readerIsGone: () => false,
    on: () => () => {},
  };
  const world = createWorld();
  const context = {
    ports: { ...world, host: { ...world.host, environment, homeFolder: base } },
    terminal,
    print: createPrint(terminal, environment),
    folder: base,
    packageFolder,
    version,
  } as unknown as Context;
  return { code: await runCommand(context, words), ...said };
};

const git = (folder: string, ...words: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

const makeClone = (base: string): { readonly origin: string; readonly clone: string } => {
  const [origin, clone] = [path.join(base, 'origin'), path.join(base, 'clone')];
  mkdirSync(origin);
  git(origin, 'init', '-q', '-b', 'main');
  writeBooty(origin, '1.0.0');
  git(origin, 'add', '-A');
  git(origin, 'commit', '-qm', 'one');
  execFileSync('git', ['clone', '-q', origin, clone]);
  return { origin, clone };
};

const publish = (origin: string, version: string): void => {
  writeBooty(origin, version);
  git(origin, 'commit', '-qam', version);
};

test('a clone: nothing newer, then a plan that changes nothing, then the new one and the way back', async (t) => {
  const base = newBase(t);
  const { origin, clone } = makeClone(base);
  const before = git(clone, 'rev-parse', '--short', 'HEAD');
  t.regex((await call(base, clone, '1.0.0', ['self', 'upgrade'])).out, /is the newest \(the clone in/);
  publish(origin, '1.1.0');
  const planned = await call(base, clone, '1.0.0', ['self', 'upgrade', '--plan']);
  t.is(planned.code, 0);
  t.regex(planned.out, /pull --ff-only/);
  t.is(git(clone, 'rev-parse', '--short', 'HEAD'), before);
  const done = await call(base, clone, '1.0.0', ['self', 'upgrade', '-y']);
  t.is(done.code, 0, done.err);
  t.regex(
    done.out,
    new RegExp(`booty 1\\.1\\.0 \\(before: 1\\.0\\.0 \\(${before}\\)\\); back: git -C .* reset --keep ${before}`),
  );
  t.is(git(clone, 'rev-parse', 'HEAD'), git(origin, 'rev-parse', 'HEAD'));
});

test('a clone with changes or commits of its own is left alone, with the reason', async (t) => {
  const base = newBase(t);
  const { origin, clone } = makeClone(base);
  publish(origin, '1.1.0');
  writeFileSync(path.join(clone, 'package.json'), '{}');
  const dirty = await call(base, clone, '1.0.0', ['self', 'upgrade', '-y']);
  t.is(dirty.code, 1);
  t.regex(dirty.err, /changes of its own: .*package\.json/);
  git(clone, 'commit', '-qam', 'mine');
  t.regex((await call(base, clone, '1.0.0', ['self', 'upgrade', '-y'])).err, /commits that origin\/main has not/);
});

test('a clone whose packages cannot be installed is put back', async (t) => {
  const base = newBase(t);
  const { origin, clone } = makeClone(base);
  const before = git(clone, 'rev-parse', 'HEAD');
  writeBooty(origin, '1.1.0');
  writeFileSync(path.join(origin, 'package-lock.json'), '{');
  git(origin, 'commit', '-qam', 'broken');
  const { code, err } = await call(base, clone, '1.0.0', ['self', 'upgrade', '-y']);
  t.is(code, 1);
  t.regex(err, /npm ci .*did not work/);
  t.is(git(clone, 'rev-parse', 'HEAD'), before);
});

/** A registry that has one package at one version; nothing else is found there. */
const serveRegistry = async (t: ExecutionContext, tarball: Buffer | null, version: string): Promise<string> => {
  const server = createServer((request, response) => {
    const { port } = server.address() as { port: number };
    if (tarball !== null && request.url?.endsWith('.tgz')) {
      response.end(tarball);
      return;
    }
    if (tarball === null || request.url?.split('?')[0] !== '/booty') {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
      return;
    }
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const dist = { tarball: `http://127.0.0.1:${port}/booty/-/booty.tgz`, integrity };
    const one = { name: 'booty', version, bin: { booty: 'bin/booty' }, dist };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: 'booty', 'dist-tags': { latest: version }, versions: { [version]: one } }));
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  t.teardown(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
};

const npmVariables = (base: string, registry: string) => ({
  npm_config_registry: registry,
  npm_config_cache: path.join(base, 'cache'),
  npm_config_userconfig: path.join(base, 'npmrc'),
  npm_config_update_notifier: 'false',
});

test('npm: the newest of the registry npm is set to is installed under the same prefix', async (t) => {
  const base = newBase(t);
  const installed = path.join(base, 'prefix/lib/node_modules/booty');
  writeBooty(installed, '1.0.0');
  writeBooty(path.join(base, 'package'), '1.1.0');
  execFileSync('tar', ['-czf', path.join(base, 'booty.tgz'), '-C', base, 'package']);
  const registry = await serveRegistry(t, readFileSync(path.join(base, 'booty.tgz')), '1.1.0');
  const done = await call(base, installed, '1.0.0', ['self', 'upgrade', '-y'], npmVariables(base, registry));
  t.is(done.code, 0, done.err);
  t.regex(done.out, /booty 1\.1\.0 \(before: 1\.0\.0\); back: npm i -g --prefix .*prefix booty@1\.0\.0/);
  const again = await call(base, installed, '1.1.0', ['self', 'upgrade'], npmVariables(base, registry));
  t.regex(again.out, /1\.1\.0 is the newest/);
});

test('npm: what is not published is said, and a private package is not even asked for', async (t) => {
  const base = newBase(t);
  const installed = path.join(base, 'prefix/lib/node_modules/booty');
  writeBooty(installed, '1.0.0');
  const registry = await serveRegistry(t, null, '');
  const missing = await call(base, installed, '1.0.0', ['self', 'upgrade'], npmVariables(base, registry));
  t.is(missing.code, 1);
  t.regex(missing.err, /not published on the registry npm is set to/);
  writeBooty(installed, '1.0.0', { private: true });
  // Nobody listens there: asking would be another error.
  const own = await call(base, installed, '1.0.0', ['self', 'upgrade'], npmVariables(base, 'http://127.0.0.1:1/'));
  t.is(own.code, 1);
  t.regex(own.err, /not published on any registry/);
});

test('a bundle wants a file; the new folder takes the place of the old one, which stays beside', async (t) => {
  const base = newBase(t);
  const folder = path.join(base, 'opt/booty');
  writeBooty(folder, '1.0.0');
  const asked = await call(base, folder, '1.0.0', ['self', 'upgrade']);
  t.is(asked.code, 1);
  t.regex(asked.err, /booty self upgrade --bundle FILE/);
  writeBooty(path.join(base, 'booty-1.1.0'), '1.1.0');
  execFileSync('tar', ['-czf', path.join(base, 'new.tgz'), '-C', base, 'booty-1.1.0']);
  const words = ['self', 'upgrade', '--bundle', 'new.tgz'];
  t.is((await call(base, folder, '1.0.0', [...words, '--plan'])).code, 0);
  t.false(existsSync(`${folder}.next`));
  const done = await call(base, folder, '1.0.0', [...words, '-y']);
  t.is(done.code, 0, done.err);
  t.regex(done.out, /^booty 1\.1\.0 \(before: 1\.0\.0\); back: mv /m);
  t.regex(readFileSync(path.join(`${folder}.before`, 'bin/booty'), 'utf8'), /1\.0\.0/);
  // A file that is no bundle leaves all as it was.
  writeFileSync(path.join(base, 'new.tgz'), 'no archive');
  t.is((await call(base, folder, '1.1.0', [...words, '-y'])).code, 1);
  t.regex(readFileSync(path.join(folder, 'bin/booty'), 'utf8'), /1\.1\.0/);
});
