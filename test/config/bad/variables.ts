import type { BadFile } from '../in-folder.ts';

/** Files with bad variables. */
export const badVariables: readonly BadFile[] = [
  [
    'a required one with a message',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${NAME:?the name of the shop}"}\n',
    [
      '4:23 the variable NAME is required and not set: the name of the shop => set it in the environment or in .env beside this file: NAME=...',
    ],
  ],
  [
    'a required one without',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${NAME?}"}\n',
    [
      '4:23 the variable NAME is required and not set => set it in the environment or in .env beside this file: NAME=...',
    ],
  ],
  [
    'one that is not closed',
    'services:\n  web:\n    command: ./web\n    working_dir: ./${NAME\n',
    ['4:20 a ${ is not closed => close it with }, or write $${ for the text ${'],
  ],
  [
    'one that is none',
    'services:\n  web:\n    command: ./web\n    environment: {A: "x ${1A} y"}\n',
    [
      '4:25 ${1A} is no variable => write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+value}; $$ for the character $ itself',
    ],
  ],
  [
    'a dollar alone',
    'services:\n  web:\n    command: ./web\n    healthcheck: {log: "ready$"}\n',
    ['4:30 a $ stands before something that is no variable => write $$ for the character $ itself'],
  ],
  [
    'a default that fails',
    'services:\n  web:\n    command: ./web\n    environment: {A: "${A:-${B:?no B}}"}\n',
    [
      '4:28 the variable B is required and not set: no B => set it in the environment or in .env beside this file: B=...',
    ],
  ],
  [
    'in the middle of a line',
    'services:\n  web:\n    command: ./web\n    working_dir: ./some/where/${X:?gone}/else\n',
    [
      '4:31 the variable X is required and not set: gone => set it in the environment or in .env beside this file: X=...',
    ],
  ],
  [
    'a port from a variable',
    'services:\n  web:\n    command: ./web\n    ports: {http: "${PORT:-http}"}\n',
    ['4:19 services.web.ports.http: "http" is no port => write a number from 1 to 65535, or auto for any free one'],
  ],
];
