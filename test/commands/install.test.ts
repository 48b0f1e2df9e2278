/** The store's commands as a user types them, against a mirror folder, so that no network is needed. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { files, newHome } from '../store/world.ts';

type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

const cli = new URL('../../dist/cli.js', import.meta.url).pathname;

/** A home of its own, and an apt and path that have nothing: only the mirror folder is left. */
const scene = async (t: ExecutionContext) => {
  const home = await newHome(t);
  const mirror = await newHome(t);
  const booty = (...words: readonly string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const env = {
        ...process.env,
        BOOTY_HOME: home,
        XDG_RUNTIME_DIR: home,
        BOOTY_MIRROR: mirror,
        BOOTY_SOURCES: 'archive',
        NO_COLOR: '1',
      };
      execFile(process.execPath, [cli, ...words], { env, cwd: home }, (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      });
    });
  return { home, mirror, booty };
};

test('install: wrong bytes in a mirror, nothing there, and words that say nothing', async (t) => {
  const { mirror, booty, home } = await scene(t);
  const folder = join(mirror, 'github.com/caddyserver/caddy/releases/download/v2.11.4');
  await mkdir(folder, { recursive: true });
  const system = process.platform === 'darwin' ? 'mac' : 'linux';
  const name = `caddy_2.11.4_${system}_${process.arch === 'x64' ? 'amd64' : process.arch}.tar.gz`;
  await writeFile(join(folder, name), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
  const [caddy, nats, none, twice] = await Promise.all([
    booty('install', 'caddy@2.11.4', '--json'),
    booty('install', 'nats', 'nosuch'),
    booty('install'),
    booty('install', 'nats', 'nats@2'),
  ]);
  t.is(caddy.code, 1);
  const document = JSON.parse(caddy.stdout) as { installed: unknown[]; failed: { error: { code: string } }[] };
  t.deepEqual([document.installed.length, document.failed[0]?.error.code], [0, 'STORE_UPSTREAM_CHANGED']);
  t.is(nats.code, 2);
  t.regex(nats.stderr, /no component nosuch/);
  t.regex(nats.stderr, /cannot be had from file:.*answers 404/);
  t.regex(nats.stderr, /0 of 2 installed/);
  t.is(none.code, 2);
  t.regex(twice.stderr, /0 of 2 installed/);
  t.deepEqual(await files.list(join(home, 'store/caddy')), []);
});

test('list, verify, gc and uninstall of an empty store; a setting that is wrong', async (t) => {
  const { booty } = await scene(t);
  const [all, one, verified, collected, gone] = await Promise.all([
    booty('list', '--json'),
    booty('list', 'nats'),
    booty('verify'),
    booty('gc', '--json'),
    booty('uninstall', 'nats', '-y'),
  ]);
  const { packages } = JSON.parse(all.stdout) as { packages: { package: string }[] };
  t.true(packages.some((row) => row.package === 'nats-server'));
  t.regex(one.stdout, /nats-server {2}- /);
  t.is(verified.stdout, 'nothing is installed\n');
  t.deepEqual(JSON.parse(collected.stdout), { removed: [], kept: [], bytes: 0 });
  t.is(gone.code, 2);
  t.regex(gone.stderr, /nats is not installed/);
});

test('cut short it ends with 130, and the next one goes on', async (t) => {
  const home = await newHome(t);
  // One that answers the question whether it is there, and of the archive its first bytes.
  const server = createServer((request, response) => {
    if (request.url === '/booty-mirror.json') response.writeHead(404).end();
    else if (request.headers.range === 'bytes=0-0')
      response.writeHead(206, { 'content-range': 'bytes 0-0/9' }).end('x');
    else
      response
        .writeHead(200, { 'content-length': 9_000_000 })
        .write(Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(2_000)]));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => void server.once('listening', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const env = { ...process.env, BOOTY_HOME: home, BOOTY_MIRROR: `http://127.0.0.1:${port}`, BOOTY_SOURCES: 'archive' };
  const child = execFile(process.execPath, [cli, 'install', 'caddy@2.11.4'], { env, cwd: home });
  let said = '';
  child.stderr?.on('data', (text: string) => {
    said += text;
    if (/ of |\dK/.test(said)) child.kill('SIGINT');
  });
  const code = await new Promise((resolve) => void child.once('exit', resolve));
  t.is(code, 130, said);
  t.regex(said, /cut short; nothing of it was installed/);
});
