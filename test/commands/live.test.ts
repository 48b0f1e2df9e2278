/**
The commands around a running stack, called as people call them: a process each, without a terminal, against a real
daemon with small services. One stack for all, in order, as most of a command's time is the start of Node.
*/
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { ServiceRow } from '../../source/core/model.ts';
import { until } from '../until.ts';

const root = path.resolve(import.meta.dirname, '../..');
const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'booty-live-')));
const folder = path.join(base, 'shop');

type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const booty = async (...words: readonly string[]): Promise<Outcome> => {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const child = spawn(process.execPath, [path.join(root, 'dist', 'cli.js'), ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      BOOTY_HOME: path.join(base, 'home'),
      NODE_OPTIONS: '',
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  child.on('close', (code) => resolve({ code, stdout, stderr }));
  return promise;
};

const stack = `
name: live
services:
  web:
    command: [sh, -c, "trap 'echo hup' HUP; while :; do sleep 0.1; done"]
    environment: {GREETING: hello}
    ports: {http: auto}
    restart: always
`;

test.before(() => {
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'booty.yaml'), stack);
});

test.after.always(async () => {
  await booty('down', '--force');
  rmSync(base, { recursive: true, force: true });
});

test.serial('with: the stack is up around the command, whose output and exit code are its own', async (t) => {
  const { code, stdout, stderr } = await booty('with', '--', 'sh', '-c', 'echo "$BOOTY_STACK $WEB_URL"; exit 7');
  t.is(code, 7, stderr);
  t.regex(stdout, /^live http:\/\/127\.0\.0\.1:\d+\n$/);
  const { state } = JSON.parse((await booty('ps', '--json')).stdout) as { state: string };
  t.is(state, 'down');
});

test.serial('with: a command that does not exist is an error, and the stack goes down again', async (t) => {
  const { code, stderr } = await booty('with', 'no-such-command');
  t.is(code, 1);
  t.regex(stderr, /there is no no-such-command on PATH/);
  t.regex((await booty('ps')).stdout, /down/);
});

test.serial('exec: the environment and folder of the service, and the exit code', async (t) => {
  t.is((await booty('up', '-d', '--wait')).code, 0);
  const { code, stdout } = await booty('exec', 'web', 'sh', '-c', 'echo "$GREETING $PORT"; pwd; exit 3');
  t.is(code, 3);
  t.regex(stdout, new RegExp(`^hello \\d+\n${folder}\n$`));
  t.is((await booty('exec', 'web', 'sh', '-c', 'kill -TERM $$')).code, 128 + 15);
  t.is((await booty('exec', 'nobody', 'true')).code, 2);
});

test.serial('kill: a signal reaches the service; SIGKILL ends it, and its policy brings it back', async (t) => {
  t.is((await booty('kill', 'web', '-s', 'HUP')).code, 0);
  const { stdout } = await booty('kill', 'web', '--json');
  const { sent } = JSON.parse(stdout) as { sent: { signal: string; reached: number }[] };
  t.is(sent[0]?.signal, 'SIGKILL');
  t.true((sent[0]?.reached ?? 0) >= 1);
  await until('web is back', async () => {
    const { services } = JSON.parse((await booty('ps', '--json')).stdout) as { services: ServiceRow[] };
    return services[0]?.state === 'ready' && services[0].restarts >= 1;
  });
  t.is((await booty('kill', 'web', '-s', 'NOPE')).code, 2);
});

test.serial('events: what happened, also once the stack is down', async (t) => {
  const up = await booty('events', '--json');
  t.regex(up.stdout, /"type":"signal\.requested".*web is sent SIGHUP on request/);
  t.is((await booty('down')).code, 0);
  const down = await booty('events');
  t.regex(down.stdout, /web is sent SIGKILL on request/);
  t.is((await booty('events', '-f')).code, 3);
});

test.serial('stacks, __complete and doctor speak of it without waking it', async (t) => {
  const { stacks } = JSON.parse((await booty('stacks', '--json')).stdout) as { stacks: { name: string }[] };
  t.like(stacks, [{ name: 'live', state: 'down', daemon: null, lost: false, folder }]);
  t.is((await booty('__complete', 'service', 'stop')).stdout, 'web\n');
  const { findings } = JSON.parse((await booty('doctor', '--json')).stdout) as { findings: { id: string }[] };
  for (const id of ['node', 'platform', 'home', 'processes.kill', 'stack', 'port.web.http', 'source.apt']) {
    t.true(
      findings.some((finding) => finding.id === id),
      id,
    );
  }
  t.like(JSON.parse((await booty('ps', '--json')).stdout), { state: 'down' });
});

test.serial('destroy: asks first, then nothing is left', async (t) => {
  const asked = await booty('destroy');
  t.is(asked.code, 2);
  t.regex(asked.stderr, /-y/);
  const { code, stdout } = await booty('destroy', '-y', '--json');
  t.is(code, 0);
  t.true((JSON.parse(stdout) as { bytes: number }).bytes > 0);
  t.deepEqual(JSON.parse((await booty('stacks', '--json')).stdout), { stacks: [] });
});

test.serial('x: a tool nobody knows', async (t) => {
  const { code, stderr } = await booty('x', 'no-such-tool');
  t.is(code, 2);
  t.regex(stderr, /no component no-such-tool/);
});
