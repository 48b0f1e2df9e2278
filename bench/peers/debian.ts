import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asText, ctrlC, type Peer } from './peer.ts';

/** What `apt-get download` has to bring; each is unpacked into one folder and run from there, nothing is installed. */
export const debianPackages = {
  supervisord: ['supervisor', 'python3-pkg-resources'],
  foreman: ['ruby-foreman', 'ruby-thor', 'ruby3.1', 'libruby3.1', 'libyaml-0-2', 'libgmp10'],
} as const;

/** supervisord from an unpacked folder, run by the machine's own Python. */
export const supervisord = (unpacked: string, version: string): Peer => ({
  name: 'supervisord',
  version,
  origin: 'Debian',
  servicesMax: 500,
  hasReadiness: false,
  hasOrder: false,
  hasStream: true,
  plan: ({ folder, services }) => {
    const config = path.join(folder, 'supervisord.conf');
    const socket = path.join(folder, 'supervisor.sock');
    writeFileSync(
      config,
      [
        '[supervisord]',
        'nodaemon=true',
        `logfile=${folder}/supervisord.log`,
        `pidfile=${folder}/supervisord.pid`,
        `childlogdir=${folder}`,
        '[unix_http_server]',
        `file=${socket}`,
        '[rpcinterface:supervisor]',
        'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
        '[supervisorctl]',
        `serverurl=unix://${socket}`,
        ...services.flatMap((service) => [`[program:${service.name}]`, `command=${asText(service)}`]),
        '',
      ].join('\n'),
    );
    const run = (module: string): readonly string[] => ['/usr/bin/python3', '-m', `supervisor.${module}`, '-c', config];
    return {
      command: [...run('supervisord'), '-n'],
      environment: { PYTHONPATH: path.join(unpacked, 'usr', 'lib', 'python3', 'dist-packages') },
      quits: [ctrlC, ctrlC],
      list: [...run('supervisorctl'), 'status'],
    };
  },
});

/** foreman from an unpacked folder, with the Ruby beside it. */
export const foreman = (unpacked: string, version: string): Peer => ({
  name: 'foreman',
  version,
  origin: 'Debian',
  servicesMax: 500,
  hasReadiness: false,
  hasOrder: false,
  hasStream: true,
  plan: ({ folder, services }) => ({
    command: [
      path.join(unpacked, 'usr', 'bin', 'ruby3.1'),
      path.join(unpacked, 'usr', 'bin', 'foreman'),
      'start',
      '-f',
      writeProcfile(folder, services),
    ],
    environment: rubyEnvironment(unpacked),
    quits: [ctrlC, ctrlC],
  }),
});

/** The Procfile of foreman and overmind. */
export const writeProcfile = (folder: string, services: Parameters<Peer['plan']>[0]['services']): string => {
  const file = path.join(folder, 'Procfile');
  writeFileSync(file, services.map((service) => `${service.name}: ${asText(service)}\n`).join(''));
  return file;
};

const rubyEnvironment = (unpacked: string): Readonly<Record<string, string>> => {
  const library = path.join(unpacked, 'usr', 'lib');
  const triple = readdirSync(library).find((name) => existsSync(path.join(library, name, 'ruby'))) ?? '';
  const gems = path.join(unpacked, 'usr', 'share', 'rubygems-integration');
  return {
    LD_LIBRARY_PATH: path.join(library, triple),
    RUBYLIB: ['ruby/vendor_ruby', 'ruby/3.1.0', `${triple}/ruby/3.1.0`]
      .map((part) => path.join(library, part))
      .join(':'),
    GEM_PATH: [path.join(gems, 'all'), path.join(gems, '3.1.0')].join(':'),
  };
};
