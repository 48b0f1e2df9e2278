/**
What a service may put in the place of its own log: a named pipe, a folder, a link to elsewhere, a link to itself. Nobody may
wait for that for ever, nothing behind it is read or emptied, and no other service's lines may be missing for it.
*/
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { assertNothingLeft, makeBooty, serviceOf } from '../terminal/booty.ts';
import { until } from '../until.ts';

const places = ['fifo', 'folder', 'link', 'loop'] as const;

const yaml = `
name: shop
services:
${places.map((name) => `  ${name}: {command: [sh, -c, 'echo ${name} up; exec sleep 1000']}\n`).join('')}
  good: {command: [sh, -c, 'n=0; while :; do n=$$((n+1)); echo line $$n; sleep 0.02; done']}
`;

test.serial('what lies in the place of a log that is none is left alone, and holds up nobody', async (t) => {
  const booty = makeBooty(t, yaml);
  const up = await booty.run(['up', '-d', '--wait']);
  t.is(up.code, 0, up.stderr);
  const logOf = (service: string): string => path.join(booty.home, 'stacks', 'shop', 'logs', `${service}.log`);
  const elsewhere = path.join(booty.folder, 'elsewhere');
  writeFileSync(elsewhere, 'not a log\n');
  for (const name of places) rmSync(logOf(name));
  execFileSync('mkfifo', [logOf('fifo')]);
  mkdirSync(logOf('folder'));
  symlinkSync(elsewhere, logOf('link'));
  symlinkSync(logOf('loop'), logOf('loop'));
  const told = async (): Promise<number> =>
    (await booty.run(['events', '--json'])).stdout.split('\n').filter((line) => line.includes('log.shrank')).length;
  await until('the loss of each is told', async () => (await told()) === places.length);

  for (const words of [[], ['--grep', 'not a log'], ...places.map((name) => [name, '--raw'])]) {
    const { code, stdout, stderr } = await booty.run(['logs', ...words]);
    t.is(code, 0, `${words.join(' ')}: ${stderr}`);
    t.notRegex(stdout, /not a log/);
  }
  const lines = (await booty.run(['logs', 'good', '--raw'])).stdout.trimEnd().split('\n');
  t.deepEqual(
    lines,
    lines.map((_, index) => `line ${index + 1}`),
  );
  // Nobody reads the pipe: whoever opened it to write would wait.
  const restart = await booty.run(['restart', 'fifo']);
  t.not(restart.code, 0);
  const { state, reason } = serviceOf(await booty.ps(), 'fifo');
  t.is(state, 'failed');
  t.regex(reason ?? '', /fifo\.log is a pipe, not a file/);
  t.is((await booty.run(['down'])).code, 0);
  t.is(readFileSync(elsewhere, 'utf8'), 'not a log\n');
  t.is((await booty.run(['logs', 'fifo', '--raw'])).stdout, '');
  await assertNothingLeft(t, booty);
});
