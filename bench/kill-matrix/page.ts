import type { Row } from './row.ts';

/** The page `docs/kill-matrix.md`, from rows that were just measured. */
export const killMatrixPage = (options: {
  readonly rows: readonly Row[];
  readonly failed: readonly string[];
  readonly missing: readonly string[];
  readonly machine: string;
  readonly seconds: { readonly first: number; readonly second: number; readonly inAll: number };
}): string => {
  const { rows, failed, missing, machine, seconds } = options;
  const cells = rows.map((row) => [
    `${row.name} ${row.version}`,
    row.asked,
    row.first,
    row.second,
    row.inAll,
    row.killed,
    row.closed,
    row.modesAfterQuit,
    row.modesAfterKill,
  ]);
  const head = [
    '',
    'asked by',
    `1st, +${seconds.first} s`,
    `2nd, +${seconds.second} s`,
    `${seconds.inAll} s in all`,
    'supervisor kill -9',
    'terminal closed',
    'terminal after quit',
    'terminal after kill -9',
  ];
  return `<!-- Made by \`npm run bench:kill-matrix\` from a real run; do not edit. -->

# Who is left alive

Every program below is given the same three services on a terminal of its own, and the same three things happen to it:
it is asked to end once and then again, it is killed with -9, its terminal is closed. The table names what still runs.

Measured: ${machine}.

${table(head, cells)}
${notes('Could not be measured', failed)}${notes('Not had here, so left out', missing)}
## How to read it

- \`tree\` ends on SIGTERM, SIGINT and SIGHUP and has two children: \`same-group\`, in its process group, and \`setsid\`, in a
  session of its own. \`stubborn\` ignores all three signals. \`daemoniser\` obeys, and has made \`daemon\` by the classic
  double fork. ALL: every one of the six.
- Who is alive is told by pid and start time, which each process noted when it began; zombies count as dead. What is left
  is ended by the benchmark itself, by pid, found by those notes and by a variable in its environment.
- *2nd* and *in all* are empty when nothing was left to do. *In all* counts from the first time of asking; killed and
  closed are given the same ${seconds.inAll} s. A time in brackets is how long it took until nobody was left.
- For booty, *kill -9* is meant for its daemon and for the program on the terminal, both at once, and its services run
  on **on purpose**: a database is not killed because its supervisor died. A successor takes them over as they are, and
  \`booty down\` then clears everything, which is what the rest of that cell shows. Closing the terminal of a tied stack takes it down in order, so \`stubborn\` has its
  grace of 10 s first.
- pm2 is a daemon too: it does not mind the terminal by design, and \`pm2 kill\` is how it is asked. Under overmind the
  services belong to a tmux server, which is not what is killed here.
- *Terminal*: the line settings (\`stty -g\`) before and after, and the last setting of the alternate screen, the mouse, the
  cursor and bracketed paste in what was written; looked at one second after the program is gone. (booty's guard gives
  the line settings back 0.2 s after a kill -9, when a shell with a line editor has set its own; \`test/terminal/killed.test.ts\`.)
`;
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');

const notes = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${title}:\n\n${lines.map((line) => `- ${line}\n`).join('')}`;
