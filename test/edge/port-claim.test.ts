import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import test from 'ava';
import { createSockets } from '../../source/edge/sockets.ts';

const isLinux = process.platform === 'linux';
const onLinux = isLinux ? test : test.skip;

/** Reserves the port in another process and lets go of it, as a booty that is about to start a service on it. */
const letGoElsewhere = async (port: number) => {
  const sockets = path.resolve('source/edge/sockets.ts');
  const text = `import { createSockets } from ${JSON.stringify(sockets)};
    const held = await createSockets().reserve('127.0.0.1', ${port});
    await held?.release();
    console.log(held === null ? 'taken' : 'released');
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [word] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, word: word.toString().trim() };
};

onLinux('a port another booty has just let go of for its service is not chosen until that booty is gone', async (t) => {
  const sockets = createSockets();
  const first = await sockets.reserve('127.0.0.1', 0);
  const port = first?.port ?? 0;
  t.is(await sockets.reserve('127.0.0.1', port), null);
  const { child, word } = await letGoElsewhere(port);
  t.is(word, 'taken', 'held here, so not to be had there');
  child.kill('SIGKILL');
  await once(child, 'exit');

  await first?.release();
  const again = await sockets.reserve('127.0.0.1', port);
  t.not(again, null, 'claims of one process do not exclude each other');
  await again?.release();
});

onLinux('a claim ends with the process that made it', async (t) => {
  const sockets = createSockets();
  const probe = await sockets.reserve('127.0.0.1', 0);
  const port = (probe?.port ?? 1) + 1;
  const { child, word } = await letGoElsewhere(port);
  t.is(word, 'released');
  t.is(await sockets.reserve('127.0.0.1', port), null, 'nobody listens, and yet it is spoken for');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const free = await sockets.reserve('127.0.0.1', port);
  t.not(free, null);
  await free?.release();
  await probe?.release();
});
