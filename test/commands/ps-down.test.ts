/** A stack that goes down in the moment between the look for its daemon and the question: `ps` says so, with 0. */
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import test from 'ava';
import { stackPaths } from '../../source/core/paths.ts';
import { createWorld } from '../../source/edge/world.ts';
import { atDesk } from './call.ts';

test('ps of a stack that has just gone down says that it is down', async (t) => {
  await atDesk({ 'booty.yaml': 'name: shop\nservices: {a: {command: [true]}}\n' }, async ({ folder, call }) => {
    const { host } = createWorld();
    const environment = { BOOTY_HOME: path.join(path.dirname(folder), 'home') };
    const { socket } = stackPaths({ ...host, environment, homeFolder: path.dirname(folder) }, 'shop');
    mkdirSync(path.dirname(socket), { recursive: true, mode: 0o700 });
    const server = createServer((_, answer) => {
      answer.setHeader('connection', 'close');
      answer.end(JSON.stringify({ stack: 'shop', state: 'stopping', daemon: null, services: [] }));
      server.close();
      rmSync(socket, { force: true });
    }).listen(socket);
    await once(server, 'listening');
    const { code, out, err } = await call(['ps', '--json']);
    t.deepEqual([code, err], [0, '']);
    t.deepEqual(JSON.parse(out), { stack: 'shop', state: 'down', daemon: null, services: [] });
  });
});
