/** How the command line is read and told: other commands set off, every example sound, every option in every completion. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import test from 'ava';
import { commands } from '../../source/commands/commands.ts';
import { bashCompletion } from '../../source/commands/completion-bash.ts';
import { fishCompletion } from '../../source/commands/completion-fish.ts';
import { zshCompletion } from '../../source/commands/completion-zsh.ts';
import type { Command } from '../../source/commands/context.ts';
import { commandHelp } from '../../source/commands/help.ts';
import { signalNamed } from '../../source/commands/kill.ts';
import { parseOptions } from '../../source/commands/parse-options.ts';
import { setOffCommand } from '../../source/commands/set-off-command.ts';

const named = (name: string): Command => commands.find((command) => command.name === name) as Command;
const shown = commands.filter((command) => !command.hidden);

for (const [verb, line, expected] of [
  ['exec', 'web ls -l', 'web -- ls -l'],
  ['exec', '--stack shop web ls -l', '--stack shop web -- ls -l'],
  ['exec', 'web -- ls -l', 'web -- ls -l'],
  ['exec', 'web --stack shop -- ls', 'web --stack shop -- ls'],
  ['exec', 'web sh -c x -- y', 'web -- sh -c x -- y'],
  ['exec', 'web', 'web'],
  ['x', 'vmctl --version', 'vmctl -- --version'],
  ['x', '--help', '--help'],
  ['with', 'npm test --json', '-- npm test --json'],
  ['with', '-f a.yaml npm test', '-f a.yaml -- npm test'],
  ['with', '-- npm test', '-- npm test'],
  ['ps', 'a b --json', 'a b --json'],
] as const) {
  test(`${verb} ${line}`, (t) => {
    t.is(setOffCommand(named(verb), line.split(' ')).join(' '), expected);
  });
}

for (const command of shown) {
  test(`the examples of ${command.name} are lines it takes`, (t) => {
    const examples = command.examples ?? [];
    t.true(examples.length > 0);
    for (const example of examples) {
      const own = (/\bbooty [^|#)&>]*/.exec(example)?.[0] ?? '').trim().split(/\s+/);
      t.is(own[1], command.name, example);
      const args = [...setOffCommand(command, own.slice(2))];
      const { positionals } = parseArgs({ args, options: parseOptions(command), allowPositionals: true });
      t.true(positionals.length <= command.positionalsMax, example);
    }
  });

  test(`the help of ${command.name} says all`, (t) => {
    const page = commandHelp(command).join('\n');
    for (const name of Object.keys(command.options)) t.true(page.includes(`--${name}`), name);
    t.regex(page, /\nexit codes:\n {2}0 /);
    t.regex(page, /\nexamples:\n/);
    t.true(command.details.every((line) => line.length <= 120));
  });
}

for (const [shell, script] of [
  ['bash', bashCompletion(shown)],
  ['zsh', zshCompletion(shown)],
  ['fish', fishCompletion(shown)],
] as const) {
  test(`${shell} completes every command and option`, (t) => {
    for (const command of shown) {
      t.true(script.includes(command.name), command.name);
      for (const name of Object.keys(command.options)) {
        t.regex(script, new RegExp(`(--|-l )${name}\\b`), `${command.name} --${name}`);
      }
    }
  });
}

/** What bash would offer for the last word of a line; booty itself is a function that lists names. */
const bashOffers = (line: readonly string[]): readonly string[] => {
  const script = `${bashCompletion(shown)}
booty() { [ "$2" = service ] && echo nats web || echo shop; }
COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _booty
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  return stderr === '' ? stdout.trim().split('\n') : [stderr];
};

for (const [line, offers] of [
  [
    ['booty', 'sta'],
    ['start', 'stacks'],
  ],
  [
    ['booty', 'down', '--f'],
    ['--file', '--force'],
  ],
  [['booty', 'restart', 'n'], ['nats']],
  [['booty', 'down', '--stack', 's'], ['shop']],
  [
    ['booty', 'completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['booty', 'up', '--timeout', ''], ['']],
] as const) {
  test(`bash: ${line.join(' ')}`, (t) => {
    t.deepEqual([...bashOffers(line)].sort(), [...offers].sort());
  });
}

for (const [written, name] of [
  ['hup', 'SIGHUP'],
  ['SIGUSR1', 'SIGUSR1'],
  ['9', 'SIGKILL'],
] as const) {
  test(`the signal ${written}`, (t) => {
    t.is(signalNamed(written), name);
  });
}

test('a signal that is none', (t) => {
  t.throws(() => signalNamed('HUPP'), { code: 'USAGE', message: /HUPP/ });
});
