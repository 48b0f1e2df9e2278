import type { BadFile } from '../in-folder.ts';

/** Files with bad keys. */
export const badKeys: readonly BadFile[] = [
  [
    'a mistyped key',
    'services:\n  web:\n    command: ./web\n    enviroment: {A: b}\n',
    ['4:5 services.web has no key "enviroment"; did you mean "environment"? => write environment'],
  ],
  [
    'a key like no other',
    'services:\n  web:\n    command: ./web\n    flavour: mint\n',
    [
      '4:5 services.web has no key "flavour" => remove it, or write one of: component, version, command, environment, env_file, working_dir, depends_on, healthcheck, on_unhealthy, restart, stop_signal, stop_grace_period, stop_scope, pid, ports, bind, offers, log, profiles, ulimits',
    ],
  ],
  [
    'a mistyped key at the top',
    'service:\n  web: {command: ./web}\n',
    ['1:1 booty.yaml has no key "service"; did you mean "services"? => write services'],
  ],
  [
    'a mistyped key of a healthcheck',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: "127.0.0.1:80", retrys: 3}\n',
    ['4:40 services.web.healthcheck has no key "retrys"; did you mean "retries"? => write retries'],
  ],
  [
    'a key one level too deep',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: "127.0.0.1:80", on_unhealthy: restart}\n',
    ['4:40 services.web.healthcheck has no key "on_unhealthy" => move on_unhealthy one level up, beside healthcheck'],
  ],
  [
    'an image',
    'services:\n  web: {image: nginx}\n',
    [
      '2:9 services.web.image has no meaning here: booty runs binaries, not images => write `component: nats-server` or a `command`',
    ],
  ],
  [
    'image and build',
    'services:\n  web:\n    image: nginx\n    build: .\n',
    [
      '3:5 services.web.image has no meaning here: booty runs binaries, not images => write `component: nats-server` or a `command`',
      '4:5 services.web.build has no meaning here: booty builds no images => build first, then write `command: ./your-binary`',
    ],
  ],
  [
    'a network and a volume',
    'services:\n  web:\n    command: ./web\n    networks: [front]\n    volumes: ["./a:/b"]\n',
    [
      '4:5 services.web.networks has no meaning here: services share the network of this machine => remove it; `bind: 127.0.0.1` chooses the address a service listens at',
      '5:5 services.web.volumes has no meaning here: services see the files of this machine => use the paths themselves, or `${{ dirs.data }}` for a folder of its own',
    ],
  ],
  [
    'top-level networks',
    'services: {web: {command: ./web}}\nnetworks: {front: {}}\n',
    [
      '2:1 networks has no meaning here: services share the network of this machine => remove it; `bind` of a service chooses the address it listens at',
    ],
  ],
  [
    'the keys that are yet to come',
    'services:\n  web:\n    command: ./web\n    tty: true\n    scale: 3\n    secrets: [a]\n    post_start: []\n',
    [
      '4:5 services.web.tty: booty does not have this yet => remove it',
      '5:5 services.web.scale: booty does not have this yet => remove it',
      '6:5 services.web.secrets: booty does not have this yet => remove it',
      '7:5 services.web.post_start: booty does not have this yet => remove it',
    ],
  ],
  [
    'secrets at the top',
    'services: {web: {command: ./web}}\nsecrets: {a: {file: ./a}}\n',
    ['2:1 secrets: booty does not have this yet => remove it'],
  ],
  [
    'a bad service name',
    'services:\n  Web App: {command: ./web}\n',
    [
      '2:3 the name "Web App" is not allowed: expected lower-case letters, digits, - and _, at most 40, the first a letter or digit => rename the service',
    ],
  ],
  [
    'a service name that is too long',
    'services:\n  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {command: ./web}\n',
    [
      '2:3 the name "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not allowed: expected lower-case letters, digits, - and _, at most 40, the first a letter or digit => rename the service',
    ],
  ],
  [
    'a bad stack name',
    'name: My Shop\nservices: {web: {command: ./web}}\n',
    [
      '1:7 name expects lower-case letters, digits, - and _, at most 40, the first a letter or digit, found "My Shop" => write for example `name: shop`',
    ],
  ],
  [
    'a key named __proto__',
    'services:\n  web:\n    command: ./web\n    __proto__: {}\n',
    ['4:5 this cannot be a key => write a plain word as the key'],
  ],
  [
    'several mistakes at once',
    'name: Shop\nservices:\n  web:\n    comand: ./web\n    restart: allways\n  api:\n    command: ./api\n    depends_on: [wbe]\n',
    [
      '1:7 name expects lower-case letters, digits, - and _, at most 40, the first a letter or digit, found "Shop" => write for example `name: shop`',
      '4:5 services.web has no key "comand"; did you mean "command"? => write command',
      '5:14 services.web.restart: "allways" is no restart policy; did you mean "always"? => write no, always, on-failure, on-failure:5 or unless-stopped',
      '8:18 services.api.depends_on names "wbe", which is no service; did you mean "web"? => write web',
    ],
  ],
];
