import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readPid } from '../field/processes.ts';
import { asText, ctrlC, type Peer, type Quit } from './peer.ts';

/** The peers that npm has, in the given versions under `<modules>/node_modules`. Pinned: a table is of one version. */
export const npmVersions = { mprocs: '0.9.6', turbo: '2.11.11', concurrently: '10.0.7', pm2: '7.0.4' } as const;

export const npmPeers = (modules: string): readonly Peer[] => {
  const at = (...parts: readonly string[]): string => path.join(modules, 'node_modules', ...parts);
  return [mprocs(at), turbo(at), concurrently(at), pm2Runtime(at), pm2(at)];
};

type At = (...parts: readonly string[]) => string;

const typed = (...keys: readonly string[]): Quit => ({ keys, said: keys.join(' ') });

const mprocs = (at: At): Peer => ({
  name: 'mprocs',
  version: npmVersions.mprocs,
  origin: 'npm',
  servicesMax: 500,
  hasReadiness: false,
  hasOrder: false,
  hasStream: false,
  plan: ({ folder, services }) => {
    const config = path.join(folder, 'mprocs.yaml');
    const procs = Object.fromEntries(services.map(({ name, command }) => [name, { cmd: command }]));
    writeFileSync(config, JSON.stringify({ procs }));
    // The binary itself: the package's own command is a Node program that waits for it.
    const arch = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
    const system = process.platform === 'darwin' ? 'darwin' : 'linux';
    const build = `mprocs-${npmVersions.mprocs}-${system}-${arch}${system === 'linux' ? '-musl' : ''}`;
    return {
      command: [at('mprocs', build, 'mprocs'), '--config', config],
      environment: {},
      quits: [typed('q'), typed('Q')],
    };
  },
});

const turbo = (at: At): Peer => ({
  name: 'turbo',
  version: npmVersions.turbo,
  origin: 'npm',
  servicesMax: 20,
  servicesMaxWhy: 'every task stays under an npm of its own, some 50 MB each',
  hasReadiness: false,
  hasOrder: false,
  hasStream: true,
  plan: ({ folder, services, look }) => {
    const write = (file: string, value: object): void => writeFileSync(path.join(folder, file), JSON.stringify(value));
    write('package.json', { name: 'bench', private: true, packageManager: 'npm@10.0.0', workspaces: ['tasks/*'] });
    write('package-lock.json', { name: 'bench', lockfileVersion: 3, packages: {} });
    write('turbo.json', {
      ui: look === 'screen' ? 'tui' : 'stream',
      tasks: { serve: { persistent: true, cache: false } },
    });
    for (const service of services) {
      mkdirSync(path.join(folder, 'tasks', service.name), { recursive: true });
      write(`tasks/${service.name}/package.json`, { name: service.name, scripts: { serve: asText(service) } });
    }
    const system = `${process.platform}-${process.arch === 'x64' ? '64' : process.arch}`;
    return {
      command: [
        at('@turbo', system, 'bin', 'turbo'),
        'run',
        'serve',
        '--skip-infer',
        '--no-daemon',
        '--env-mode=loose',
        `--concurrency=${services.length + 1}`,
      ],
      environment: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
      quits: [ctrlC, ctrlC],
    };
  },
});

const concurrently = (at: At): Peer => ({
  name: 'concurrently',
  version: npmVersions.concurrently,
  origin: 'npm',
  servicesMax: 500,
  hasReadiness: false,
  hasOrder: false,
  hasStream: true,
  plan: ({ services }) => ({
    command: [process.execPath, at('concurrently', 'dist', 'bin', 'index.js'), ...services.map(asText)],
    environment: {},
    quits: [ctrlC, ctrlC],
  }),
});

const pm2Runtime = (at: At): Peer => ({
  name: 'pm2-runtime',
  version: npmVersions.pm2,
  origin: 'npm',
  servicesMax: 500,
  hasReadiness: false,
  hasOrder: false,
  hasStream: true,
  plan: ({ folder, services }) => ({
    command: [process.execPath, at('pm2', 'bin', 'pm2-runtime'), 'start', writeEcosystem(folder, services)],
    environment: pm2Environment(folder),
    quits: [ctrlC, ctrlC],
    list: [process.execPath, at('pm2', 'bin', 'pm2'), 'ls'],
  }),
});

const pm2 = (at: At): Peer => ({
  ...pm2Runtime(at),
  name: 'pm2',
  plan: ({ folder, services }) => {
    const command = [process.execPath, at('pm2', 'bin', 'pm2')];
    const quit: Quit = { command: [...command, 'kill'], said: '`pm2 kill`' };
    return {
      command: [...command, 'start', writeEcosystem(folder, services)],
      environment: pm2Environment(folder),
      quits: [quit, quit],
      list: [...command, 'ls'],
      supervisor: () => readPid(path.join(folder, 'pm2', 'pm2.pid')),
      isDetached: true,
      clear: [...command, 'kill'],
    };
  },
});

const writeEcosystem = (folder: string, services: Parameters<Peer['plan']>[0]['services']): string => {
  const apps = services.map(({ name, command: [script, ...args] }) => ({ name, script, args, interpreter: 'none' }));
  const file = path.join(folder, 'ecosystem.config.json');
  writeFileSync(file, JSON.stringify({ apps }));
  return file;
};

const pm2Environment = (folder: string): Readonly<Record<string, string>> => ({
  PM2_HOME: path.join(folder, 'pm2'),
  PM2_DISCRETE_MODE: 'true',
});
