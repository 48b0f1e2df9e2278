import type { BadFile } from '../in-folder.ts';

/** Files with bad syntax. */
export const badSyntax: readonly BadFile[] = [
  ['an empty file', '', ['1:1 the file is empty => write for example `services: {web: {command: ./web}}`']],
  ['only comments', '# nothing\n', ['1:1 the file is empty => write for example `services: {web: {command: ./web}}`']],
  [
    'a list',
    '- a\n',
    ['1:1 expected a map with services, found a list => write for example `services: {web: {command: ./web}}`'],
  ],
  [
    'a text',
    'hello\n',
    ['1:1 expected a map with services, found "hello" => write for example `services: {web: {command: ./web}}`'],
  ],
  [
    'no services',
    'name: shop\n',
    ['1:1 there are no services => write for example `services: {web: {command: ./web}}`'],
  ],
  [
    'services without a value',
    'services:\n',
    ['1:1 there are no services => write for example `services: {web: {command: ./web}}`'],
  ],
  [
    'an empty map of services',
    'services: {}\n',
    ['1:1 there are no services => write for example `services: {web: {command: ./web}}`'],
  ],
  [
    'services as a list',
    'services:\n  - web\n',
    ['1:1 services expects a map of names, found a list => write for example `services: {web: {command: ./web}}`'],
  ],
  [
    'a service without a body',
    'services:\n  web:\n',
    ['2:3 services.web expects a map, found nothing => write for example `web: {command: ./web}`'],
  ],
  [
    'a service that is a text',
    'services:\n  web: ./web\n',
    ['2:8 services.web expects a map, found "./web" => write for example `web: {command: ./web}`'],
  ],
  [
    'a tab as indentation',
    'services:\n\tweb: {command: ./web}\n',
    ['2:1 this line is indented with a tab => indent with spaces'],
  ],
  [
    'an open bracket',
    'services:\n  web: {command: [./web}\n',
    [
      '2:24 this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ] => check quotes, brackets and indentation on this line and the one before',
    ],
  ],
  [
    'an open quote',
    'services:\n  web: {command: "./web}\n',
    ['3:1 a quote is opened and not closed up to here => close it where the text ends'],
  ],
  [
    'a colon in a plain text',
    'services:\n  web: command: ./web\n',
    [
      '2:8 this is not YAML: Nested mappings are not allowed in compact mappings => put a value that holds `: ` in quotes, and check the indentation',
    ],
  ],
  [
    'two documents',
    'services: {web: {command: ./web}}\n---\nservices: {}\n',
    ['2:1 the file holds more than one YAML document => remove the `---` and all that follows it'],
  ],
  [
    'a tag',
    'services: !reset {web: {command: ./web}}\n',
    ['1:11 this is a YAML tag, which booty.yaml does not know => remove the tag'],
  ],
  [
    'a bad escape',
    'services: {web: {command: "C:\\q"}}\n',
    ['1:30 this is not YAML: Invalid escape sequence \\q => write \\\\ for a backslash, or use single quotes'],
  ],
  [
    'a duplicate service',
    'services:\n  web: {command: ./web}\n  api: {command: ./api}\n  web: {command: ./other}\n',
    ['4:3 the key "web" is there twice, first in line 2 => remove or rename one of the two'],
  ],
  [
    'a duplicate key',
    'services:\n  web:\n    command: ./web\n    command: ./b\n',
    ['4:5 the key "command" is there twice, first in line 3 => remove or rename one of the two'],
  ],
  [
    'an alias without its anchor',
    'services:\n  web:\n    command: ./web\n    environment: *base\n',
    [
      '4:18 no anchor &base stands before this alias => define it above with &base, or put a value that begins with * in quotes',
    ],
  ],
  [
    'an alias inside its anchor',
    'services: &all\n  web: *all\n',
    ['2:8 this alias stands inside what it refers to => write the value out'],
  ],
  [
    'a merge of something that is no map',
    'services:\n  web:\n    command: ./web\n    <<: 3\n',
    ['4:5 << merges something that is no map => write <<: *name, where name is the anchor of a map above'],
  ],
  [
    'an unquoted reference in brackets',
    'services:\n  web:\n    command: ./web\n    profiles: [${{ ports.http }}]\n',
    ['4:17 this is not YAML: Missing , or : between flow sequence items => quote it: "${{ ports.http }}"'],
  ],
  [
    'an unquoted variable in braces',
    'services:\n  web:\n    command: ./web\n    ports: {http: ${PORT}}\n',
    ['4:20 this is not YAML: Unexpected flow-map-start at node end => quote it: "${PORT}"'],
  ],
  [
    'a list as a key',
    'services:\n  ? [a]\n  : {command: ./web}\n',
    ['2:5 this cannot be a key => write a plain word as the key'],
  ],
  [
    'brackets nested too deeply',
    'a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[',
    ['1:1 brackets are nested deeper than 200 => write it flat'],
  ],
  [
    'a NUL character',
    'services:\n  web:\n    command: ./web\n    working_dir: "a\\0b"\n',
    ['4:18 the text holds a NUL character => remove the \\0'],
  ],
];
