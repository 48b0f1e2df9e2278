import type { BadFile } from '../in-folder.ts';

/** Files with bad references. */
export const badReferences: readonly BadFile[] = [
  [
    'an unknown service',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${{ services.wbe.url }}"}\n',
    ['4:23 ${{ services.wbe.url }}: there is no service "wbe"; did you mean "web"? => write web'],
  ],
  [
    'an unknown port of its own',
    'services:\n  web:\n    command: ./web --port ${{ ports.htp }}\n    ports: {http: 8080}\n',
    ['3:27 ${{ ports.htp }}: web has no port "htp"; did you mean "http"? => write http'],
  ],
  [
    'a port where there are none',
    'services:\n  web:\n    command: ./web --port ${{ ports.http }}\n',
    ['3:27 ${{ ports.http }}: web has no ports => write `ports: {http: auto}` in services.web'],
  ],
  [
    'an unknown port of another',
    'services:\n  db: {command: ./db, ports: {sql: auto}}\n  web:\n    command: [./web, "${{ services.db.ports.http }}"]\n',
    ['4:23 ${{ services.db.ports.http }}: db has no port "http" => remove it, or write one of: sql'],
  ],
  [
    'the URL of a service without ports',
    'services:\n  db: {command: ./db}\n  web: {command: ./web, environment: ["DB=${{ services.db.url }}"]}\n',
    ['3:43 ${{ services.db.url }}: db has no ports => write `ports: {http: auto}` in services.db'],
  ],
  [
    'an offer of a command',
    'services:\n  db: {command: ./db, ports: {sql: auto}}\n  web: {command: ./web, environment: {DB: "${{ services.db.sql }}"}}\n',
    [
      '3:44 ${{ services.db.sql }}: db runs a command of its own, which offers no sql => write ${{ services.db.url }}, ${{ services.db.host }} or ${{ services.db.ports.NAME }}',
    ],
  ],
  [
    'an unknown folder',
    'services:\n  web:\n    command: ./web\n    working_dir: ${{ dirs.home }}\n',
    ['4:18 ${{ dirs.home }}: there is no folder home => write dirs.data, dirs.config or dirs.logs'],
  ],
  [
    'no reference at all',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${{ github.token }}"}\n',
    [
      '4:23 ${{ github.token }}: this is no reference => write one of ${{ ports.NAME }}, ${{ dirs.data }}, ${{ services.NAME.url }}, ${{ services.NAME.host }}, ${{ services.NAME.ports.PORT }}, ${{ services.NAME.OFFER }}',
    ],
  ],
  [
    'an expression',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${{ ports.http + 1 }}"}\n',
    [
      '4:23 ${{ ports.http + 1 }}: this is no reference => write one of ${{ ports.NAME }}, ${{ dirs.data }}, ${{ services.NAME.url }}, ${{ services.NAME.host }}, ${{ services.NAME.ports.PORT }}, ${{ services.NAME.OFFER }}',
    ],
  ],
  [
    'an open reference',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${{ ports.http "}\n',
    ['4:23 a ${{ is not closed => close it with }}, or write $${{ for the text ${{'],
  ],
  [
    'ports without a name',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${{ services.web.ports }}"}\n',
    ['4:23 ${{ services.web.ports }}: which port is meant is missing => name the port: ${{ services.web.ports.http }}'],
  ],
  [
    'a part of a URL',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${{ services.web.url.host }}"}\n',
    ['4:23 ${{ services.web.url.host }}: url has no parts => write ${{ services.web.url }}'],
  ],
  [
    'in a probe',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: "127.0.0.1:${{ ports.http }}"}\n',
    ['4:35 ${{ ports.http }}: web has no ports => write `ports: {http: auto}` in services.web'],
  ],
  [
    'in a test',
    'services:\n  web:\n    command: ./web\n    healthcheck: {test: [CMD, ./check, "${{ ports.http }}"]}\n',
    ['4:41 ${{ ports.http }}: web has no ports => write `ports: {http: auto}` in services.web'],
  ],
  [
    'in a port',
    'services:\n  web:\n    command: ./web\n    ports: {http: "${{ ports.http }}"}\n',
    [
      '4:19 services.web.ports.http: "${{ ports.http }}" is no port => write a number from 1 to 65535, or auto for any free one',
    ],
  ],
];
