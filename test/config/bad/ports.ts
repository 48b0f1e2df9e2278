import type { BadFile } from '../in-folder.ts';

/** Files with bad ports. */
export const badPorts: readonly BadFile[] = [
  [
    'port 0',
    'services:\n  web:\n    command: ./web\n    ports: {http: 0}\n',
    ['4:19 services.web.ports.http: 0 is no port => write a number from 1 to 65535, or auto for any free one'],
  ],
  [
    'port 70000',
    'services:\n  web:\n    command: ./web\n    ports: {http: 70000}\n',
    ['4:19 services.web.ports.http: 70000 is no port => write a number from 1 to 65535, or auto for any free one'],
  ],
  [
    'a broken number',
    'services:\n  web:\n    command: ./web\n    ports: {http: 80.5}\n',
    ['4:19 services.web.ports.http: 80.5 is no port => write a number from 1 to 65535, or auto for any free one'],
  ],
  [
    'a word',
    'services:\n  web:\n    command: ./web\n    ports: {http: automatic}\n',
    [
      '4:19 services.web.ports.http: "automatic" is no port => write a number from 1 to 65535, or auto for any free one',
    ],
  ],
  [
    "Compose's mapping as a value",
    'services:\n  web:\n    command: ./web\n    ports: {http: "8080:80"}\n',
    ['4:19 services.web.ports.http: "8080:80" maps a port => there is no network to map: write `ports: {http: 8080}`'],
  ],
  [
    "Compose's list",
    'services:\n  web:\n    command: ./web\n    ports: ["8080:80"]\n',
    [
      '4:5 services.web.ports is a list, as if it mapped ports: expected a map => there is no network to map: write `ports: {http: 8080}`',
    ],
  ],
  [
    "Compose's long list",
    'services:\n  web:\n    command: ./web\n    ports: [{target: 80, published: 9090}]\n',
    [
      '4:5 services.web.ports is a list, as if it mapped ports: expected a map => there is no network to map: write `ports: {http: 9090}`',
    ],
  ],
  [
    'an unquoted mapping that YAML leaves a text',
    'services:\n  web:\n    command: ./web\n    ports:\n      - 127.0.0.1:3000:80/tcp\n',
    [
      '4:5 services.web.ports is a list, as if it mapped ports: expected a map => there is no network to map: write `ports: {http: 3000}`',
    ],
  ],
  [
    'a number alone',
    'services:\n  web:\n    command: ./web\n    ports: 8080\n',
    ['4:12 services.web.ports expects a map, found 8080 => write for example `ports: {http: 8080}`'],
  ],
  [
    'a bad name',
    'services:\n  web:\n    command: ./web\n    ports: {HTTP: 8080}\n',
    [
      '4:13 services.web.ports.HTTP: this name is not allowed: expected lower-case letters, digits, - and _, at most 40, the first a letter or digit => rename it',
    ],
  ],
  [
    'a port without a value',
    'services:\n  web:\n    command: ./web\n    ports: {http: }\n',
    ['4:19 services.web.ports.http expects a number or auto, found nothing => write for example `ports: {http: 8080}`'],
  ],
  [
    'the same port in two services',
    'services:\n  web: {command: ./web, ports: {http: 8080}}\n  api: {command: ./api, ports: {rpc: 8080}}\n',
    ['3:38 port 8080 is already taken by services.web.ports.http => write another number, or auto for any free one'],
  ],
  [
    'the same port twice in one service',
    'services:\n  web:\n    command: ./web\n    ports: {http: 8080, admin: 8080}\n',
    ['4:32 port 8080 is already taken by services.web.ports.http => write another number, or auto for any free one'],
  ],
  [
    'every address against one',
    'services:\n  web: {command: ./web, ports: {http: 8080}, bind: 0.0.0.0}\n  api: {command: ./api, ports: {rpc: 8080}, bind: 127.0.0.2}\n',
    ['3:38 port 8080 is already taken by services.web.ports.http => write another number, or auto for any free one'],
  ],
];
