/**
Two users of one machine who give their stacks the same name: neither sees, reaches or disturbs the other's. Each has a
home of its own and no XDG_RUNTIME_DIR, so that both sockets lie below the shared temporary folder.
*/
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { StackRow } from '../../source/core/model.ts';
import { makeBooty, serviceOf, type Booty } from '../terminal/booty.ts';

const setpriv = '/usr/bin/setpriv';
const isRoot = process.getuid?.() === 0 && existsSync(setpriv);
const asRoot = isRoot ? test : test.skip;

const yaml = `
name: shared-name
services:
  web:
    command: [sleep, '1000']
    environment: {WORD: only-for-its-user}
`;

asRoot('two users with stacks of one name see nothing of each other (needs root and setpriv)', async (t) => {
  const ana = userOf(t, 61_001);
  const bob = userOf(t, 61_002);
  t.is((await ana.run(['up', '-d', '--wait'])).code, 0);

  const before = rowOf(await bob.run(['ps', '--json']));
  t.deepEqual([before.state, before.daemon, before.services.map(({ state }) => state)], ['down', null, []]);
  t.true((await ana.run(['stacks'])).stdout.includes('shared-name'));
  t.false((await bob.run(['stacks'])).stdout.includes('shared-name'));
  const logs = await bob.run(['logs', 'web']);
  t.not(logs.code, 0);

  t.is((await bob.run(['up', '-d', '--wait'])).code, 0);
  const [anas, bobs] = [rowOf(await ana.run(['ps', '--json'])), rowOf(await bob.run(['ps', '--json']))];
  t.deepEqual([anas.state, bobs.state], ['ready', 'ready']);
  t.not(anas.daemon?.pid, bobs.daemon?.pid);
  const pid = serviceOf(anas, 'web').pid ?? 0;
  t.not(pid, serviceOf(bobs, 'web').pid ?? 0);

  // What bob can do by hand.
  const sockets = path.join(tmpdir(), `booty-${ana.userId}`);
  t.is(statSync(sockets).mode & 0o777, 0o700);
  for (const place of [sockets, ana.home, path.join(ana.home, 'stacks', 'shared-name', 'run', 'run.json')]) {
    const found = bob.shell(`ls -l "${place}" && cat "${place}"`);
    t.not(found.status, 0, place);
    t.is(found.stdout, '', place);
  }
  const environment = `/proc/${pid}/environ`;
  t.true(readFileSync(environment, 'utf8').includes('only-for-its-user'));
  t.not(bob.shell(`cat ${environment}`).status, 0);
  t.false(bob.shell('ps -eo args').stdout.includes('only-for-its-user'));
  t.not(bob.shell(`kill ${pid}`).status, 0);

  t.is((await bob.run(['down'])).code, 0);
  const after = rowOf(await ana.run(['ps', '--json']));
  t.deepEqual([after.state, serviceOf(after, 'web').pid], ['ready', pid]);
  t.is((await ana.run(['down'])).code, 0);
});

type User = {
  readonly userId: number;
  readonly home: string;
  readonly run: (words: readonly string[]) => ReturnType<Booty['run']>;
  readonly shell: (line: string) => { readonly status: number | null; readonly stdout: string };
};

/** A user with a home, and in it a folder with the stack. */
const userOf = (t: ExecutionContext, userId: number): User => {
  const booty = makeBooty(t);
  const root = path.dirname(booty.folder);
  const home = path.join(root, 'user');
  const folder = path.join(home, 'shop');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'booty.yaml'), yaml);
  for (const place of [home, folder, path.join(folder, 'booty.yaml')]) chownSync(place, userId, userId);
  // Others may pass, not look: only the user's own folder is the user's.
  chmodSync(root, 0o711);
  const environment = { HOME: home, BOOTY_HOME: path.join(home, 'booty'), XDG_RUNTIME_DIR: '' };
  const run: User['run'] = (words) => booty.run(words, { folder, environment, userId });
  t.teardown(async () => {
    await run(['down', '--force']);
    rmSync(path.join(tmpdir(), `booty-${userId}`), { recursive: true, force: true });
  });
  return {
    userId,
    home: environment.BOOTY_HOME,
    run,
    shell: (line) => {
      const words = [`--reuid=${userId}`, `--regid=${userId}`, '--clear-groups', '--', '/bin/sh', '-c', line];
      return spawnSync(setpriv, words, { encoding: 'utf8' });
    },
  };
};

const rowOf = ({ stdout }: { readonly stdout: string }): StackRow => JSON.parse(stdout) as StackRow;
