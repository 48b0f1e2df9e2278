// The contracts of the small ports, run on the real ones.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createChannels } from '../../source/edge/channels.ts';
import { createClock } from '../../source/edge/clock.ts';
import { createFiles } from '../../source/edge/files.ts';
import { createHost } from '../../source/edge/host.ts';
import { createHttp } from '../../source/edge/http.ts';
import { createRandom } from '../../source/edge/random.ts';
import { createSockets } from '../../source/edge/sockets.ts';
import { channelsContract } from '../contract/channels.ts';
import { clockContract } from '../contract/clock.ts';
import { filesContract } from '../contract/files.ts';
import { hostContract } from '../contract/host.ts';
import { httpContract } from '../contract/http.ts';
import { randomContract } from '../contract/random.ts';
import { socketsContract } from '../contract/sockets.ts';

const temporaryFolder = (t: ExecutionContext): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'booty-ports-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

const server = createServer((request, response) => {
  if (request.url === '/hello') response.end('hello');
  else if (request.url === '/moved') response.writeHead(302, { location: '/hello' }).end();
  else if (request.url === '/large') response.end('x'.repeat(3_000_000));
  else if (request.url !== '/silent') response.writeHead(404).end();
});
const site = async (): Promise<string> =>
  `http://127.0.0.1:${((await listening) && (server.address() as AddressInfo)).port}`;
const listening = new Promise<true>((resolve) => server.listen(0, '127.0.0.1', () => resolve(true)));
const nowhere = async (): Promise<string> => {
  const port = await createSockets().reserve('127.0.0.1', 0);
  await port?.release();
  return `http://127.0.0.1:${port?.port}`;
};
test.after.always(() => {
  server.close();
  server.closeAllConnections();
});

clockContract(createClock);
randomContract(createRandom);
filesContract(createFiles, temporaryFolder, async (path) => {
  // Above the largest pid_max that Linux knows.
  writeFileSync(path, JSON.stringify({ pid: 2 ** 22 + 1, start: '1', boot: await createHost().bootId(), nonce: '' }));
});
httpContract(createHttp, site, nowhere);
socketsContract(createSockets);
hostContract({
  create: createHost,
  speaks: ['sh', '-c', 'echo one; echo two >&2; printf three; exit 3'],
  hangs: ['sh', '-c', 'sleep 1000 & sleep 1000'],
  missing: ['/none/such'],
});
channelsContract(createChannels, (t) => join(temporaryFolder(t), 'socket'));

test('sockets: the holder of a port is named', async (t) => {
  const port = Number(new URL(await site()).port);
  t.regex(await createSockets().holderOf(port), new RegExp(`^${process.pid} \\S+`));
});

test('sockets: a server on all IPv6 addresses holds the port for IPv4 too', async (t) => {
  const wide = createServer();
  await new Promise<void>((resolve, reject) => wide.once('error', reject).listen(0, '::', resolve));
  t.teardown(() => wide.close());
  t.is(await createSockets().reserve('127.0.0.1', (wide.address() as AddressInfo).port), null);
});

test('host: run takes an environment and a folder', async (t) => {
  const result = await createHost().run(['sh', '-c', 'echo "$WORD $(pwd)"'], {
    timeoutMs: 60_000,
    environment: { WORD: 'x y' },
    workingDir: '/',
  });
  t.is(result.stdout, 'x y /\n');
});

test('host: what runs on in the background does not hold up the result', async (t) => {
  const result = await createHost().run(['sh', '-c', 'setsid sleep 3 & echo up'], { timeoutMs: 60_000 });
  t.is(result.stdout, 'up\n');
  t.false(result.timedOut);
});
