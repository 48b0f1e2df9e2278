import { row } from './row.ts';

/** Errors of the daemon room. A code never changes its meaning once released. */
export const daemonErrors = {
  DAEMON_UNREACHABLE: row<{ stack: string; socket: string; found: string }>({
    kind: 'world',
    exitCode: 3,
    message: (facts) => `the daemon of stack ${facts.stack} does not answer at ${facts.socket}: ${facts.found}`,
    hint: (facts) => `start it with: booty up -d --stack ${facts.stack}`,
  }),
  DAEMON_SILENT: row<{ stack: string; pid: number | null; afterMs: number }>({
    kind: 'world',
    exitCode: 3,
    message: ({ stack, pid, afterMs }) =>
      `the daemon of stack ${stack}${pid === null ? '' : ` (pid ${pid})`} takes connections and has not answered for ${afterMs / 1000} s`,
    hint: ({ pid }) =>
      `was it stopped? kill -CONT ${pid ?? 'PID'}; if that does not help: kill -9 ${pid ?? 'PID'} (services run on, and the next command starts another)`,
  }),
  SERVICE_UNKNOWN: row<{ service: string; stack: string; known: readonly string[] }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `stack ${facts.stack} has no service ${facts.service} (it has: ${facts.known.join(', ')})`,
    hint: () => 'see them with: booty ps',
  }),
  USAGE: row<{ problem: string; usage: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => facts.problem,
    hint: (facts) => `usage: ${facts.usage}`,
  }),
  PORT_UNUSABLE: row<{ bind: string; port: number; problem: string }>({
    kind: 'world',
    exitCode: 4,
    message: (facts) => `cannot listen on ${facts.bind}:${facts.port}: ${facts.problem}`,
    hint: () => 'write a port above 1023 and an address of this machine, or `auto` for any free port',
  }),
  COMMAND_NOT_RUN: row<{ command: string; problem: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `could not run ${facts.command}: ${facts.problem}`,
    hint: (facts) => `see what the system says with: command -v ${facts.command.split(' ', 1)[0]}`,
  }),
  SERVICE_NOT_STARTED: row<{ service: string; command: string; problem: string }>({
    kind: 'user',
    exitCode: 4,
    message: (facts) => `could not start ${facts.service} (${facts.command}): ${facts.problem}`,
    hint: (facts) =>
      `mend \`command\` or \`working_dir\` of ${facts.service} in booty.yaml, then: booty start ${facts.service}`,
  }),
  SIGNAL_REFUSED: row<{ service: string; signal: string; pid: number; problem: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `could not send ${facts.signal} to pid ${facts.pid} of ${facts.service}: ${facts.problem}`,
    hint: (facts) => `it may run as another user; end it by hand: sudo kill ${facts.pid}`,
  }),
  SERVICE_NOT_RUNNING: row<{ service: string; state: string }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `${facts.service} does not run, it is ${facts.state}`,
    hint: (facts) => `start it with: booty start ${facts.service}`,
  }),
  SERVICE_NOT_INSTALLED: row<{ service: string }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `the binary of ${facts.service} is not there yet, so it has no environment to speak of`,
    hint: (facts) => `start it once with: booty start ${facts.service}`,
  }),
  LOG_PATTERN_BAD: row<{ pattern: string; problem: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => facts.problem,
    hint: () => 'put a backslash before ( ) [ ] { } . * + ? ^ $ | to look for the character itself',
  }),
  LOG_PATTERN_SLOW: row<{ pattern: string; service: string }>({
    kind: 'user',
    exitCode: 2,
    message: (facts) => `looking for \`${facts.pattern}\` in one line of ${facts.service} takes too long`,
    hint: () => 'write it without a repetition inside a repetition, such as (a+)+',
  }),
  ASSERTION: row<{ claim: string }>({
    kind: 'bug',
    exitCode: 1,
    message: (facts) => `booty found itself in a state it holds impossible: ${facts.claim}`,
    hint: () => 'please report this with the output of: booty events --json',
  }),
  SOCKET_PATH_TOO_LONG: row<{ path: string; bytes: number; bytesMax: number }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) =>
      `the socket's path would be ${facts.bytes} bytes, the system allows ${facts.bytesMax}: ${facts.path}`,
    hint: () => 'set XDG_RUNTIME_DIR (or TMPDIR) to a folder with a shorter path',
  }),
  FOLDER_UNUSABLE: row<{ path: string; why: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `booty cannot use its folder ${facts.path}: ${facts.why}`,
    hint: () => 'make it writable for this user, or set BOOTY_HOME to a folder that is',
  }),
  DAEMON_RUNNING: row<{ stack: string; pid: number }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `the daemon of stack ${facts.stack} runs already as pid ${facts.pid}`,
    hint: (facts) => `see it with: booty ps --stack ${facts.stack}`,
  }),
  RUN_FILE_NEWER: row<{ stack: string; path: string; format: string }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) =>
      `stack ${facts.stack} is run by a newer booty: ${facts.path} has format ${facts.format}, which this one cannot read`,
    hint: (facts) => `use the newer booty, or end the stack with it: booty down --stack ${facts.stack}`,
  }),
  DAEMON_NOT_STARTED: row<{ stack: string; why: string; log: string }>({
    kind: 'world',
    exitCode: 3,
    message: (facts) => `the daemon of stack ${facts.stack} did not start: ${facts.why}`,
    hint: (facts) => `read its log: ${facts.log}`,
  }),
  STACK_STOPPING: row<{ stack: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `stack ${facts.stack} is on its way down`,
    hint: () => 'try again in a moment',
  }),
  STACK_DOWN: row<{ stack: string }>({
    kind: 'user',
    exitCode: 3,
    message: (facts) => `stack ${facts.stack} is not running`,
    hint: () => 'start it with: booty up -d',
  }),
  STACK_OF_ANOTHER_USER: row<{ stack: string; owner: number; own: number }>({
    kind: 'user',
    exitCode: 1,
    message: (facts) => `stack ${facts.stack} belongs to the user with id ${facts.owner}; you are ${facts.own}`,
    hint: (facts) =>
      `call booty as that user (sudo -u '#${facts.owner}' booty …), or set BOOTY_HOME to a folder of your own`,
  }),
  FILE_REFUSED: row<{ path: string; why: string }>({
    kind: 'world',
    exitCode: 1,
    message: (facts) => `the system does not let booty use ${facts.path}: ${facts.why}`,
    hint: (facts) =>
      facts.why === 'EROFS'
        ? 'its disk is mounted for reading only: mount it anew, or set BOOTY_HOME to a folder on another one'
        : `see whose it is: ls -ld ${facts.path}; or set BOOTY_HOME to a folder of your own`,
  }),
};
