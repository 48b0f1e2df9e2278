// The lock between processes: whom it goes to when its holder has died, and that it goes to one only.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { createFiles } from '../../source/edge/files.ts';
import { temporaryFolder } from './start-hostile.ts';

const program = join(import.meta.dirname, 'daemons', 'locks-once.ts');

const contend = async (path: string): Promise<{ child: ChildProcess; word: string }> => {
  const child = spawn(process.execPath, [program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [word] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, word };
};

const finish = async (child: ChildProcess): Promise<void> => {
  const exit = once(child, 'exit');
  child.stdin?.end();
  await exit;
};

test('twelve processes race for the lock of a dead one: one wins, and nothing is left beside the lock', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'lock');
  const holder = await contend(path);
  t.is(holder.word, 'won');
  const exit = once(holder.child, 'exit');
  holder.child.kill('SIGKILL');
  await exit;
  const racers = await Promise.all(Array.from({ length: 12 }, () => contend(path)));
  t.is(racers.filter(({ word }) => word === 'won').length, 1);
  t.deepEqual(readdirSync(folder), ['lock']);
  await Promise.all(racers.map(({ child }) => finish(child)));
});

test('in one process too, one of many takes over', async (t) => {
  const path = join(temporaryFolder(t), 'lock');
  for (let round = 0; round < 20; round++) {
    writeFileSync(path, JSON.stringify({ pid: process.pid, start: '1', boot: 'an earlier one', nonce: String(round) }));
    const answers = await Promise.all(Array.from({ length: 12 }, () => createFiles().lock(path, 0)));
    const won = answers.flatMap((answer) => ('release' in answer ? [answer] : []));
    t.is(won.length, 1);
    await won[0]?.release();
  }
});

test('a lock whose text a power cut took is free', async (t) => {
  const path = join(temporaryFolder(t), 'lock');
  for (const text of ['', '{"pid":1', 'null', '[]', '\0\0\0\0']) {
    writeFileSync(path, text);
    const answer = await createFiles().lock(path, 0);
    t.true('release' in answer);
    if ('release' in answer) await answer.release();
  }
});

test('a living holder is named', async (t) => {
  const path = join(temporaryFolder(t), 'lock');
  const holder = await contend(path);
  const answer = await createFiles().lock(path, 0);
  t.true('heldBy' in answer && answer.heldBy.pid === holder.child.pid);
  await finish(holder.child);
});
