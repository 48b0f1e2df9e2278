/** What each key is for, and a line to copy: shown by editors through the JSON schema and in the fixes of errors. */
export const keyHelp = {
  name: { about: 'Name of the stack; else made of the folder.', example: 'shop' },
  version: { about: 'Range of versions of the component (npm grammar); a bare 2 means 2.x.', example: '^2.10' },
  update_check: {
    about: 'false: newer versions are looked for only when asked, not by itself twice a day.',
    example: 'false',
  },
  services: { about: 'The services of the stack by name.', example: '{web: {command: ./web}}' },
  component: { about: 'A system booty knows how to fetch and run.', example: 'nats-server' },
  command: {
    about: 'What to run: a list, or a string that is split without a shell. Extra arguments when component is written.',
    example: './server --port 8080',
  },
  environment: {
    about: 'Environment variables; one without a value is taken from your own.',
    example: '{LEVEL: debug}',
  },
  env_file: { about: 'Files of NAME=value lines, below environment.', example: './web.env' },
  working_dir: { about: 'Folder the command runs in, seen from this file.', example: './web' },
  depends_on: {
    about: 'What must be there first: a list (started) or a map with a condition each.',
    example: '{db: {condition: service_healthy}}',
  },
  condition: { about: 'What to wait for.', example: 'service_healthy' },
  required: { about: 'false: start even when the other cannot.', example: 'false' },
  healthcheck: { about: 'How to ask whether the service is well.', example: '{http: "http://127.0.0.1:8080/health"}' },
  test: { about: 'A command that succeeds when all is well.', example: '["CMD", "./check", "--quick"]' },
  http: {
    about: 'URL that answers 2xx or 3xx when all is well.',
    example: '"http://127.0.0.1:${{ ports.http }}/health"',
  },
  tcp: { about: 'host:port that takes a connection when all is well.', example: '"127.0.0.1:${{ ports.http }}"' },
  exec: { about: 'Command, as a list, that exits 0 when all is well.', example: '["./check", "--quick"]' },
  log: {
    about:
      'In a service: whether it writes its log to a file or a pipe. In a healthcheck: a regular expression that its output shows when ready.',
    example: 'pipe',
  },
  file: { about: 'Path of a file that exists when all is well.', example: './ready' },
  interval: { about: 'Between two checks.', example: '10s' },
  timeout: { about: 'For one check.', example: '3s' },
  retries: { about: 'Failures in a row that mean unhealthy.', example: '3' },
  start_period: { about: 'Time to start in, during which failures do not count.', example: '30s' },
  start_interval: { about: 'Between two checks during start_period.', example: '1s' },
  disable: { about: 'true: no check.', example: 'true' },
  on_unhealthy: { about: 'What to do with a service that became unhealthy.', example: 'restart' },
  restart: { about: 'When to start it again after it ended.', example: 'on-failure:5' },
  stop_signal: { about: 'Signal that asks it to end.', example: 'SIGINT' },
  stop_grace_period: { about: 'Time to end in before SIGKILL.', example: '30s' },
  stop_scope: { about: 'Whom the stop signal reaches: process, group or tree.', example: 'group' },
  pid: {
    about: 'private: it sees only its own processes, and all of them end with it, whatever they do (Linux).',
    example: 'private',
  },
  ports: {
    about: 'Ports it listens on, by name; a number is strict, auto takes any free one.',
    example: '{http: 8080}',
  },
  offers: {
    about: 'What others find at its ports: the kind (metrics, http-route, ...) and the path, or {port, path}.',
    example: '{metrics: /metrics}',
  },
  port: { about: 'Name of one of its ports; the first one unless written.', example: 'http' },
  bind: { about: 'IP address its listeners bind to.', example: '127.0.0.1' },
  profiles: { about: 'Starts only when one of these profiles is chosen.', example: '[debug]' },
  ulimits: { about: 'Limits of the process; booty sets nofile.', example: '{nofile: 65536}' },
  nofile: { about: 'Open files at most.', example: '65536' },
  soft: { about: 'Open files at most.', example: '65536' },
  hard: { about: 'Up to where the process may raise soft itself.', example: '65536' },
  path: { about: 'Path of the file, seen from this one.', example: './web.env' },
} as const satisfies Readonly<Record<string, { readonly about: string; readonly example: string }>>;

export type HelpedKey = keyof typeof keyHelp;

/** Whether there is help for the key. */
export const isHelped = (key: string): key is HelpedKey => Object.hasOwn(keyHelp, key);
