/** Client and routes over a real socket, before a daemon on paper: what one says is what the other hears. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createClient } from '../../source/api/client.ts';
import type { ClientWord, Frame, LogLine } from '../../source/api/protocol.ts';
import { type Backend, createRoutes } from '../../source/api/server.ts';
import { BootyError } from '../../source/core/error.ts';
import { limits } from '../../source/core/limits.ts';
import type { ServiceDefinition, StackRow } from '../../source/core/model.ts';
import { createWorld } from '../../source/edge/world.ts';
import { until } from '../until.ts';

const { channels } = createWorld();

const row: StackRow = { stack: 'shop', state: 'ready', daemon: null, services: [] };
const ended: Frame = { type: 'ended', exitCode: 0, message: 'down' };

const nothing = (): never => {
  throw new Error('nobody asks this here');
};

const setUp = async (t: ExecutionContext, backend: Partial<Backend>) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'booty-api-'));
  const socket = path.join(folder, 's');
  const whole = new Proxy(backend, { get: (target, name) => target[name as keyof Backend] ?? nothing }) as Backend;
  const server = await channels.serve({ socket }, createRoutes(whole));
  t.teardown(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  return { socket, client: createClient(channels, 'shop', socket), server };
};

const service: ServiceDefinition = {
  name: 'web',
  component: null,
  version: null,
  command: ['sleep', '1'],
  environment: { A: 'b' },
  workingDir: '/',
  dependencies: [{ service: 'db', condition: 'service_healthy', required: true, restart: false }],
  healthcheck: null,
  onUnhealthy: null,
  restart: { when: 'on-failure', retriesMax: 3 },
  stopSignal: null,
  stopGraceMs: null,
  stopScope: 'tree',
  ports: { http: 'auto', admin: 9_000 },
  bind: '127.0.0.1',
  log: null,
  profiles: [],
  openFilesMax: null,
  offers: [{ kind: 'metrics', port: 'http', path: '/metrics' }],
};
const request = {
  definition: { name: 'shop', file: null, folder: '/', services: [service], positions: {}, warnings: [] },
  services: ['web'],
  profiles: ['debug'],
};

test('the socket is for this user alone', async (t) => {
  const { socket } = await setUp(t, {});
  t.is(statSync(socket).mode & 0o777, 0o600);
});

test('every question reaches the daemon as it was asked, and its answer comes back', async (t) => {
  const asked: unknown[] = [];
  const answerUp = { plan: [{ service: 'web', action: 'start', reason: 'asked' } as const], logEnds: { web: 17 } };
  const window = { lines: [], endByte: 5, fileBytes: 9 };
  const { client } = await setUp(t, {
    ps: () => row,
    up: (from) => {
      asked.push(from);
      return Promise.resolve(answerUp);
    },
    plan: () => Promise.resolve({ plan: [] }),
    down: (from) => void asked.push(from),
    service: async (name, action) => void asked.push([name, action]),
    log: (name, ask) => {
      asked.push([name, ask.lines, ask.end, ask.start]);
      return Promise.resolve(window);
    },
  });
  t.deepEqual(await client.ps(), row);
  t.deepEqual(await client.up(request), answerUp);
  t.deepEqual(await client.plan(request), { plan: [] });
  await client.down({ force: 2, graceMsMax: null });
  await client.service('a b/c', 'restart');
  t.deepEqual(await client.log('web', { lines: 3, end: 7 }), window);
  await client.log('web', { lines: 3, start: 0 });
  t.deepEqual(asked, [
    request,
    { force: 2, graceMsMax: null },
    ['a b/c', 'restart'],
    ['web', 3, 7, null],
    ['web', 3, null, 0],
  ]);
});

test('an error of the daemon is the same error at the client', async (t) => {
  const { client } = await setUp(t, {
    ps: () => {
      throw new BootyError('SERVICE_UNKNOWN', { service: 'x', stack: 'shop', known: ['web'] });
    },
    service: () => {
      throw new TypeError('a slip');
    },
  });
  const error = await t.throwsAsync(client.ps(), { instanceOf: BootyError });
  const { code, hint, exitCode, facts } = error as BootyError;
  t.deepEqual(
    { code, hint, exitCode, facts },
    {
      code: 'SERVICE_UNKNOWN',
      hint: 'see them with: booty ps',
      exitCode: 2,
      facts: { service: 'x', stack: 'shop', known: ['web'] },
    },
  );
  const slip = (await t.throwsAsync(client.service('a', 'stop'))) as BootyError;
  t.is(slip.code, 'ASSERTION');
  t.regex(slip.message, /a slip/);
});

test('bodies that do not fit and questions nobody knows are refused before anything happens', async (t) => {
  const { socket } = await setUp(t, {});
  const cases = [
    ['POST', '/v1/up', 'no json'],
    ['POST', '/v1/up', JSON.stringify({ ...request, more: 1 })],
    ['POST', '/v1/up', JSON.stringify({ ...request, definition: { ...request.definition, name: '../x' } })],
    ['POST', '/v1/down', JSON.stringify({ force: 3, graceMsMax: null })],
    ['POST', '/v1/services/web/explode', undefined],
    ['GET', '/v1/log?service=web&lines=many', undefined],
    ['GET', '/v1/nothing', undefined],
    ['POST', '/v1/ps', undefined],
  ] as const;
  for (const [method, path_, body] of cases) {
    const ask = body === undefined ? { method, path: path_ } : { method, path: path_, body };
    const { status, body: text } = await channels.request(socket, ask);
    t.is(status, 400, path_);
    t.is(JSON.parse(text).code, 'USAGE', path_);
  }
});

test('a body that never ends is cut off', async (t) => {
  const { socket } = await setUp(t, {});
  const body = ' '.repeat(limits.documentBytesMax + 1);
  const answer = await channels.request(socket, { method: 'POST', path: '/v1/up', body }).catch(() => null);
  t.true(answer === null || answer.status >= 400);
});

test('nobody at the socket is said as such', async (t) => {
  const { socket, client, server } = await setUp(t, { ps: () => row });
  await server.close();
  for (const ask of [client.ps(), client.session({ type: 'hello', client: 'tui', own: true, onHangup: 'stop' })]) {
    const error = (await t.throwsAsync(ask, { instanceOf: BootyError })) as BootyError;
    t.is(error.code, 'DAEMON_UNREACHABLE');
    t.is(error.exitCode, 3);
    t.true(error.message.includes(socket));
  }
});

test('logs come line by line, with every character, until the client goes', async (t) => {
  const asked: unknown[] = [];
  let isGone = false;
  const line = (text: string): LogLine => ({
    service: 'web',
    generation: 1,
    offset: 0,
    atMs: null,
    text,
    kind: 'line',
  });
  const texts = ['plain', 'naïve 🚢', 'a\u0000b\u001B[31mred', '\u2028 and \r', 'x'.repeat(90_000), '"quoted"\\n'];
  const { client } = await setUp(t, {
    logs: async function* logs(services, from, follow, gone) {
      asked.push([services, from, follow]);
      void gone.then(() => (isGone = true));
      yield* texts.map(line);
      await gone;
    },
  });
  const abort = new AbortController();
  const heard: string[] = [];
  const ask = { services: ['web', 'db'], lines: 7, follow: true, from: { web: 12 } };
  const listening = (async () => {
    for await (const { text } of client.logs(ask, abort.signal)) heard.push(text);
  })().catch(() => {});
  await until('all lines', () => heard.length === texts.length);
  t.deepEqual(heard, texts);
  t.deepEqual(asked, [
    [['web', 'db'], { lines: 7, bytes: { web: 12 }, sinceMs: null, pattern: null, ignoreCase: false }, true],
  ]);
  abort.abort();
  await listening;
  await until('the daemon knows', () => isGone);
});

test('a session: frames one way, words the other, the end seen by both', async (t) => {
  const words: ClientWord[] = [];
  const { client } = await setUp(t, {
    session: async (hello, said, tell, _gone) => {
      words.push(hello);
      for (let n = 0; n < 3; n += 1) tell({ type: 'logs', ends: { web: n } });
      for await (const word of said) {
        words.push(word);
        if (word.type === 'leave') break;
      }
      tell(ended);
    },
  });
  const hello = { type: 'hello', client: 'tui', own: true, onHangup: 'keep' } as const;
  const session = await client.session(hello);
  await session.say({ type: 'leave' });
  const frames = await Array.fromAsync(session.frames);
  t.deepEqual(frames, [...[0, 1, 2].map((n) => ({ type: 'logs', ends: { web: n } })), ended]);
  t.deepEqual(words, [hello, { type: 'leave' }]);
});

test('a session that is closed without a word ends the daemon’s side, without a word', async (t) => {
  const seen: string[] = [];
  const { client } = await setUp(t, {
    session: async (_hello, said, _tell, gone) => {
      await Promise.race([gone, Array.fromAsync(said).then((words) => seen.push(...words.map((word) => word.type)))]);
      seen.push('over');
    },
  });
  const session = await client.session({ type: 'hello', client: 'tui', own: true, onHangup: 'stop' });
  session.close();
  await until('it is over', () => seen.length > 0);
  t.deepEqual(seen, ['over']);
});

test('a session that does not begin with hello is refused', async (t) => {
  const { socket } = await setUp(t, {});
  const dialled = await channels.dial(
    socket,
    { method: 'POST', path: '/v1/session', open: true },
    undefined,
    '{"type":"leave"}',
  );
  t.is(dialled.status, 400);
  dialled.close();
});
