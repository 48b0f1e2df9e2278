import type { BadFile } from '../in-folder.ts';

/** Files with bad dependencies. */
export const badDependencies: readonly BadFile[] = [
  [
    'an unknown service',
    'services:\n  web:\n    command: ./web\n    depends_on: [wbe]\n',
    ['4:18 services.web.depends_on names "wbe", which is no service; did you mean "web"? => write web'],
  ],
  [
    'an unknown service in a map',
    'services:\n  web:\n    command: ./web\n    depends_on:\n      database: {condition: service_healthy}\n',
    ['5:7 services.web.depends_on names "database", which is no service => remove it, or write one of: web'],
  ],
  [
    'the same service twice',
    'services:\n  web:\n    command: ./web\n    depends_on: [db, db]\n',
    ['4:17 services.web.depends_on: db is named twice => remove one of the two'],
  ],
  [
    'a condition that is missing',
    'services:\n  web:\n    command: ./web\n    depends_on: {web: }\n',
    [
      '4:23 services.web.depends_on.web expects a map, found nothing => write for example `depends_on: {db: {condition: service_healthy}}`',
    ],
  ],
  [
    'a map without a condition',
    'services:\n  db: {command: ./db}\n  web:\n    command: ./web\n    depends_on: {db: {required: false}}\n',
    [
      '5:18 services.web.depends_on.db.condition is missing => write service_started, service_healthy or service_completed_successfully',
    ],
  ],
  [
    'a bad condition',
    'services:\n  db: {command: ./db}\n  web:\n    command: ./web\n    depends_on: {db: {condition: service_ready}}\n',
    [
      '5:34 services.web.depends_on.db.condition cannot be "service_ready" => write service_started, service_healthy or service_completed_successfully',
    ],
  ],
  [
    'a bad required',
    'services:\n  db: {command: ./db}\n  web:\n    command: ./web\n    depends_on: {db: {condition: service_started, required: maybe}}\n',
    ['5:61 services.web.depends_on.db.required: "maybe" is neither true nor false => write true or false'],
  ],
  [
    'itself',
    'services:\n  web:\n    command: ./web\n    depends_on: [web]\n',
    ['4:18 services wait for each other in a circle: web → web => remove one of these dependencies'],
  ],
  [
    'a circle',
    'services:\n  web: {command: ./web, depends_on: [api]}\n  api: {command: ./api, depends_on: {db: {condition: service_healthy}}}\n  db: {command: ./db, depends_on: [web]}\n',
    ['2:38 services wait for each other in a circle: web → api → db → web => remove one of these dependencies'],
  ],
  [
    'a circle that is entered from outside',
    'services:\n  main: {command: ./main, depends_on: [a]}\n  a: {command: ./a, depends_on: [b]}\n  b: {command: ./b, depends_on: [a]}\n',
    ['3:34 services wait for each other in a circle: a → b → a => remove one of these dependencies'],
  ],
  [
    'depends_on as a text',
    'services:\n  web:\n    command: ./web\n    depends_on: db\n',
    [
      '4:17 services.web.depends_on expects a list of services or a map, found "db" => write for example `depends_on: {db: {condition: service_healthy}}`',
    ],
  ],
];
