import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ctrlC, type Peer, type Plan, type Service, type Setting } from './peer.ts';

/**
Builds the booty of a commit and lays it out in a folder as an installed package: figures name a commit, and
whoever changes or rebuilds the clone meanwhile does not disturb. Returns the path of the launcher. Throws when it does
not build.
*/
export const installBooty = (root: string, commit: string, folder: string): string => {
  mkdirSync(path.join(folder, 'runtime', 'bin'), { recursive: true });
  const archive = execFileSync('git', ['-C', root, 'archive', commit], { maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  execFileSync(process.execPath, [path.join(folder, 'scripts', 'build.ts')], { cwd: folder, stdio: 'inherit' });
  symlinkSync(process.execPath, path.join(folder, 'runtime', 'bin', 'node'));
  return path.join(folder, 'bin', 'booty');
};

export type Look = 'tui' | 'up' | 'up -d';

/**
booty on a terminal in one of its looks; without one it is `up`, or `up -d` where that was asked for. `log` is how
services log, the default of own commands being a pipe.
*/
export const bootyPeer = (booty: string, look: Look, log?: 'file'): Peer => ({
  name: `booty ${look}${log ? `, log: ${log}` : ''}`,
  version: (JSON.parse(readFileSync(path.join(path.dirname(booty), '..', 'package.json'), 'utf8')) as Manifest).version,
  origin: 'this clone',
  servicesMax: 500,
  hasReadiness: true,
  hasOrder: true,
  hasStream: true,
  plan: (setting) => {
    const more = setting.services.map(({ name }) => [name, log ? { log } : {}] as const);
    writeStack(setting.folder, setting.services, Object.fromEntries(more));
    return bootyPlan(booty, setting, setting.look === 'stream' && look === 'tui' ? 'up' : look);
  },
});

/** Writes the booty.yaml of a stack; `more` are further keys of services by their names. */
export const writeStack = (
  folder: string,
  services: readonly Service[],
  more: Readonly<Record<string, object>> = {},
): void => {
  const entries = services.map((service) => [
    service.name,
    {
      command: service.command,
      ...(isNeeded(service, services) && { healthcheck: { log: '^ready$$' } }),
      ...(service.needs && {
        depends_on: Object.fromEntries(service.needs.map((name) => [name, { condition: 'service_healthy' }])),
      }),
      ...more[service.name],
    },
  ]);
  // JSON is YAML, and needs no writer.
  const document = { name: 'bench', services: Object.fromEntries(entries) as object };
  writeFileSync(path.join(folder, 'booty.yaml'), JSON.stringify(document));
};

/** Everything booty keeps lies in the folder. */
export const bootyEnvironment = (folder: string): Readonly<Record<string, string>> => ({
  BOOTY_HOME: path.join(folder, 'home'),
  XDG_RUNTIME_DIR: folder,
});

type Manifest = { readonly version: string };

/** Whoever nobody waits for is ready once started, as with every peer. */
const isNeeded = (service: Service, services: readonly Service[]): boolean =>
  services.some((other) => other.needs?.includes(service.name));

const bootyPlan = (booty: string, { folder }: Setting, look: Look): Plan => {
  const environment = bootyEnvironment(folder);
  return {
    command: [booty, ...look.split(' ')],
    isDetached: look === 'up -d',
    environment,
    quits: [ctrlC, ctrlC],
    list: [booty, 'ps'],
    clear: [booty, 'down'],
    supervisor: () => {
      const { stdout } = spawnSync(booty, ['ps', '--json'], {
        cwd: folder,
        env: { ...process.env, ...environment },
        encoding: 'utf8',
        timeout: 5_000,
      });
      try {
        return (JSON.parse(stdout) as { daemon: { pid: number } | null }).daemon?.pid ?? null;
      } catch {
        return null;
      }
    },
  };
};
