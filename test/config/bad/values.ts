import type { BadFile } from '../in-folder.ts';

/** Files with bad values. */
export const badValues: readonly BadFile[] = [
  [
    'a command that is a map',
    'services:\n  web:\n    command: {run: ./web}\n',
    [
      '3:14 services.web.command expects a string or a list of strings, found a map => write for example `command: ./server --port 8080`',
    ],
  ],
  [
    'an item of a command that is a map',
    'services:\n  web:\n    command: [./web, {a: 1}]\n',
    ['3:22 services.web.command.1 expects text, found a map => write for example `command: ./server --port 8080`'],
  ],
  [
    'a command with an open quote',
    'services:\n  web:\n    command: ./web "two words\n',
    [
      '3:20 services.web.command: the command has an opening " without its closing one => close the quote, write \\" for the character itself, or write the command as a list',
    ],
  ],
  [
    'a command that ends in a backslash',
    "services:\n  web:\n    command: './web \\'\n",
    ['3:14 services.web.command: the command ends in a lone backslash => remove it, or write \\\\ for one backslash'],
  ],
  [
    'an empty command',
    'services:\n  web:\n    command: ""\n',
    [
      '3:5 services.web has nothing to run: neither a command nor a component => write `command: ./web` or `component: nats-server`',
    ],
  ],
  [
    'an empty list as a command',
    'services:\n  web:\n    command: []\n',
    [
      '3:5 services.web has nothing to run: neither a command nor a component => write `command: ./web` or `component: nats-server`',
    ],
  ],
  [
    'a command without a value',
    'services:\n  web:\n    command:\n',
    [
      '3:13 services.web.command expects a string or a list of strings, found nothing => write for example `command: ./server --port 8080`',
    ],
  ],
  [
    'neither command nor component',
    'services:\n  web: {restart: always}\n',
    [
      '2:3 services.web has nothing to run: neither a command nor a component => write `command: ./web` or `component: nats-server`',
    ],
  ],
  [
    'a version in the component',
    'services:\n  web: {component: nats-server@2.10}\n',
    [
      '2:20 services.web.component: "nats-server@2.10" holds a version => write component: nats-server and version: "2.10"',
    ],
  ],
  [
    'a bad component',
    'services:\n  web: {component: "Nats Server"}\n',
    ['2:20 services.web.component: "Nats Server" is no name of a component => write its name: component: nats-server'],
  ],
  [
    'a bad range',
    'services:\n  web: {component: nats-server, version: newest}\n',
    [
      '2:42 services.web.version: "newest" is no range of versions => write a version or a range: 2, 2.10, 2.10.27, ^2.10, ">=2.10 <3"',
    ],
  ],
  [
    'a version without a component',
    'services:\n  web:\n    command: ./web\n    version: 2\n',
    ['4:5 services.web.version has no meaning without component => write `component: ...`, or remove it'],
  ],
  [
    'a duration without a unit',
    'services:\n  web:\n    command: ./web\n    stop_grace_period: 10\n',
    [
      '4:24 services.web.stop_grace_period: the duration 10 has no unit => write the unit: 10s for seconds, 10ms for milliseconds',
    ],
  ],
  [
    'a bad duration',
    'services:\n  web:\n    command: ./web\n    stop_grace_period: soon\n',
    [
      '4:24 services.web.stop_grace_period: "soon" is no duration => write numbers with the units us, ms, s, m, h: 500ms, 10s, 1m30s, 24h',
    ],
  ],
  [
    'a duration in days',
    'services:\n  web:\n    command: ./web\n    stop_grace_period: 2d\n',
    [
      '4:24 services.web.stop_grace_period: "2d" is no duration => write numbers with the units us, ms, s, m, h: 500ms, 10s, 1m30s, 24h',
    ],
  ],
  [
    'a duration beyond any timer',
    'services:\n  web:\n    command: ./web\n    stop_grace_period: 600h\n',
    [
      '4:24 services.web.stop_grace_period: the duration 600h is longer than 596h (24 days) => write a shorter one: 24h',
    ],
  ],
  [
    'an unknown signal',
    'services:\n  web:\n    command: ./web\n    stop_signal: SIGTREM\n',
    [
      '4:18 services.web.stop_signal: there is no signal SIGTREM; did you mean "SIGTERM"? => write a name or a number: SIGTERM, SIGINT, SIGQUIT, 15',
    ],
  ],
  [
    'a signal number that is none',
    'services:\n  web:\n    command: ./web\n    stop_signal: 99\n',
    ['4:18 services.web.stop_signal: there is no signal 99 => write a name or a number: SIGTERM, SIGINT, SIGQUIT, 15'],
  ],
  [
    'a signal that ends nothing',
    'services:\n  web:\n    command: ./web\n    stop_signal: SIGCONT\n',
    ['4:18 services.web.stop_signal: SIGCONT does not end a process => write SIGTERM, SIGINT or SIGQUIT'],
  ],
  [
    'a mistyped restart',
    'services:\n  web:\n    command: ./web\n    restart: allways\n',
    [
      '4:14 services.web.restart: "allways" is no restart policy; did you mean "always"? => write no, always, on-failure, on-failure:5 or unless-stopped',
    ],
  ],
  [
    'restart: true',
    'services:\n  web:\n    command: ./web\n    restart: true\n',
    [
      '4:14 services.web.restart: true is no restart policy => write no, always, on-failure, on-failure:5 or unless-stopped',
    ],
  ],
  [
    'restart with a bad count',
    'services:\n  web:\n    command: ./web\n    restart: on-failure:many\n',
    [
      '4:14 services.web.restart: "on-failure:many" is no restart policy => write no, always, on-failure, on-failure:5 or unless-stopped',
    ],
  ],
  [
    'a number as restart',
    'services:\n  web:\n    command: ./web\n    restart: 3\n',
    ['4:14 services.web.restart expects a word, found 3 => write for example `restart: on-failure:5`'],
  ],
  [
    'a bad log',
    'services:\n  web:\n    command: ./web\n    log: syslog\n',
    ['4:10 services.web.log cannot be "syslog" => write file or pipe'],
  ],
  [
    'a bad stop_scope',
    'services:\n  web:\n    command: ./web\n    stop_scope: groups\n',
    ['4:17 services.web.stop_scope cannot be "groups"; did you mean "group"? => write process, group or tree'],
  ],
  [
    'a bad on_unhealthy',
    'services:\n  web:\n    command: ./web\n    healthcheck: {tcp: "127.0.0.1:80"}\n    on_unhealthy: reboot\n',
    ['5:19 services.web.on_unhealthy cannot be "reboot" => write restart'],
  ],
  [
    'on_unhealthy without a healthcheck',
    'services:\n  web:\n    command: ./web\n    on_unhealthy: restart\n',
    ['4:5 services.web.on_unhealthy has no healthcheck to act on => write a healthcheck, or remove it'],
  ],
  [
    'a name as bind',
    'services:\n  web:\n    command: ./web\n    bind: localhost\n',
    ['4:11 services.web.bind: "localhost" is no IP address => write bind: 127.0.0.1'],
  ],
  [
    'a star as bind',
    'services:\n  web:\n    command: ./web\n    bind: "*"\n',
    ['4:11 services.web.bind: "*" is no IP address => write bind: 0.0.0.0'],
  ],
  [
    'profiles as a text',
    'services:\n  web:\n    command: ./web\n    profiles: debug\n',
    ['4:15 services.web.profiles expects a list, found "debug" => write for example `profiles: [debug]`'],
  ],
  [
    'a bad profile',
    'services:\n  web:\n    command: ./web\n    profiles: [ok, "not ok"]\n',
    [
      '4:20 services.web.profiles.1 expects a name of letters, digits, _ . -, found "not ok" => write for example `profiles: [debug]`',
    ],
  ],
  [
    'too many open files at once',
    'services:\n  web:\n    command: ./web\n    ulimits: {nofile: 0}\n',
    ['4:23 services.web.ulimits.nofile: 0 is not allowed here => write a whole number from 1 to 1073741816'],
  ],
  [
    'soft above hard',
    'services:\n  web:\n    command: ./web\n    ulimits: {nofile: {soft: 10, hard: 5}}\n',
    ['4:23 services.web.ulimits.nofile: soft (10) is above hard (5) => write soft: 5'],
  ],
  [
    'hard missing',
    'services:\n  web:\n    command: ./web\n    ulimits: {nofile: {soft: 10}}\n',
    ['4:15 services.web.ulimits.nofile.hard is missing: expected a whole number => write for example `hard: 65536`'],
  ],
  [
    'another limit',
    'services:\n  web:\n    command: ./web\n    ulimits: {nproc: 10}\n',
    ['4:15 services.web.ulimits has no key "nproc" => remove it, or write one of: nofile'],
  ],
  [
    'an environment that is a text',
    'services:\n  web:\n    command: ./web\n    environment: A=b\n',
    [
      '4:18 services.web.environment expects a map or a list of NAME=value, found "A=b" => write for example `environment: {LEVEL: debug}`',
    ],
  ],
  [
    'a list in the environment',
    'services:\n  web:\n    command: ./web\n    environment: {A: [1]}\n',
    ['4:22 services.web.environment.A expects text, found a list => write for example `environment: {LEVEL: debug}`'],
  ],
  [
    'an environment entry without a name',
    'services:\n  web:\n    command: ./web\n    environment: ["=b"]\n',
    ['4:18 services.web.environment: "" is no name of a variable => write NAME=value'],
  ],
  [
    'an environment entry twice',
    'services:\n  web:\n    command: ./web\n    environment: [A=1, A=2]\n',
    ['4:18 services.web.environment: the variable A is there twice => remove one of the two'],
  ],
  [
    'a variable name with a blank',
    'services:\n  web:\n    command: ./web\n    environment: {"A B": 1}\n',
    ['4:19 services.web.environment.A B: this name is not allowed: expected a name without blanks and = => rename it'],
  ],
  [
    'the home folder of the shell',
    'services:\n  web:\n    command: ./web\n    working_dir: ~/web\n',
    ['4:18 services.web.working_dir: ~ is a word of the shell => write working_dir: ${HOME}/web'],
  ],
  [
    'an empty working_dir',
    'services:\n  web:\n    command: ./web\n    working_dir: ""\n',
    ['4:18 services.web.working_dir: this is empty => write working_dir: ./web'],
  ],
  [
    'an env_file that is missing',
    'services:\n  web:\n    command: ./web\n    env_file: ./web.env\n',
    [
      '4:15 env_file ./web.env does not exist (looked for FOLDER/web.env) => write the file, or `env_file: [{path: ./web.env, required: false}]`',
    ],
  ],
  [
    'an env_file in a list that is missing',
    'services:\n  web:\n    command: ./web\n    env_file:\n      - path: a.env\n        required: false\n      - b.env\n',
    [
      '7:9 env_file b.env does not exist (looked for FOLDER/b.env) => write the file, or `env_file: [{path: b.env, required: false}]`',
    ],
  ],
  [
    'an env_file that holds a reference',
    'services:\n  web:\n    command: ./web\n    env_file: "${{ dirs.data }}/a"\n',
    ['4:15 services.web.env_file: a path of env_file cannot hold ${{ … }}: it is read first => write the path itself'],
  ],
];
