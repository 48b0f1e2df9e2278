/** Runs the sample program as it is meant to be run, by plain Node, against a NATS that speaks just enough. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import test from 'ava';
import { freePort } from '../free-port.ts';

test('publishes, comes back when NATS was away, answers over HTTP, ends cleanly on SIGTERM', async (t) => {
  const first = await fakeNats(0);
  const port = await freePort();
  const child = spawn(process.execPath, ['examples/main/main.ts'], {
    env: { PORT: String(port), NATS_URL: `nats://ana:s%2Fcret@127.0.0.1:${first.port}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));

  const tick = JSON.parse(await first.published) as { tick: number; ts: number };
  t.is(tick.tick, 1);
  const { user, pass } = JSON.parse(await first.connected) as { user: string; pass: string };
  t.deepEqual([user, pass], ['ana', 's/cret']);
  await first.close();

  const second = await fakeNats(first.port);
  t.is((JSON.parse(await second.published) as { tick: number }).tick, 2);

  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()] as const;
  };
  t.deepEqual(await get('/health'), [200, 'ok\n']);
  t.is((await get('/nothing'))[0], 404);
  t.regex((await get('/'))[1], /<h1>main<\/h1>/);
  const [, metrics] = await get('/metrics');
  t.regex(metrics, /^main_ticks_published_total [2-9]$/m);
  t.regex(metrics, /^main_nats_connected 1$/m);
  t.true(metrics.split('\n').every((line) => /^(# (HELP|TYPE) \S+ .+|[a-z_]+ [0-9.]+|)$/.test(line)));

  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  t.deepEqual(await exited, [0, null]);
  await second.close();
  const logs = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; ts: number; caller: string; msg: string });
  t.true(
    logs.every(
      ({ level, ts, caller }) => /^(info|warn)$/.test(level) && ts > 1e9 && /^main\/\w+\.ts:\d+$/.test(caller),
    ),
  );
  t.is(logs.at(-1)?.msg, 'stopped');
  t.true(output.includes(`nats://127.0.0.1:${first.port}`));
  t.notRegex(output, /ana|cret/, 'it logs the address without the login');
});

/** Greets, answers the first PING and hands out what CONNECT says and the payload of the first `main.ticks`. */
const fakeNats = async (wantedPort: number) => {
  const { promise: published, resolve } = Promise.withResolvers<string>();
  const { promise: connected, resolve: told } = Promise.withResolvers<string>();
  const connections = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    connections.add(socket);
    let heard = '';
    socket.write('INFO {"server_id":"fake","version":"2.9.10"}\r\n');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      if (heard.includes('PING\r\n')) {
        heard = heard.replace('PING\r\n', '');
        socket.write('PONG\r\n');
      }
      const options = /CONNECT (.*)\r\n/.exec(heard);
      if (options?.[1] !== undefined) told(options[1]);
      const payload = /PUB main\.ticks (\d+)\r\n(.*)\r\n/.exec(heard);
      if (payload && Number(payload[1]) === payload[2]?.length) resolve(payload[2]);
    });
  });
  server.listen(wantedPort, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    for (const socket of connections) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as net.AddressInfo).port, connected, published, close };
};
