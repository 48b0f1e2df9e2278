/** Why a key of Compose has no place here, and what to write instead. */
export type Refusal = { readonly why: string; readonly write: string };

const noContainers = 'booty runs processes on this machine, not containers';
const noNetwork = 'services share the network of this machine';
const noLogDriver = 'booty keeps the logs of all services itself';
const onlyNofile = 'booty sets no such limit';
const outside = (tool: string): string => `remove it; to limit the whole stack, run booty under ${tool}`;

/** Compose's keys of a service that mean nothing without containers. */
export const refusedServiceKeys: Readonly<Record<string, Refusal>> = {
  image: { why: 'booty runs binaries, not images', write: 'write `component: nats-server` or a `command`' },
  build: { why: 'booty builds no images', write: 'build first, then write `command: ./your-binary`' },
  entrypoint: { why: 'there is no image with an entry point', write: 'write the whole command line in `command`' },
  container_name: { why: noContainers, write: 'remove it: the service is known by its name' },
  hostname: { why: noContainers, write: 'remove it: services reach each other on 127.0.0.1' },
  domainname: { why: noContainers, write: 'remove it' },
  networks: { why: noNetwork, write: 'remove it; `bind: 127.0.0.1` chooses the address a service listens at' },
  network_mode: { why: noNetwork, write: 'remove it; `bind: 127.0.0.1` chooses the address a service listens at' },
  expose: { why: noNetwork, write: 'write `ports: {http: 8080}`' },
  links: { why: noNetwork, write: 'write `depends_on` and `${{ services.NAME.url }}`' },
  external_links: { why: noNetwork, write: 'write the address in `environment`' },
  extra_hosts: { why: noNetwork, write: 'write the address in `environment`' },
  dns: { why: noNetwork, write: 'remove it: the resolver of this machine is used' },
  dns_search: { why: noNetwork, write: 'remove it: the resolver of this machine is used' },
  dns_opt: { why: noNetwork, write: 'remove it: the resolver of this machine is used' },
  mac_address: { why: noNetwork, write: 'remove it' },
  volumes: {
    why: 'services see the files of this machine',
    write: 'use the paths themselves, or `${{ dirs.data }}` for a folder of its own',
  },
  volumes_from: { why: 'services see the files of this machine', write: 'use the paths themselves' },
  tmpfs: { why: 'services see the files of this machine', write: 'use a path under /tmp' },
  configs: {
    why: 'services see the files of this machine',
    write: 'give the path of the file in `command` or `environment`',
  },
  logging: { why: noLogDriver, write: 'remove it; see them with `booty logs`' },
  platform: { why: noContainers, write: 'remove it: the binary for this machine is chosen' },
  pull_policy: { why: 'booty runs binaries, not images', write: 'remove it; `version` says which ones fit' },
  user: { why: 'services run as the user who starts booty', write: 'remove it, or start booty as that user' },
  group_add: { why: 'services run as the user who starts booty', write: 'remove it, or start booty as that user' },
  privileged: { why: noContainers, write: 'remove it' },
  cap_add: { why: noContainers, write: 'remove it; grant capabilities to the binary with setcap' },
  cap_drop: { why: noContainers, write: 'remove it' },
  security_opt: { why: noContainers, write: 'remove it' },
  read_only: { why: noContainers, write: 'remove it' },
  devices: { why: 'services see the devices of this machine', write: 'remove it' },
  ipc: { why: noContainers, write: 'remove it' },
  uts: { why: noContainers, write: 'remove it' },
  init: { why: 'booty reaps what a service leaves behind by itself', write: 'remove it' },
  isolation: { why: noContainers, write: 'remove it' },
  runtime: { why: noContainers, write: 'remove it' },
  sysctls: { why: 'the kernel is that of this machine', write: 'set it with sysctl' },
  shm_size: { why: 'shared memory is that of this machine', write: 'remove it' },
  stdin_open: { why: 'services have no standard input', write: 'remove it' },
  mem_limit: { why: onlyNofile, write: outside('systemd-run -p MemoryMax=2G') },
  cpus: { why: onlyNofile, write: outside('systemd-run -p CPUQuota=200%') },
  deploy: { why: 'booty has no orchestrator', write: 'write `restart` in the service itself' },
  extends: { why: 'services are written whole', write: 'share parts with a YAML anchor: `<<: *base`' },
  labels: { why: 'there are no containers to label', write: 'use a key that begins with `x-`' },
  annotations: { why: 'there are no containers to label', write: 'use a key that begins with `x-`' },
};

/** Compose's top-level keys that mean nothing here. */
export const refusedTopKeys: Readonly<Record<string, Refusal>> = {
  networks: { why: noNetwork, write: 'remove it; `bind` of a service chooses the address it listens at' },
  volumes: {
    why: 'services see the files of this machine',
    write: 'remove it; `${{ dirs.data }}` is a folder of its own for each service',
  },
  configs: {
    why: 'services see the files of this machine',
    write: 'remove it; give the path of the file in `command`',
  },
  include: { why: 'a stack is one file', write: 'write the services of the other file here' },
};

/** Keys that booty will have, refused until it does so that none is silently ignored. */
export const plannedServiceKeys: readonly string[] = [
  'tty',
  'scale',
  'schedule',
  'secrets',
  'develop',
  'post_start',
  'pre_stop',
];
export const plannedTopKeys: readonly string[] = ['secrets'];
