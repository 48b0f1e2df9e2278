import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { debianPackages, foreman, supervisord } from './debian.ts';
import { goModules, overmind, processCompose } from './go.ts';
import { npmPeers, npmVersions } from './npm.ts';
import type { Peer } from './peer.ts';

export type Installed = {
  readonly peers: readonly Peer[];
  /** What could not be had, and why. */
  readonly missing: readonly string[];
};

/**
Brings the peers into a folder outside the clone and looks at what is there. What is there already is kept, so a second
call needs no network. A binary put by hand into `bin/` of that folder counts as well: not every module can be had.
*/
export const installPeers = (folder: string): Installed => {
  const missing: string[] = [];
  const attempt = (name: string, bring: () => readonly Peer[]): readonly Peer[] => {
    try {
      return bring();
    } catch (error) {
      missing.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  };
  const peers = [
    ...attempt('mprocs, turbo, concurrently, pm2', () => fromNpm(path.join(folder, 'npm'))),
    ...attempt('supervisord', () => fromDebian(path.join(folder, 'debian'), 'supervisord')),
    ...attempt('foreman', () => fromDebian(path.join(folder, 'debian'), 'foreman')),
    ...attempt('process-compose', () => fromGo(path.join(folder, 'bin'), 'process-compose')),
    ...attempt('overmind', () => fromGo(path.join(folder, 'bin'), 'overmind')),
  ];
  return { peers, missing };
};

const fromNpm = (folder: string): readonly Peer[] => {
  mkdirSync(folder, { recursive: true });
  const wanted = Object.entries(npmVersions).map(([name, version]) => `${name}@${version}`);
  const has = (name: string): boolean => existsSync(path.join(folder, 'node_modules', name, 'package.json'));
  if (!Object.keys(npmVersions).every(has)) {
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
    run(['npm', 'install', '--no-audit', '--no-fund', '--loglevel=error', ...wanted], folder);
  }
  return npmPeers(folder);
};

const fromDebian = (folder: string, name: keyof typeof debianPackages): readonly Peer[] => {
  const unpacked = path.join(folder, 'root');
  const archives = path.join(folder, 'archives');
  mkdirSync(archives, { recursive: true });
  const [main] = debianPackages[name];
  const archiveOf = (wanted: string): string | undefined =>
    readdirSync(archives).find((file) => file.startsWith(`${wanted}_`));
  for (const wanted of debianPackages[name]) {
    if (archiveOf(wanted)) continue;
    run(['apt-get', 'download', '-qq', wanted], archives);
    run(['dpkg-deb', '-x', path.join(archives, archiveOf(wanted) ?? ''), unpacked], folder);
  }
  const version = /_([^_]+)_/.exec(archiveOf(main) ?? '')?.[1] ?? '?';
  const peer = name === 'foreman' ? foreman(unpacked, version) : supervisord(unpacked, version);
  const [program = ''] = peer.plan({ folder: unpacked, services: [], look: 'stream' }).command;
  if (!existsSync(program)) throw new Error(`there is no ${program}`);
  return [peer];
};

const fromGo = (folder: string, name: keyof typeof goModules): readonly Peer[] => {
  mkdirSync(folder, { recursive: true });
  const binary = path.join(folder, name);
  const { module, version: pinned, sum } = goModules[name];
  if (!existsSync(binary)) {
    // Not `go install`, which asks for all versions there are and gives up where a proxy does not list them. The sum stands
    // here, so that the checksum database need not be asked, which does not know every module.
    const fetch = ['go', 'mod', 'download', '-json', `${module}@v${pinned}`];
    const fetched = JSON.parse(run(fetch, folder, { GONOSUMDB: module })) as {
      readonly Dir: string;
      readonly Sum: string;
    };
    if (fetched.Sum !== sum) throw new Error(`${module} is ${fetched.Sum}, not ${sum}`);
    run(['go', 'build', '-C', fetched.Dir, '-o', binary, '.'], folder);
  }
  if (name === 'overmind') run(['tmux', '-V'], folder);
  const said = run([binary, name === 'overmind' ? '--version' : 'version'], folder);
  const version = /v?(\d+\.\d+\.\d+)/.exec(said)?.[1] ?? pinned;
  return [(name === 'overmind' ? overmind : processCompose)(binary, version, 'Go module')];
};

/** What the command printed; throws with its last line of complaint. */
const run = (command: readonly string[], cwd: string, environment: Readonly<Record<string, string>> = {}): string => {
  const [file = '', ...args] = command;
  const env = { ...process.env, ...environment };
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, env, encoding: 'utf8', timeout: 600_000 });
  if (status === 0) return stdout;
  const said = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  throw new Error(`${command.join(' ')}: ${said}`);
};
