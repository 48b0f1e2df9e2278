import type { BadFile } from '../in-folder.ts';

/** Files with bad healthchecks. */
export const badHealthchecks: readonly BadFile[] = [
  [
    'two probes',
    'services:\n  web:\n    command: ./web\n    healthcheck: {http: "http://127.0.0.1:80/", tcp: "127.0.0.1:80"}\n',
    ['4:18 services.web.healthcheck: there are 2 probes: http, tcp => keep one of them'],
  ],
  [
    'nothing to ask',
    'services:\n  web:\n    command: ./web\n    healthcheck: {interval: 3s}\n',
    ['4:5 services.web.healthcheck asks nothing => add one of test, http, tcp, exec, log, file'],
  ],
  [
    'a path as http',
    'services:\n  web:\n    command: ./web\n    healthcheck: {http: /health}\n',
    [
      '4:25 services.web.healthcheck.http: "/health" is no http URL => write the whole of it: http: "http://127.0.0.1:${{ ports.http }}/health"',
    ],
  ],
  [
    'a URL of another kind',
    'services:\n  web:\n    command: ./web\n    healthcheck: {http: "ftp://127.0.0.1/"}\n',
    [
      '4:25 services.web.healthcheck.http: "ftp://127.0.0.1/" is no http URL => write the whole of it: http: "http://127.0.0.1:${{ ports.http }}/health"',
    ],
  ],
  [
    'a port alone as tcp',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: 5432}\n',
    ['4:24 services.web.healthcheck.tcp: "5432" is no host:port => write tcp: "127.0.0.1:5432"'],
  ],
  [
    'tcp without a port',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: localhost}\n',
    ['4:24 services.web.healthcheck.tcp: "localhost" is no host:port => write tcp: "127.0.0.1:${{ ports.http }}"'],
  ],
  [
    'tcp with a port that is none',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: "localhost:70000"}\n',
    [
      '4:24 services.web.healthcheck.tcp: "localhost:70000" is no host:port => write tcp: "127.0.0.1:${{ ports.http }}"',
    ],
  ],
  [
    'exec as a text',
    'services:\n  web:\n    command: ./web\n    healthcheck: {exec: ./check}\n',
    [
      '4:25 services.web.healthcheck.exec expects a list, found "./check" => write for example `exec: ["./check", "--quick"]`',
    ],
  ],
  [
    'an empty exec',
    'services:\n  web:\n    command: ./web\n    healthcheck: {exec: []}\n',
    ['4:25 services.web.healthcheck.exec: this is an empty list => write exec: ["./check"]'],
  ],
  [
    'a bad regular expression',
    'services:\n  web:\n    command: ./web\n    healthcheck: {log: "(ready"}\n',
    [
      '4:24 services.web.healthcheck.log: "(ready" is no regular expression: Invalid regular expression: /(ready/: Unterminated group => mend it; a backslash before ( ) [ ] { } . * + ? makes it a plain character',
    ],
  ],
  [
    'a test without its word',
    'services:\n  web:\n    command: ./web\n    healthcheck: {test: [curl, localhost]}\n',
    [
      '4:25 services.web.healthcheck.test: a test begins with NONE, CMD or CMD-SHELL, not with "curl" => write ["NONE"], ["CMD", "./check", "--quick"] or ["CMD-SHELL", "./check | grep ok"]',
    ],
  ],
  [
    'CMD without a command',
    'services:\n  web:\n    command: ./web\n    healthcheck: {test: [CMD]}\n',
    [
      '4:25 services.web.healthcheck.test: CMD is followed by 0 words => write ["NONE"], ["CMD", "./check", "--quick"] or ["CMD-SHELL", "./check | grep ok"]',
    ],
  ],
  [
    'CMD-SHELL with two words',
    'services:\n  web:\n    command: ./web\n    healthcheck: {test: [CMD-SHELL, a, b]}\n',
    [
      '4:25 services.web.healthcheck.test: CMD-SHELL is followed by 2 words => write ["NONE"], ["CMD", "./check", "--quick"] or ["CMD-SHELL", "./check | grep ok"]',
    ],
  ],
  [
    'an empty test',
    'services:\n  web:\n    command: ./web\n    healthcheck: {test: ""}\n',
    ['4:25 services.web.healthcheck.test: this is empty => write a command: test: ["CMD", "./check"]'],
  ],
  [
    'a bad interval',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: "127.0.0.1:80", interval: 5}\n',
    [
      '4:50 services.web.healthcheck.interval: the duration 5 has no unit => write the unit: 5s for seconds, 5ms for milliseconds',
    ],
  ],
  [
    'bad retries',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: "127.0.0.1:80", retries: -1}\n',
    ['4:49 services.web.healthcheck.retries: -1 is not allowed here => write a whole number from 0 to 1000000'],
  ],
  [
    'a bad disable',
    'services:\n  web:\n    command: ./web\n    healthcheck: {disable: maybe}\n',
    ['4:28 services.web.healthcheck.disable: "maybe" is neither true nor false => write true or false'],
  ],
  [
    'a healthcheck that is a text',
    'services:\n  web:\n    command: ./web\n    healthcheck: /health\n',
    [
      '4:18 services.web.healthcheck expects a map, found "/health" => write for example `healthcheck: {http: "http://127.0.0.1:8080/health"}`',
    ],
  ],
  [
    'an empty file',
    'services:\n  web:\n    command: ./web\n    healthcheck: {file: ""}\n',
    ['4:25 services.web.healthcheck.file: this is empty => write file: ./ready'],
  ],
];
